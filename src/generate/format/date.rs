//! Days from 0001-01-01 to 9999-12-31, simplest at 2000-01-01.

use super::{Lifted, int};
use crate::choice::{Draw, Source};
use crate::schema::format::Format;
use crate::value::calendar;

/// Years around which programs change their mind: calendars, clocks, centuries, leap years.
const YEARS: [i128; 10] = [1, 1582, 1900, 1970, 2000, 2024, 2038, 2100, 2262, 9999];

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let year = source.int_from(1, 9999, 2000, &YEARS)?;
    let month = source.int(1, 12, 1)?;
    let most = calendar::days(year as i64, month as i64);
    let day = source.int(1, most.into(), 1)?;
    Ok(format!("{year:04}-{month:02}-{day:02}"))
}

pub(super) fn lift(text: &str) -> Lifted {
    if !Format::Date.valid(text) || text.starts_with("0000") {
        return None;
    }
    let number = |place: std::ops::Range<usize>| text.get(place)?.parse::<i128>().ok().map(int);
    Some(vec![number(0..4)?, number(5..7)?, number(8..10)?])
}
