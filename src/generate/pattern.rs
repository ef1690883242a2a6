//! stub
use std::sync::Arc;
use crate::choice::{Draw, Item, Overrun, Source};
use crate::schema::pattern::Pattern;
use crate::value::Text;
/// d
pub fn draw(_p: &[Arc<Pattern>], _min: usize, _max: usize, _s: &mut Source<'_>) -> Draw<Text> { Err(Overrun) }
/// l
pub fn lift(_p: &[Arc<Pattern>], _min: usize, _max: usize, _t: &Text, _i: &mut Vec<Item>) -> bool { false }
