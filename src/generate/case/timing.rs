//! Waits and bends of timing as choices: their places and lengths, as those of another case.

use std::time::Duration;

use crate::case::{Perturbation, Position};
use crate::choice::{Choice, Draw, Item, Label, Overrun, Source};

/// The longest wait or silence.
const LONGEST: Duration = Duration::from_secs(3_600);

/// Draws a length of time.
pub(super) fn length(source: &mut Source<'_>) -> Draw<Duration> {
    source.duration(LONGEST)
}

/// The choice that makes a length of time.
pub(super) fn lift_length(length: Duration, items: &mut Vec<Item>) {
    items.push(Item::Choice(Choice::Duration(length)));
}

/// Draws some of these bends, each with a place and lengths of its own.
pub(super) fn draw(like: &[Perturbation], source: &mut Source<'_>) -> Draw<Vec<Perturbation>> {
    let mut bends = Vec::new();
    for like in like {
        source.span(Label::Field, |source| {
            if source.bool(0.5)? {
                bends.push(bend(like, source)?);
            }
            Ok(())
        })?;
    }
    Ok(bends)
}

/// The choices that make exactly these bends.
pub(super) fn lift(bends: &[Perturbation], items: &mut Vec<Item>) {
    for bend in bends {
        items.push(Item::Choice(Choice::Bool(true)));
        match bend {
            Perturbation::Stall { at, pause } => {
                lift_position(*at, items);
                lift_length(*pause, items);
            }
            Perturbation::Slice { size, gap } | Perturbation::Read { size, gap } => {
                items.push(Item::Choice(Choice::Int(i128::from(*size))));
                lift_length(*gap, items);
            }
            Perturbation::Cut(at)
            | Perturbation::Reset(at)
            | Perturbation::HalfClose(at)
            | Perturbation::Hold { at, .. } => lift_position(*at, items),
            Perturbation::Cancel(after) => lift_length(*after, items),
        }
    }
}

fn bend(like: &Perturbation, source: &mut Source<'_>) -> Draw<Perturbation> {
    Ok(match like {
        Perturbation::Stall { .. } => {
            Perturbation::Stall { at: position(source)?, pause: length(source)? }
        }
        Perturbation::Slice { .. } => {
            Perturbation::Slice { size: size(source)?, gap: length(source)? }
        }
        Perturbation::Read { .. } => {
            Perturbation::Read { size: size(source)?, gap: length(source)? }
        }
        Perturbation::Cut(_) => Perturbation::Cut(position(source)?),
        Perturbation::Reset(_) => Perturbation::Reset(position(source)?),
        Perturbation::HalfClose(_) => Perturbation::HalfClose(position(source)?),
        Perturbation::Cancel(_) => Perturbation::Cancel(length(source)?),
        Perturbation::Hold { until, .. } => {
            Perturbation::Hold { at: position(source)?, until: until.clone() }
        }
    })
}

fn size(source: &mut Source<'_>) -> Draw<u32> {
    number(source, 1, u64::from(u32::MAX), 1)?.try_into().map_err(|_| Overrun)
}

fn number(source: &mut Source<'_>, min: u64, max: u64, toward: u64) -> Draw<u64> {
    let number = source.int(min.into(), max.into(), toward.into())?;
    u64::try_from(number).map_err(|_| Overrun)
}

/// How many kinds of place there are, the simplest first.
const KINDS: usize = 7;

fn position(source: &mut Source<'_>) -> Draw<Position> {
    let kind = source.branch(KINDS)?;
    source.span(Label::Alternative, |source| {
        Ok(match kind {
            0 => Position::Headers,
            1 => Position::BeforeLastByte,
            2 => Position::Sent,
            3 => Position::ResponseFirstByte,
            4 => Position::Body(number(source, 0, u64::MAX, 1)?),
            5 => Position::Response(number(source, 0, u64::MAX, 1)?),
            _ => {
                let message = number(source, 0, u64::from(u32::MAX), 0)?;
                let message = message.try_into().map_err(|_| Overrun)?;
                Position::Message(message, number(source, 0, u64::MAX, 0)?)
            }
        })
    })
}

fn lift_position(at: Position, items: &mut Vec<Item>) {
    let (kind, numbers) = match at {
        Position::Headers => (0, vec![]),
        Position::BeforeLastByte => (1, vec![]),
        Position::Sent => (2, vec![]),
        Position::ResponseFirstByte => (3, vec![]),
        Position::Body(octets) => (4, vec![octets]),
        Position::Response(octets) => (5, vec![octets]),
        Position::Message(message, octets) => (6, vec![message.into(), octets]),
    };
    items.push(Item::Choice(Choice::Branch(kind)));
    items.extend(numbers.into_iter().map(|number| Item::Choice(Choice::Int(number.into()))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bend_is_drawn_again_from_its_choices() {
        let ms = Duration::from_millis;
        let places = [
            Position::Headers,
            Position::BeforeLastByte,
            Position::Sent,
            Position::ResponseFirstByte,
            Position::Body(0),
            Position::Body(u64::MAX),
            Position::Response(7),
            Position::Message(2, 9),
        ];
        let mut bends = vec![
            Perturbation::Slice { size: 1, gap: ms(1) },
            Perturbation::Read { size: u32::MAX, gap: ms(10) },
            Perturbation::Cancel(ms(0)),
        ];
        for at in places {
            bends.extend([
                Perturbation::Stall { at, pause: ms(2_500) },
                Perturbation::Cut(at),
                Perturbation::Reset(at),
                Perturbation::HalfClose(at),
                Perturbation::Hold { at, until: "s2".to_owned() },
            ]);
        }
        let mut items = Vec::new();
        lift(&bends, &mut items);
        let drawn = Source::replay(&items).run(|source| draw(&bends, source));
        assert_eq!(drawn.unwrap().0, bends);
        // None of them is simpler.
        let drawn = Source::replay(&[]).run(|source| draw(&bends, source));
        assert_eq!(drawn.unwrap().0, []);
    }
}
