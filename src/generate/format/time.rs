//! Times of a day with an offset in use, simplest at 00:00:00Z; no leap seconds.

use std::fmt::Write as _;

use super::{Lifted, int};
use crate::choice::{Choice, Draw, Source};

/// Most digits of a fraction.
const MOST_DIGITS: usize = 9;

/// Offsets in minutes, and what programs trip over among them.
const OFFSETS: std::ops::RangeInclusive<i128> = -720..=840;
const ODD_OFFSETS: [i128; 7] = [-720, -570, -60, 60, 330, 345, 840];

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let hour = source.int(0, 23, 0)?;
    let minute = source.int(0, 59, 0)?;
    let second = source.int(0, 59, 0)?;
    let mut text = format!("{hour:02}:{minute:02}:{second:02}");
    let digits = source.int_from(0, MOST_DIGITS as i128, 0, &[])? as usize;
    if digits > 0 {
        let fraction = source.uniform(10_u128.pow(digits as u32))?;
        let _ = write!(text, ".{fraction:0digits$}");
    }
    if source.bool(0.5)? {
        let offset = source.int_from(*OFFSETS.start(), *OFFSETS.end(), 0, &ODD_OFFSETS)?;
        let sign = if offset < 0 { '-' } else { '+' };
        let _ = write!(text, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60);
    } else {
        text.push('Z');
    }
    Ok(text)
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
    let mut choices = vec![int(field(0..2, 23)?), int(field(3..5, 59)?), int(field(6..8, 59)?)];
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
        choices.push(int(Some(offset).filter(|offset| OFFSETS.contains(offset))?));
    }
    Some(choices)
}
