//! Lengths of time as people write them: `500ms`, `2s`, `1us`.

use std::time::Duration;

/// The units, from the longest that is written.
const UNITS: [(&str, u128); 4] =
    [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];

/// Units that are read but never written.
const LONG_UNITS: [(&str, u128); 2] = [("m", 60_000_000_000), ("h", 3_600_000_000_000)];

/// Writes a duration in the longest of `s`, `ms`, `us`, `ns` that gives a whole number, so that
/// [`parse`] gives it back exactly. Zero is `0ms`.
pub fn write(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    if nanos == 0 {
        return "0ms".to_owned();
    }
    let whole = UNITS.iter().find(|(_, unit)| nanos.is_multiple_of(*unit));
    let (name, unit) = whole.copied().unwrap_or(("ns", 1));
    format!("{}{name}", nanos / unit)
}

/// Reads a whole number with one of the units `ns us ms s m h`, without a space.
///
/// # Errors
/// The text is no such duration, or a longer one than can be held.
pub fn parse(text: &str) -> Result<Duration, String> {
    let bad = || {
        format!("`{text}` is no duration; write a whole number and ns, us, ms, s, m or h: `500ms`")
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, name) = text.split_at(digits);
    let units = || UNITS.iter().chain(&LONG_UNITS);
    let (_, unit) = units().find(|(unit, _)| *unit == name).ok_or_else(bad)?;
    let nanos = number
        .parse::<u128>()
        .map_err(|_| bad())?
        .checked_mul(*unit)
        .ok_or_else(|| format!("`{text}` is longer than any duration can be"))?;
    let seconds = u64::try_from(nanos / 1_000_000_000)
        .map_err(|_| format!("`{text}` is longer than any duration can be"))?;
    Ok(Duration::new(seconds, (nanos % 1_000_000_000) as u32))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_longest_whole_unit_is_written() {
        for (nanos, text) in [
            (0, "0ms"),
            (1, "1ns"),
            (1_000, "1us"),
            (500_000_000, "500ms"),
            (1_500_000_000, "1500ms"),
            (2_000_000_000, "2s"),
            (60_000_000_000, "60s"),
        ] {
            assert_eq!(write(Duration::from_nanos(nanos)), text);
        }
    }

    #[test]
    fn minutes_and_hours_are_read() {
        assert_eq!(parse("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(parse("1h"), Ok(Duration::from_secs(3600)));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "5", "ms", "-1s", "1.5s", "1 s", "1d", "99999999999999999999h", "1S"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_duration_is_read_back_exactly(seconds: u64, nanos in 0u32..1_000_000_000) {
            let duration = Duration::new(seconds, nanos);
            prop_assert_eq!(parse(&write(duration)), Ok(duration));
        }
    }
}
