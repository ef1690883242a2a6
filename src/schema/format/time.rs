//! `time`: full-time of RFC 3339, section 5.6, leap seconds by section 5.7.

use super::Edge;
use super::date::digits;

/// A time of day.
pub(super) struct Clock<'t> {
    /// Seconds since midnight; a leap second is the one after the last.
    pub(super) seconds: u32,
    /// The digits behind the point.
    pub(super) fraction: &'t str,
    /// The offset from UTC in minutes.
    pub(super) offset: i32,
}

pub(super) fn valid(text: &str) -> bool {
    parse(text).is_some()
}

/// What a text of the format says.
pub(super) fn parse(text: &str) -> Option<Clock<'_>> {
    let bytes = text.as_bytes();
    if bytes.len() < 9 || bytes[2] != b':' || bytes[5] != b':' {
        return None;
    }
    let fields = (digits(&bytes[..2]), digits(&bytes[3..5]), digits(&bytes[6..8]));
    let (Some(hour @ 0..=23), Some(minute @ 0..=59), Some(second @ 0..=60)) = fields else {
        return None;
    };
    let (mut fraction, mut rest) = ("", text.get(8..)?);
    if let Some(behind) = rest.strip_prefix('.') {
        let count = behind.bytes().take_while(u8::is_ascii_digit).count();
        (fraction, rest) = behind.split_at(count);
        if fraction.is_empty() {
            return None;
        }
    }
    let offset = offset(rest.as_bytes())?;
    // A leap second is inserted at the end of a day of UTC.
    let minutes = hour as i32 * 60 + minute as i32 - offset;
    let is_last = minutes.rem_euclid(24 * 60) == 23 * 60 + 59;
    let seconds = hour * 3_600 + minute * 60 + second;
    (second < 60 || is_last).then_some(Clock { seconds, fraction, offset })
}

/// The offset from UTC in minutes.
fn offset(bytes: &[u8]) -> Option<i32> {
    match bytes {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let hours = digits(&[*h1, *h2]).filter(|hours| *hours < 24)?;
            let minutes = digits(&[*m1, *m2]).filter(|minutes| *minutes < 60)?;
            let offset = (hours * 60 + minutes) as i32;
            Some(if *sign == b'-' { -offset } else { offset })
        }
        _ => None,
    }
}

pub(super) const EDGES: &[Edge] = &[
    ("midnight", "00:00:00Z"),
    ("the last second", "23:59:59Z"),
    ("a leap second", "23:59:60Z"),
    ("a leap second elsewhere", "15:59:60-08:00"),
    ("an offset of zero", "12:00:00+00:00"),
    ("an unknown offset", "12:00:00-00:00"),
    ("the greatest offset in use", "12:00:00+14:00"),
    ("the least offset in use", "12:00:00-12:00"),
    ("the greatest offset", "12:00:00+23:59"),
    ("an offset of half an hour", "12:00:00+05:30"),
    ("an offset of quarters", "12:00:00+12:45"),
    ("one digit of fraction", "12:00:00.1Z"),
    ("milliseconds", "12:00:00.123Z"),
    ("microseconds", "12:00:00.123456Z"),
    ("nanoseconds", "12:00:00.123456789Z"),
    ("ten digits of fraction", "12:00:00.1234567891Z"),
    ("a fraction that rounds up", "23:59:59.999999999Z"),
    ("a fraction of zero", "12:00:00.000Z"),
    ("a small letter", "12:00:00z"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("hour 24", "24:00:00Z"),
    ("minute 60", "12:60:00Z"),
    ("second 61", "23:59:61Z"),
    ("a leap second at noon", "12:00:60Z"),
    ("a leap second with a wrong offset", "23:59:60+01:00"),
    ("no offset", "12:00:00"),
    ("no seconds", "12:00Z"),
    ("an empty fraction", "12:00:00.Z"),
    ("a comma", "12:00:00,5Z"),
    ("an offset without a colon", "12:00:00+0100"),
    ("an offset of hours only", "12:00:00+01"),
    ("an offset of 24 hours", "12:00:00+24:00"),
    ("an offset of 60 minutes", "12:00:00+01:60"),
    ("two offsets", "12:00:00Z+01:00"),
    ("twelve hours", "12:00:00 PM"),
    ("one digit of the hour", "1:00:00Z"),
    ("nothing", ""),
];
