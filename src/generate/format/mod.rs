//! stub
use crate::choice::{Draw, Item, Source};
use crate::value::Text;
/// f
pub trait Format: Sync { /// d
fn draw(&self, source: &mut Source<'_>) -> Draw<Text>; /// l
fn lift(&self, text: &Text, items: &mut Vec<Item>) -> bool; }
/// n
pub fn named(_name: &str) -> Option<&'static dyn Format> { None }
