//! Bends of timing: `{ "stall": { "at": "body+10", "for": "2s" } }`.

use super::place::{Members, Place, Read};
use crate::case::{Perturbation, Position};
use crate::value::{Value, duration, nearest};

const NAMES: [&str; 8] = ["stall", "slice", "cut", "reset", "half_close", "cancel", "read", "hold"];

pub(super) fn read(place: &Place<'_>) -> Read<Perturbation> {
    let (name, inner) = place.any_object()?.single("a perturbation")?;
    let at = |members: &Members<'_>| members.need("at").and_then(|place| position(&place));
    let only_at = || inner.object(&["at"]).and_then(|members| at(&members));
    let pieces = || {
        let members = inner.object(&["size", "gap"])?;
        let size = members.need("size")?.whole(1, u32::MAX.into())?;
        Ok((size, members.need("gap")?.duration()?))
    };
    Ok(match &*name {
        "stall" => {
            let members = inner.object(&["at", "for"])?;
            Perturbation::Stall { at: at(&members)?, pause: members.need("for")?.duration()? }
        }
        "slice" => {
            let (size, gap) = pieces()?;
            Perturbation::Slice { size, gap }
        }
        "read" => {
            let (size, gap) = pieces()?;
            Perturbation::Read { size, gap }
        }
        "cut" => Perturbation::Cut(only_at()?),
        "reset" => Perturbation::Reset(only_at()?),
        "half_close" => Perturbation::HalfClose(only_at()?),
        "cancel" => Perturbation::Cancel(inner.object(&["after"])?.need("after")?.duration()?),
        "hold" => {
            let members = inner.object(&["at", "until"])?;
            Perturbation::Hold { at: at(&members)?, until: members.need("until")?.text()? }
        }
        _ => {
            let advice = nearest::advice(&name, &NAMES);
            return inner.wrong(format!("unknown perturbation `{name}`; {advice}"));
        }
    })
}

fn position(place: &Place<'_>) -> Read<Position> {
    Position::parse(&place.text()?).or_else(|message| place.wrong(message))
}

pub(super) fn write(perturbation: &Perturbation) -> Value {
    let text = |text: String| Value::String(text.into());
    let position = |at: &Position| ("at", text(at.to_string()));
    let only_at = |at: &Position| Value::object([position(at)]);
    let pieces = |size: u32, gap| {
        Value::object([("size", Value::int(size)), ("gap", text(duration::write(gap)))])
    };
    let (name, inner) = match perturbation {
        Perturbation::Stall { at, pause } => {
            ("stall", Value::object([position(at), ("for", text(duration::write(*pause)))]))
        }
        Perturbation::Slice { size, gap } => ("slice", pieces(*size, *gap)),
        Perturbation::Cut(at) => ("cut", only_at(at)),
        Perturbation::Reset(at) => ("reset", only_at(at)),
        Perturbation::HalfClose(at) => ("half_close", only_at(at)),
        Perturbation::Cancel(after) => {
            ("cancel", Value::object([("after", text(duration::write(*after)))]))
        }
        Perturbation::Read { size, gap } => ("read", pieces(*size, *gap)),
        Perturbation::Hold { at, until } => {
            ("hold", Value::object([position(at), ("until", Value::text(until.as_str()))]))
        }
    };
    Value::object([(name, inner)])
}
