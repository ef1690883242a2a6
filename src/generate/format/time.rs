//! Times of a day with an offset in use, simplest at 00:00:00Z; rarely a leap second, which ends the
//! last minute of a day in UTC (RFC 3339, section 5.7).

use std::fmt::Write as _;

use super::{Lifted, int};
use crate::choice::{Choice, Draw, Source};

/// Most digits of a fraction.
const MOST_DIGITS: usize = 9;

/// Offsets in minutes, and what programs trip over among them.
const OFFSETS: std::ops::RangeInclusive<i128> = -720..=840;
const ODD_OFFSETS: [i128; 7] = [-720, -570, -60, 60, 330, 345, 840];

/// Most services refuse leap seconds, and may: only so many texts have one.
const LEAPS: f64 = 1.0 / 64.0;

/// The last minute of a day.
const LAST: i128 = 23 * 60 + 59;

/// Its choices: whether it is a leap second; if not, hour, minute and second; the fraction; the offset,
/// which says when a leap second is here.
pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let leap = source.bool(LEAPS)?;
    let clock = if leap {
        None
    } else {
        Some((source.int(0, 23, 0)?, source.int(0, 59, 0)?, source.int(0, 59, 0)?))
    };
    let digits = source.int_from(0, MOST_DIGITS as i128, 0, &[])? as usize;
    let fraction = match digits {
        0 => 0,
        _ => source.uniform(10_u128.pow(digits as u32))?,
    };
    let offset = if source.bool(0.5)? {
        Some(source.int_from(*OFFSETS.start(), *OFFSETS.end(), 0, &ODD_OFFSETS)?)
    } else {
        None
    };
    let (hour, minute, second) = clock.unwrap_or_else(|| {
        let (hour, minute) = leaps_at(offset.unwrap_or(0));
        (hour, minute, 60)
    });
    let mut text = format!("{hour:02}:{minute:02}:{second:02}");
    if digits > 0 {
        let _ = write!(text, ".{fraction:0digits$}");
    }
    match offset {
        Some(offset) => {
            let sign = if offset < 0 { '-' } else { '+' };
            let _ = write!(text, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60);
        }
        None => text.push('Z'),
    }
    Ok(text)
}

/// The hour and the minute that a leap second may end at this offset from UTC in minutes.
fn leaps_at(offset: i128) -> (i128, i128) {
    let minutes = (LAST + offset).rem_euclid(24 * 60);
    (minutes / 60, minutes % 60)
}

pub(super) fn lift(text: &str) -> Lifted {
    let number = |text: Option<&str>| {
        text.filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?.parse::<i128>().ok()
    };
    let field = |place: std::ops::Range<usize>, most: i128| {
        number(text.get(place)).filter(|number| (0..=most).contains(number))
    };
    if text.get(2..3) != Some(":") || text.get(5..6) != Some(":") {
        return None;
    }
    let (hour, minute, second) = (field(0..2, 23)?, field(3..5, 59)?, field(6..8, 60)?);
    let leap = second == 60;
    let mut choices = vec![Choice::Bool(leap)];
    if !leap {
        choices.extend([int(hour), int(minute), int(second)]);
    }
    let rest = text.get(8..)?;
    let rest = match rest.strip_prefix('.') {
        None => {
            choices.push(int(0));
            rest
        }
        Some(rest) => {
            let width = rest.bytes().take_while(u8::is_ascii_digit).count();
            if !(1..=MOST_DIGITS).contains(&width) {
                return None;
            }
            choices.extend([int(width as i128), int(number(rest.get(..width))?)]);
            &rest[width..]
        }
    };
    choices.push(Choice::Bool(rest != "Z"));
    let mut shift = 0;
    if rest != "Z" {
        if rest.len() != 6 || rest.get(3..4) != Some(":") {
            return None;
        }
        let minutes = number(rest.get(4..6)).filter(|minutes| *minutes < 60)?;
        let offset = number(rest.get(1..3))? * 60 + minutes;
        let offset = match rest.get(..1)? {
            "+" => offset,
            // `-00:00` says something else than `+00:00`.
            "-" if offset > 0 => -offset,
            _ => return None,
        };
        shift = Some(offset).filter(|offset| OFFSETS.contains(offset))?;
        choices.push(int(shift));
    }
    (!leap || leaps_at(shift) == (hour, minute)).then_some(choices)
}
