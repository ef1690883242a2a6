//! Texts and octets: characters deleted by halves, made the simplest by halves, then one by one
//! toward simpler classes, equal ones together.

use std::ops::Range;

use super::leaf::{Chars, leaves_where, try_chars};
use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::{Trace, rank, unrank};

pub(super) const PASS: Pass = Pass { name: "texts", structural: false, targets, run: lower };

/// Ranks at which a class of characters begins that services treat alike: punctuation, space,
/// controls, delete, the rest of the BMP, surrogates, private use and on, astral planes.
const CLASSES: [u32; 8] = [62, 94, 95, 127, 0x80, 0xD800, 0xE000, 0x1_0000];

/// Letters and signs that services trip over one by one, where no class tells them from their
/// neighbours: those that grow in the other case (Unicode, SpecialCasing.txt), the dotted and the
/// dotless i, a combining mark, digits of other scripts, directions, the byte order mark.
const ODD: [u32; 14] = [
    0x85, 0xA0, 0xAD, 0xDF, 0x130, 0x131, 0x149, 0x1F0, 0x301, 0x660, 0x200B, 0x202E, 0xFB00,
    0xFEFF,
];

fn targets(trace: &Trace) -> Vec<Target> {
    let chars = |node: &_| Chars::of(node).is_some();
    leaves_where(trace, chars).into_iter().map(|place| vec![place]).collect()
}

/// Lowers the texts at these places together; they are equal.
pub(super) fn lower(trial: &mut Trial<'_>, places: &[Place]) -> Flow {
    let length = |trial: &Trial<'_>| Chars::at(&trial.best(), &places[0]).map(|c| c.points.len());
    let Some(all) = length(trial) else { return Ok(()) };
    delete(trial, places, 0..all, false)?;
    let Some(all) = length(trial) else { return Ok(()) };
    fill(trial, places, 0..all, false)?;
    lower_points(trial, places)?;
    condense(trial, places)
}

/// Fewer characters where it is octets or UTF-16 code units that count: the same one, which takes more
/// of them, in place of all others.
fn condense(trial: &mut Trial<'_>, places: &[Place]) -> Flow {
    let Some(chars) = Chars::at(&trial.best(), &places[0]) else { return Ok(()) };
    let widest = chars.points.iter().copied().max().filter(|point| *point >= 0x80);
    let Some(widest) = widest.filter(|_| !chars.octets) else { return Ok(()) };
    if chars.points.iter().all(|point| *point == widest) {
        return Ok(());
    }
    let go = |trial: &mut Trial<'_>, count: usize| {
        try_chars(trial, places, |points| *points = vec![widest; count])
    };
    let (mut low, mut high) = (0, chars.points.len());
    // Most often no fewer will do at all.
    let mut count = high - 1;
    while count > low {
        if go(trial, count)? {
            high = count;
        } else if high == chars.points.len() {
            return Ok(());
        } else {
            low = count;
        }
        count = usize::midpoint(low, high);
    }
    Ok(())
}

/// Deletes characters by halves; with `implied` it is known that not all of the range can go.
fn delete(trial: &mut Trial<'_>, places: &[Place], range: Range<usize>, implied: bool) -> Flow {
    let go = |trial: &mut Trial<'_>, range: Range<usize>| {
        try_chars(trial, places, |points| {
            points.drain(range.start.min(points.len())..range.end.min(points.len()));
        })
    };
    if range.is_empty() || (!implied && go(trial, range.clone())?) || range.len() == 1 {
        return Ok(());
    }
    let middle = usize::midpoint(range.start, range.end);
    let right_gone = go(trial, middle..range.end)?;
    if !right_gone {
        delete(trial, places, middle..range.end, true)?;
    }
    delete(trial, places, range.start..middle, right_gone)
}

/// Makes characters the simplest by halves.
fn fill(trial: &mut Trial<'_>, places: &[Place], range: Range<usize>, implied: bool) -> Flow {
    let best = trial.best();
    let Some(chars) = Chars::at(&best, &places[0]) else { return Ok(()) };
    let zero = chars.zero();
    let is_zero = |range: &Range<usize>| {
        chars.points.get(range.clone()).is_none_or(|points| points.iter().all(|p| *p == zero))
    };
    let go = |trial: &mut Trial<'_>, range: Range<usize>| {
        try_chars(trial, places, |points| {
            if let Some(points) = points.get_mut(range) {
                points.fill(zero);
            }
        })
    };
    if is_zero(&range) || (!implied && go(trial, range.clone())?) || range.len() == 1 {
        return Ok(());
    }
    let middle = usize::midpoint(range.start, range.end);
    let right = middle..range.end;
    let right_gone = is_zero(&right) || go(trial, right.clone())?;
    if !right_gone {
        fill(trial, places, right, true)?;
    }
    fill(trial, places, range.start..middle, right_gone)
}

/// Lowers each character that had to stay, all its twins with it; then each twin alone.
fn lower_points(trial: &mut Trial<'_>, places: &[Place]) -> Flow {
    let Some(chars) = Chars::at(&trial.best(), &places[0]) else { return Ok(()) };
    let mut seen = Vec::new();
    for (at, point) in chars.points.iter().enumerate() {
        let twins: Vec<usize> =
            (at..chars.points.len()).filter(|other| chars.points[*other] == *point).collect();
        if *point == chars.zero() || seen.contains(point) {
            continue;
        }
        seen.push(*point);
        lower_point(trial, places, &twins, chars.octets)?;
        let stayed = |trial: &Trial<'_>| {
            let now = Chars::at(&trial.best(), &places[0]);
            now.is_some_and(|now| now.points.get(at) == Some(point))
        };
        if twins.len() > 1 && stayed(trial) {
            for twin in twins {
                lower_point(trial, places, &[twin], chars.octets)?;
            }
        }
    }
    Ok(())
}

