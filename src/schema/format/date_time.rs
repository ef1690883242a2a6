//! `date-time` of RFC 3339, section 5.6.

use super::time::Clock;
use super::{Edge, date, time};
use crate::value::calendar;

pub(super) fn valid(text: &str) -> bool {
    parse(text).is_some()
}

/// The instant in nanoseconds since 1970; digits behind the ninth do not count.
pub(in crate::schema) fn instant(text: &str) -> Option<i128> {
    let ((year, month, day), clock) = parse(text)?;
    let day = calendar::day(year.into(), month.into(), day.into());
    let seconds = day * 86_400 + i64::from(clock.seconds) - i64::from(clock.offset) * 60;
    let nanos = clock.fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let nanos = nanos.fold(0, |nanos, digit| nanos * 10 + i128::from(digit - b'0'));
    Some(i128::from(seconds) * 1_000_000_000 + nanos)
}

/// Year, month and day, and the time of that.
fn parse(text: &str) -> Option<((u32, u32, u32), Clock<'_>)> {
    let (day, rest) = text.split_at_checked(10)?;
    date::parse(day).zip(time::parse(rest.strip_prefix(['T', 't'])?))
}

pub(super) const EDGES: &[Edge] = &[
    ("the first instant", "0001-01-01T00:00:00Z"),
    ("a day that the Gregorian calendar skipped", "1582-10-10T00:00:00Z"),
    ("the last day of February 1900", "1900-02-28T23:59:59Z"),
    ("before 32 bits", "1901-12-13T20:45:51Z"),
    ("the second before the epoch", "1969-12-31T23:59:59Z"),
    ("the epoch", "1970-01-01T00:00:00Z"),
    ("a leap second", "1990-12-31T23:59:60Z"),
    ("a leap second elsewhere", "1990-12-31T15:59:60-08:00"),
    ("a leap day of a century", "2000-02-29T12:00:00Z"),
    ("a leap day", "2024-02-29T23:59:59Z"),
    ("the last second of 32 bits", "2038-01-19T03:14:07Z"),
    ("the second after 32 bits", "2038-01-19T03:14:08Z"),
    ("after 32 bits without a sign", "2106-02-07T06:28:16Z"),
    ("after nanoseconds in 64 bits", "2262-04-11T23:47:16.854775808Z"),
    ("the last instant", "9999-12-31T23:59:59.999999999Z"),
    ("an offset of zero", "2025-01-01T00:00:00+00:00"),
    ("an unknown offset", "2025-01-01T00:00:00-00:00"),
    ("the greatest offset in use", "2025-01-01T00:00:00+14:00"),
    ("the least offset in use", "2025-01-01T00:00:00-12:00"),
    ("an offset of quarters", "2025-01-01T00:00:00+05:45"),
    ("an offset that leaves the first year", "0001-01-01T00:00:00+14:00"),
    ("an offset that leaves the last year", "9999-12-31T23:59:59-12:00"),
    ("an offset that changes the year", "2024-12-31T23:30:00-01:00"),
    ("an hour that summer time skips in New York", "2024-03-10T02:30:00-05:00"),
    ("an hour that summer time repeats in New York", "2024-11-03T01:30:00-04:00"),
    ("an hour that summer time skips in Berlin", "2025-03-30T02:30:00+01:00"),
    ("one digit of fraction", "2025-01-01T00:00:00.1Z"),
    ("milliseconds", "2025-01-01T00:00:00.123Z"),
    ("microseconds", "2025-01-01T00:00:00.123456Z"),
    ("nanoseconds", "2025-01-01T00:00:00.123456789Z"),
    ("ten digits of fraction", "2025-01-01T00:00:00.1234567891Z"),
    ("a fraction that rounds up to the next year", "2024-12-31T23:59:59.999999999Z"),
    ("small letters", "2025-01-01t00:00:00z"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("29 February of a common year", "2023-02-29T00:00:00Z"),
    ("31 April", "2025-04-31T00:00:00Z"),
    ("month 13", "2025-13-01T00:00:00Z"),
    ("hour 24", "2025-01-01T24:00:00Z"),
    ("minute 60", "2025-01-01T00:60:00Z"),
    ("second 61", "2025-12-31T23:59:61Z"),
    ("a leap second at noon", "2025-01-01T12:00:60Z"),
    ("no offset", "2025-01-01T00:00:00"),
    ("no seconds", "2025-01-01T00:00Z"),
    ("a date alone", "2025-01-01"),
    ("a space between", "2025-01-01 00:00:00Z"),
    ("an underscore between", "2025-01-01_00:00:00Z"),
    ("an offset without a colon", "2025-01-01T00:00:00+0100"),
    ("an offset of 24 hours", "2025-01-01T00:00:00+24:00"),
    ("an empty fraction", "2025-01-01T00:00:00.Z"),
    ("the basic form", "20250101T000000Z"),
    ("seconds since the epoch", "1735689600"),
    ("the form of HTTP", "Wed, 01 Jan 2025 00:00:00 GMT"),
    ("five digits of the year", "10000-01-01T00:00:00Z"),
    ("a name of a zone", "2025-01-01T00:00:00Z[Europe/Berlin]"),
    ("nothing", ""),
];
