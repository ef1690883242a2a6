//! `duration` of RFC 3339, appendix A.

use super::Edge;

pub(super) fn valid(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else { return false };
    if let Some(weeks) = rest.strip_suffix('W') {
        return is_number(weeks);
    }
    let (day, clock) = rest.split_once('T').map_or((rest, None), |(day, clock)| (day, Some(clock)));
    match clock {
        None => is_run(day, "YMD"),
        Some(clock) => (day.is_empty() || is_run(day, "YMD")) && is_run(clock, "HMS"),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `text` is one or more numbers, each with its unit, the units a run of `units`: the
/// grammar has no way to leave one out in the middle.
fn is_run(text: &str, units: &str) -> bool {
    let mut last = None;
    for field in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let Some(unit) = field.chars().last() else { return false };
        let Some(place) = units.find(unit) else { return false };
        let number = &field[..field.len() - unit.len_utf8()];
        if !is_number(number) || last.is_some_and(|last| place != last + 1) {
            return false;
        }
        last = Some(place);
    }
    last.is_some()
}

pub(super) const EDGES: &[Edge] = &[
    ("no days", "P0D"),
    ("no seconds", "PT0S"),
    ("one of each", "P1Y1M1DT1H1M1S"),
    ("weeks", "P1W"),
    ("no weeks", "P0W"),
    ("a month", "P1M"),
    ("a minute", "PT1M"),
    ("a month and a minute", "P1MT1M"),
    ("36 hours", "PT36H"),
    ("a leap year of days", "P366D"),
    ("13 months", "P13M"),
    ("61 seconds", "PT61S"),
    ("a leading zero", "P01D"),
    ("more seconds than 32 bits hold", "PT2147483648S"),
    ("more days than 64 bits hold", "P9223372036854775808D"),
    ("ten thousand years", "P10000Y"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("nothing but the letter", "P"),
    ("no time after its letter", "P1DT"),
    ("no number", "PD"),
    ("no letter at the front", "1D"),
    ("units in disorder", "P1D1Y"),
    ("a unit of time left out", "PT1H1S"),
    ("a unit twice", "P1D1D"),
    ("weeks and days", "P1W1D"),
    ("hours without their letter", "P1H"),
    ("a negative one", "-P1D"),
    ("a negative part", "P-1D"),
    ("a fraction", "PT1.5S"),
    ("a small letter", "p1d"),
    ("a space", "P1D "),
    ("the alternative form", "P0001-00-00T00:00:00"),
    ("seconds as a number", "3600"),
    ("other digits", "P１D"),
    ("nothing", ""),
];
