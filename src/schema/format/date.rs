//! `date`: full-date of RFC 3339, section 5.6, with the days of section 5.7.

use super::Edge;
use crate::value::calendar;

pub(super) fn valid(text: &str) -> bool {
    parse(text).is_some()
}

/// Year, month and day.
pub(super) fn parse(text: &str) -> Option<(u32, u32, u32)> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..])?);
    ((1..=12).contains(&month)
        && (1..=calendar::days(year.into(), month.into())).contains(&day.into()))
    .then_some((year, month, day))
}

/// The number that these ASCII digits spell.
pub(super) fn digits(bytes: &[u8]) -> Option<u32> {
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    bytes.iter().try_fold(0, |number, byte| Some(number * 10 + digit(byte)?))
}

pub(super) const EDGES: &[Edge] = &[
    ("the first year", "0001-01-01"),
    ("the day before the Gregorian calendar", "1582-10-04"),
    ("a day that the Gregorian calendar skipped", "1582-10-10"),
    ("the first Gregorian day", "1582-10-15"),
    ("the last day of February 1900", "1900-02-28"),
    ("the day after it", "1900-03-01"),
    ("the day before the epoch", "1969-12-31"),
    ("the epoch", "1970-01-01"),
    ("the last day of a century", "1999-12-31"),
    ("a leap day of a century", "2000-02-29"),
    ("the last day of a 32-bit clock", "2038-01-19"),
    ("the day after a 32-bit clock", "2038-01-20"),
    ("a leap day", "2024-02-29"),
    ("the last day of a leap year", "2024-12-31"),
    ("the first day of a year", "2025-01-01"),
    ("the last day of a month of 30", "2025-04-30"),
    ("a day in week 53 of the year before", "2021-01-03"),
    ("a day in week 1 of the year after", "2024-12-30"),
    ("the last day of February 2100", "2100-02-28"),
    ("the last day that nanoseconds in 64 bits hold", "2262-04-11"),
    ("the day after it", "2262-04-12"),
    ("the last year", "9999-12-31"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("29 February of a common year", "2023-02-29"),
    ("29 February of a century", "1900-02-29"),
    ("30 February", "2024-02-30"),
    ("31 April", "2025-04-31"),
    ("month 0", "2025-00-13"),
    ("month 13", "2025-13-01"),
    ("day 0", "2025-01-00"),
    ("day 32", "2025-01-32"),
    ("one digit of the month", "2025-1-01"),
    ("two digits of the year", "25-01-01"),
    ("five digits of the year", "10000-01-01"),
    ("a negative year", "-001-01-01"),
    ("a signed year", "+2025-01-01"),
    ("slashes", "2025/01/01"),
    ("no separators", "20250101"),
    ("the day first", "01-01-2025"),
    ("a week date", "2025-W01-1"),
    ("an ordinal date", "2025-001"),
    ("with a time", "2025-01-01T00:00:00Z"),
    ("a space behind it", "2025-01-01 "),
    ("other digits", "２０２５-01-01"),
    ("nothing", ""),
];
