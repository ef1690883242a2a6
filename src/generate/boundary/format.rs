//! Formats: the edges of each, as the format's own file lists them, and texts of the format that are
//! as long as a declared bound admits.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::format::Format;
use crate::schema::shape::Branch;
use crate::value::Value;

/// Longer texts are not made only for being long.
const LONGEST: usize = 8192;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    let edges = Format::all().flat_map(|format| format.edges().iter().map(|(class, _)| *class));
    let mut classes: Vec<&'static str> =
        ["longest of the format", "shortest of the format"].to_vec();
    for class in edges {
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    classes
}

/// What to try where a text of a format may stand.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        let Some(format) = shape.format.as_deref().and_then(Format::of) else { continue };
        for (class, text) in format.edges() {
            emit.valid(class, Value::text(*text));
        }
        let bounds =
            [("longest of the format", shape.max), ("shortest of the format", Some(shape.min))];
        for (class, length) in bounds {
            let length = length.filter(|length| (1..=LONGEST).contains(length));
            if let Some(text) = length.and_then(|length| of_length(format, length)) {
                emit.valid(class, Value::text(text));
            }
        }
    }
}

/// A text of a format with this many characters; `None` where there is none, or it is not known how
/// to make one.
fn of_length(format: Format, length: usize) -> Option<String> {
    let filled = |begin: &str, end: &str| {
        let room = length.checked_sub(begin.len() + end.len())?;
        Some(format!("{begin}{}{end}", "0".repeat(room)))
    };
    let text = match format {
        Format::Uri | Format::Iri => filled("https://example.com/", "")
            .or_else(|| length.checked_sub(2).map(|room| format!("a:{}", "0".repeat(room)))),
        Format::UriReference | Format::IriReference => filled("", ""),
        Format::JsonPointer => filled("/", ""),
        Format::Regex => filled("a", ""),
        Format::Byte if length.is_multiple_of(4) => Some("AAAA".repeat(length / 4)),
        Format::Hostname => labels(length),
        Format::Email => {
            let local = length.saturating_sub("@example.com".len()).clamp(1, 64);
            let domain = length.checked_sub(local + 1)?;
            Some(format!("{}@{}", "0".repeat(local), labels(domain)?))
        }
        _ => None,
    };
    text.filter(|text| format.valid(text))
}

/// A name of labels of at most 63 characters, the last of letters.
fn labels(length: usize) -> Option<String> {
    let mut name = "a".repeat(length.min(62));
    while name.len() < length {
        match length - name.len() {
            1 => name.insert(0, 'a'),
            room => name = format!("{}.{name}", "a".repeat((room - 1).min(62))),
        }
    }
    (length > 0 && name.len() == length).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_format_can_have_any_length_it_admits() {
        for (format, lengths) in [
            (Format::Email, 3..=254),
            (Format::Hostname, 1..=253),
            (Format::Uri, 2..=300),
            (Format::JsonPointer, 1..=300),
        ] {
            for length in lengths {
                let text = of_length(format, length).unwrap_or_default();
                assert_eq!(text.len(), length, "{format:?}");
            }
        }
        assert_eq!(of_length(Format::Email, 255), None);
        assert_eq!(of_length(Format::Date, 4), None);
    }
}
