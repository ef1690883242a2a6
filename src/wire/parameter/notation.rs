//! How one parameter is written, and how a case file spells it.
//!
//! A file holds only what differs from the usual way: words with blanks between them.
//!
//! | word | means |
//! |---|---|
//! | `simple` … `cookie` | the style, by its name in OpenAPI; usual are `simple` in paths and headers, `form` in queries and cookies; `tabDelimited` is the `tsv` of Swagger 2.0 |
//! | `explode`, `joined` | elements and members on their own, or all together; usual is `explode` for `form`, `deepObject` and `cookie`, else `joined` |
//! | `reserved` | reserved characters are sent as they are |
//! | `bare` | an empty value goes without its `=` |
//! | `nested` | `deepObject` goes on inside its members: `x[a][b]=1`, `x[a][0]=1`; usual is JSON text |
//! | `application/json` (anything with a slash) | the value is written in this media type |
//! | `whole` | it is the whole query string, without a name |

use crate::spec::{Location, Parameter, Style};
use crate::value::Value;

/// How one parameter is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is one word of its own")]
pub struct Notation {
    /// How arrays and objects are written.
    pub style: Style,
    /// Whether elements and members stand on their own.
    pub explode: bool,
    /// Whether reserved characters are sent as they are.
    pub reserved: bool,
    /// Whether an empty value goes without its `=`.
    pub bare: bool,
    /// Whether `deepObject` goes on inside its members, as many programs write it and no specification
    /// says.
    pub nested: bool,
    /// The media type the value is written in, instead of a style.
    pub content: Option<String>,
    /// Whether it is the whole query string; needs `content`.
    pub whole: bool,
}

const STYLES: [Style; 9] = [
    Style::Simple,
    Style::Label,
    Style::Matrix,
    Style::Form,
    Style::SpaceDelimited,
    Style::PipeDelimited,
    Style::DeepObject,
    Style::TabDelimited,
    Style::Cookie,
];

impl Notation {
    /// The usual way at a location.
    pub fn usual(location: Location) -> Self {
        let style = match location {
            Location::Path | Location::Header => Style::Simple,
            Location::Query | Location::QueryString | Location::Cookie => Style::Form,
        };
        Self::of_style(style)
    }

    /// A style as it is usually written.
    pub fn of_style(style: Style) -> Self {
        Self {
            style,
            explode: explodes(style),
            reserved: false,
            bare: false,
            nested: false,
            content: None,
            whole: false,
        }
    }

    /// As a document asks for.
    pub fn of(parameter: &Parameter) -> Self {
        let whole = parameter.location == Location::QueryString;
        let mut notation = Self {
            style: parameter.style,
            explode: parameter.explode || parameter.style == Style::DeepObject,
            reserved: parameter.allow_reserved,
            bare: false,
            nested: false,
            content: parameter.content.as_deref().map(crate::wire::media::concrete),
            whole,
        };
        if whole && notation.content.is_none() {
            notation.content = Some("application/x-www-form-urlencoded".to_owned());
        }
        if notation.content.is_some() {
            let usual = Self::usual(parameter.location);
            (notation.style, notation.explode) = (usual.style, usual.explode);
        }
        notation
    }

    /// The usual of all ways that write this value just so at a location: how elements stand says
    /// nothing of a scalar.
    #[must_use]
    pub fn plainest(self, location: Location, value: &Value) -> Self {
        if matches!(value, Value::Array(_) | Value::Object(_) | Value::Symbol(_)) {
            return self;
        }
        let as_form = matches!(
            self.style,
            Style::SpaceDelimited | Style::PipeDelimited | Style::TabDelimited | Style::DeepObject
        );
        let style = if as_form && location == Location::Query { Style::Form } else { self.style };
        Self { style, explode: explodes(style), nested: false, ..self }
    }

