//! Texts of a format that have a given length.

use crate::schema::format::Format;

/// Longer texts are not made only for being long.
const LONGEST: usize = 8192;

/// A text of a format with this many characters; `None` where there is none, or it is not known how
/// to make one.
pub fn of_length(format: Format, length: usize) -> Option<String> {
    if length > LONGEST {
        return None;
    }
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
