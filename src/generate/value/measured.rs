//! Texts that may measure so much: drawn by what they measure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::choice::{Choice, Draw, Item, Overrun, Source};
use crate::schema::measure::{Measure, Measured};
use crate::value::Text;

/// Instants are simplest here: 2000-01-01T00:00:00Z, in nanoseconds since 1970.
const SIMPLEST: i128 = 946_684_800_000_000_000;

/// So many octets more than the least are drawn, at most.
const MOST_OCTETS: i128 = 4096;

/// Draws a text within bounds.
pub(super) fn draw(measured: &Measured, source: &mut Source<'_>) -> Draw<Text> {
    let (min, max) = range(measured).ok_or(Overrun)?;
    let text = match measured.measure {
        Measure::Octets => {
            let octets = |count: i128| usize::try_from(count).map_err(|_| Overrun);
            Some(STANDARD.encode(source.octets(octets(min)?, octets(max)?)?))
        }
        Measure::Moment => Measure::Moment.text(source.int(min, max, SIMPLEST)?),
        Measure::Span => Measure::Span.text(source.int(min, max, 0)?),
    };
    text.map(Text::from).ok_or(Overrun)
}

/// Lifts a text within bounds that is written as it would be drawn; whether it is one.
pub(super) fn lift(measured: &Measured, text: &Text, items: &mut Vec<Item>) -> bool {
    let choice = || {
        let (text, (min, max)) = (text.as_str()?, range(measured)?);
        let point = measured.measure.point(text).filter(|point| (min..=max).contains(point))?;
        match measured.measure {
            Measure::Octets => STANDARD.decode(text).ok().map(Choice::Bytes),
            measure => (measure.text(point)? == text).then_some(Choice::Int(point)),
        }
    };
    let choice = choice();
    let fits = choice.is_some();
    items.extend(choice.map(Item::Choice));
    fits
}

/// What is drawn.
fn range(measured: &Measured) -> Option<(i128, i128)> {
    let (min, max) = measured.range()?;
    match measured.measure {
        Measure::Octets => Some((min, max.min(min + MOST_OCTETS))),
        _ => Some((min, max)),
    }
}