    /// Reads the words of a case file.
    ///
    /// # Errors
    /// A word that is none of the table's.
    pub fn parse(location: Location, fact: &str) -> Result<Self, String> {
        let mut notation = Self::usual(location);
        let mut explode = None;
        // A media type may hold blanks only after its semicolons.
        let mut words = fact.split_ascii_whitespace().peekable();
        while let Some(word) = words.next() {
            match word {
                "explode" => explode = Some(true),
                "joined" => explode = Some(false),
                "reserved" => notation.reserved = true,
                "bare" => notation.bare = true,
                "nested" => notation.nested = true,
                "whole" => notation.whole = true,
                media_type if media_type.contains('/') => {
                    let mut media_type = media_type.to_owned();
                    while media_type.ends_with(';') {
                        let Some(next) = words.next() else { break };
                        media_type.push(' ');
                        media_type.push_str(next);
                    }
                    notation.content = Some(media_type);
                }
                word => {
                    let style = STYLES.into_iter().find(|style| style.name() == word);
                    notation.style = style.ok_or_else(|| {
                        format!(
                            "`{word}` says nothing of how a parameter is written; known are the \
                             styles, explode, joined, reserved, bare, nested, whole and media types"
                        )
                    })?;
                    notation.explode = explodes(notation.style);
                }
            }
        }
        notation.explode = explode.unwrap_or(notation.explode);
        if notation.whole && notation.content.is_none() {
            notation.content = Some("application/x-www-form-urlencoded".to_owned());
        }
        Ok(notation)
    }

    /// The words of a case file; `None` for the usual way.
    pub fn fact(&self, location: Location) -> Option<String> {
        let usual = Self::usual(location);
        let mut words = Vec::new();
        if self.style != usual.style {
            words.push(self.style.name());
        }
        if self.explode != explodes(self.style) {
            words.push(if self.explode { "explode" } else { "joined" });
        }
        for (set, word) in [
            (self.reserved, "reserved"),
            (self.bare, "bare"),
            (self.nested, "nested"),
            (self.whole, "whole"),
        ] {
            if set {
                words.push(word);
            }
        }
        words.extend(self.content.as_deref());
        (!words.is_empty()).then(|| words.join(" "))
    }
}

fn explodes(style: Style) -> bool {
    matches!(style, Style::Form | Style::DeepObject | Style::Cookie)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCATIONS: [Location; 5] = [
        Location::Path,
        Location::Query,
        Location::QueryString,
        Location::Header,
        Location::Cookie,
    ];

    #[test]
    fn every_way_reads_back_from_its_words() {
        for location in LOCATIONS {
            for style in STYLES {
                for bits in 0..64_u8 {
                    let bit = |n: u8| bits >> n & 1 == 1;
                    let notation = Notation {
                        style,
                        explode: bit(0),
                        reserved: bit(1),
                        bare: bit(2),
                        nested: bit(5),
                        content: (bit(3) || bit(4)).then(|| "application/json; v=1".to_owned()),
                        whole: bit(4),
                    };
                    let fact = notation.fact(location).unwrap_or_default();
                    assert_eq!(Notation::parse(location, &fact), Ok(notation), "{fact}");
                }
            }
        }
    }

    #[test]
    fn the_usual_way_needs_no_words() {
        for location in LOCATIONS {
            assert_eq!(Notation::usual(location).fact(location), None);
        }
        assert_eq!(
            Notation::of_style(Style::PipeDelimited).fact(Location::Query).as_deref(),
            Some("pipeDelimited")
        );
    }

    #[test]
    fn a_scalar_is_written_just_so_by_the_plainest_way() {
        let scalars = ["a b|c,d%41;\u{e9}", "", "7"].map(Value::text);
        let others = [Value::Null, Value::Bool(true), Value::from(7)];
        for location in LOCATIONS {
            for style in STYLES {
                for bits in 0..8_u8 {
                    let bit = |n: u8| bits >> n & 1 == 1;
                    let own = Notation { explode: bit(0), ..Notation::of_style(style) };
                    let own = Notation { reserved: bit(1), bare: bit(2), ..own };
                    for value in scalars.iter().chain(&others) {
                        let plainest = own.clone().plainest(location, value);
                        let [one, other] = [&own, &plainest]
                            .map(|notation| super::super::encode(location, "n", value, notation));
                        assert_eq!(one, other, "{location:?} {own:?} {value}");
                    }
                }
            }
        }
        let own = Notation::parse(Location::Query, "pipeDelimited").unwrap();
        let fact =
            |value: Value| own.clone().plainest(Location::Query, &value).fact(Location::Query);
        assert_eq!(fact(Value::from(7)), None);
        assert_eq!(fact(Value::Array(vec![])).as_deref(), Some("pipeDelimited"));
    }

    #[test]
    fn an_unknown_word_is_named() {
        assert!(Notation::parse(Location::Query, "pipes").unwrap_err().contains("`pipes`"));
    }
}
