//! stub
use crate::choice::{Draw, Item, Overrun, Source};
use crate::schema::format::Format;
use crate::value::Text;
/// d
pub fn draw(_f: Format, _s: &mut Source<'_>) -> Draw<Text> {
    Err(Overrun)
}
/// l
pub fn lift(_f: Format, _t: &Text, _i: &mut Vec<Item>) -> bool {
    false
}