/// Lowers the character at these positions: `A`, `a`, space; the begin of its class and of those
/// below; within the class by bisection.
fn lower_point(trial: &mut Trial<'_>, places: &[Place], at: &[usize], octets: bool) -> Flow {
    let rank = |point: u32| if octets { point } else { rank(point) };
    let current = |trial: &Trial<'_>| -> Option<u32> {
        Chars::at(&trial.best(), &places[0])?.points.get(at[0]).copied().map(rank)
    };
    let go = |trial: &mut Trial<'_>, to: u32| {
        let point = if octets { to } else { unrank(to) };
        try_chars(trial, places, |points| {
            for at in at {
                if let Some(slot) = points.get_mut(*at) {
                    *slot = point;
                }
            }
        })
    };
    let Some(mut high) = current(trial) else { return Ok(()) };
    if !octets {
        for simple in ['A', 'a', ' '].map(|simple| rank(simple.into())) {
            if simple < high && go(trial, simple)? {
                return Ok(());
            }
        }
    }
    let classes: &[u32] = if octets { &[1, 0x20, 0x30, 0x80] } else { &CLASSES };
    // The simplest of the classes of digits and letters were tried above.
    let tried = if octets { [0; 3] } else { ['0', 'A', 'a'].map(|c| rank(c.into())) };
    let mut low = tried.into_iter().filter(|tried| *tried < high).max().unwrap_or(0);
    for class in classes.iter().rev() {
        if *class > high {
            continue;
        }
        if *class < high {
            if !go(trial, *class)? {
                low = *class;
                break;
            }
            high = *class;
        }
        // The simplest of a class: is one class lower enough? Many places cannot hold surrogates.
        let below = if high == 0xE000 { [high - 1, 0xD7FF] } else { [high - 1; 2] };
        let mut lower = None;
        for below in below.into_iter().filter(|below| *below > low) {
            if lower.is_none() && go(trial, below)? {
                lower = Some(below);
            }
        }
        let Some(lower) = lower else { return Ok(()) };
        high = lower;
    }
    let odd: &[u32] = if octets { &[] } else { &ODD };
    for odd in odd.iter().copied().filter(|odd| *odd < high) {
        if go(trial, odd)? {
            high = odd;
            if low >= odd {
                low = CLASSES.into_iter().rfind(|class| *class < odd).unwrap_or(0);
            }
            break;
        }
    }
    while high > low + 1 {
        let middle = u32::midpoint(low, high);
        if go(trial, middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::choice::Alphabet;
    use crate::shrink::example::plain;

    fn shrunk(fails: impl Fn(u32) -> bool) -> String {
        let fails = |text: &crate::value::Text| text.code_points().any(&fails);
        plain(|source| source.text(0, 40, Alphabet::Any), fails).lossy().into_owned()
    }

    #[test]
    fn a_limit_in_code_units_is_met_with_the_fewest_characters() {
        let long = |text: &crate::value::Text| {
            let units: usize = text.code_points().map(|p| 1 + usize::from(p > 0xFFFF)).sum();
            units > 11 && text.code_points().any(|point| point > 0xFFFF)
        };
        let shrunk = plain(|source| source.text(0, 40, Alphabet::Any), long);
        assert_eq!(shrunk.lossy(), "\u{10000}".repeat(6));
    }

    #[test]
    fn one_character_is_left_the_simplest_that_fails() {
        let expect = [
            (shrunk(|_| true), "0"),
            (shrunk(|point| point > 0x35 && point < 0x3A), "6"),
            (shrunk(|point| (0x61..0x7B).contains(&point)), "a"),
            (shrunk(|point| point == 0x25), "%"),
            (shrunk(|point| point >= 0x100), "\u{100}"),
            (shrunk(|point| point >= 0x100 && !(0xD800..0xE000).contains(&point)), "\u{100}"),
            (shrunk(|point| point > 0xFFFF), "\u{10000}"),
            (shrunk(|point| [0xDF, 0x149, 0x1F0].contains(&point) || point > 0xFAFF), "ß"),
        ];
        for (shrunk, expected) in expect {
            assert_eq!(shrunk, expected);
        }
    }

    #[test]
    fn a_lone_surrogate_becomes_the_first() {
        let shrunk = plain(
            |source| {
                let text = source.text(0, 9, Alphabet::Any)?;
                let odd = source.int(0xDA00, 0xDFFF, 0xDA00)?;
                Ok(crate::value::Text::from_code_points(text.code_points().chain([odd as u32])))
            },
            crate::value::Text::has_lone_surrogate,
        );
        assert_eq!(shrunk.code_points().collect::<Vec<_>>(), [0xDA00]);
    }

    #[test]
    fn a_long_text_comes_down_to_the_length_that_fails() {
        let text = plain(|source| source.text(0, 500, Alphabet::Any), |text| text.len() >= 47);
        assert_eq!(text.lossy(), "0".repeat(47));
    }

    #[test]
    fn equal_characters_go_down_together() {
        let twice = |text: &crate::value::Text| {
            let points: Vec<u32> = text.code_points().collect();
            points.len() > 1 && points.windows(2).all(|pair| pair[0] == pair[1])
        };
        let shrunk = plain(
            |source| source.text(2, 2, Alphabet::Any),
            |text| twice(text) && text.code_points().all(|point| point > 0x39),
        );
        assert_eq!(shrunk.lossy(), "AA");
    }

    #[test]
    fn octets_shrink_alike() {
        let octets =
            plain(|source| source.octets(0, 60), |octets| octets.iter().any(|o| *o > 0x84));
        assert_eq!(octets, [0x85]);
    }
}
