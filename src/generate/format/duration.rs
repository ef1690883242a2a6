//! Durations of one or more neighbouring units, simplest `PT0S`.

use std::fmt::Write as _;

use super::{Lifted, int};
use crate::choice::{Choice, Draw, Source};

/// Greatest number of a unit.
const MOST: i128 = 99_999;

/// Units of time and of the calendar, each from the smallest.
const TIME: [char; 3] = ['S', 'M', 'H'];
const DAY: [char; 3] = ['D', 'M', 'Y'];

/// How a duration is put together.
const TIME_ONLY: usize = 0;
const DAY_ONLY: usize = 1;
const BOTH: usize = 2;
const WEEKS: usize = 3;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let form = source.branch(4)?;
    let mut text = String::from("P");
    if form == WEEKS {
        let weeks = source.int(0, MOST, 0)?;
        let _ = write!(text, "{weeks}W");
    }
    if form == DAY_ONLY || form == BOTH {
        draw_units(source, DAY, &mut text)?;
    }
    if form == TIME_ONLY || form == BOTH {
        text.push('T');
        draw_units(source, TIME, &mut text)?;
    }
    Ok(text)
}

/// The smallest unit, the number of units, and theirs from the greatest.
fn draw_units(source: &mut Source<'_>, units: [char; 3], text: &mut String) -> Draw<()> {
    let smallest = source.branch(3)?;
    let count = source.branch(3 - smallest)? + 1;
    for unit in units[smallest..].iter().take(count).rev() {
        let number = source.int(0, MOST, 0)?;
        let _ = write!(text, "{number}{unit}");
    }
    Ok(())
}

pub(super) fn lift(text: &str) -> Lifted {
    let rest = text.strip_prefix('P')?;
    if let Some(weeks) = rest.strip_suffix('W') {
        return Some(vec![Choice::Branch(WEEKS as u32), number(weeks)?]);
    }
    let (day, clock) = match rest.split_once('T') {
        Some((day, clock)) => (day, Some(clock)),
        None => (rest, None),
    };
    let form = match (day, clock) {
        ("", _) => TIME_ONLY,
        (_, None) => DAY_ONLY,
        (_, Some(_)) => BOTH,
    };
    let mut choices = vec![Choice::Branch(form as u32)];
    if !day.is_empty() {
        choices.extend(lift_units(day, DAY)?);
    }
    if form != DAY_ONLY {
        choices.extend(lift_units(clock?, TIME)?);
    }
    Some(choices)
}

fn lift_units(text: &str, units: [char; 3]) -> Lifted {
    let mut places = Vec::new();
    let mut numbers = Vec::new();
    for field in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let unit = field.chars().last()?;
        places.push(units.iter().position(|known| *known == unit)?);
        numbers.push(number(field.strip_suffix(unit)?)?);
    }
    if places.windows(2).any(|pair| pair[0] != pair[1] + 1) {
        return None;
    }
    let smallest = *places.last()?;
    let mut choices = vec![Choice::Branch(smallest as u32)];
    if smallest < 2 {
        choices.push(Choice::Branch(places.len() as u32 - 1));
    }
    choices.extend(numbers);
    Some(choices)
}

/// A number in its shortest spelling.
fn number(text: &str) -> Option<Choice> {
    let number = text.parse::<i128>().ok().filter(|number| (0..=MOST).contains(number))?;
    (number.to_string() == text).then(|| int(number))
}
