//! `multipart` bodies (RFC 7578, RFC 2046 section 5.1).
//!
//! The members of the value are the parts, the elements of an array parts of the same name; an array
//! as the whole value gives parts without a name. Usual is for a part
//!
//! - of a scalar: no `Content-Type`, which means `text/plain`,
//! - of an object or nested array: `application/json`,
//! - of octets: `application/octet-stream`, and the member's name as file name.
//!
//! A fact replaces the whole of that: `image/png; filename="a.png"`, `text/plain`, or only
//! `; filename="a.txt"`. It holds for each element of an array. A fact that names a style (`form
//! joined`, `deepObject`) gives the parts that the same style gives pairs of a query, as text that is
//! not percent-encoded (OpenAPI 3.1.1, "Encoding Object"). Names and file names are UTF-8 with
//! `"`, CR and LF as `%22`, `%0D` and `%0A` (HTML Living Standard, "multipart form data").
//!
//! The boundary is derived from the content, so that the same value gives the same octets, and never
//! occurs in it.

use super::Rendered;
use crate::spec::{BodyKind, Location, Style};
use crate::value::Value;
use crate::wire::body;
use crate::wire::facts::Facts;
use crate::wire::media::MediaType;
use crate::wire::parameter::{self, Loss, Notation, scalar_text};

/// How one part is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Its media type; absent for plain text.
    pub media_type: Option<String>,
    /// The name of the file it pretends to be.
    pub filename: Option<String>,
}

impl Part {
    /// The usual way for an element under a name.
    pub fn usual(name: &str, value: &Value) -> Self {
        match value {
            Value::Object(_) | Value::Array(_) => {
                Self { media_type: Some("application/json".to_owned()), filename: None }
            }
            Value::Bytes(_) => Self {
                media_type: Some("application/octet-stream".to_owned()),
                filename: Some(name.to_owned()),
            },
            _ => Self::default(),
        }
    }

    /// Reads a fact. What is no media type is sent as it stands.
    pub fn parse(fact: &str) -> Self {
        let only_parameters = fact.trim_start().starts_with(';');
        let whole = if only_parameters { format!("text/plain{fact}") } else { fact.to_owned() };
        let Some(mut media_type) = MediaType::parse(&whole) else {
            return Self { media_type: Some(fact.to_owned()), filename: None };
        };
        let filename = media_type.parameters.iter().position(|(name, _)| name == "filename");
        let Some(filename) = filename else {
            return Self { media_type: Some(fact.to_owned()), filename: None };
        };
        let (_, filename) = media_type.parameters.remove(filename);
        Self {
            media_type: (!only_parameters).then(|| media_type.to_string()),
            filename: Some(filename),
        }
    }

    /// The fact that spells it.
    pub fn fact(&self) -> String {
        let mut fact = self.media_type.clone().unwrap_or_default();
        match &self.filename {
            Some(filename) => {
                let escaped = filename.replace('\\', "\\\\").replace('"', "\\\"");
                fact.push_str("; filename=\"");
                fact.push_str(&escaped);
                fact.push('"');
            }
            None if fact.is_empty() => fact.push_str("text/plain"),
            None => {}
        }
        fact
    }
}

/// Renders a concrete value under a media type.
pub fn encode(value: &Value, media_type: &str, facts: Facts<'_>) -> Rendered {
    let mut parts = Parts { blocks: Vec::new(), loss: None, facts };
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                if name.has_lone_surrogate() {
                    parts.lose(Loss::NotText);
                }
                parts.member(&name.lossy(), value);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                parts.part(None, &index.to_string(), item);
            }
        }
        scalar => {
            parts.lose(Loss::Style);
            parts.part(None, "0", scalar);
        }
    }
    let given =
        MediaType::parse(media_type).and_then(|m| m.parameter("boundary").map(str::to_owned));
    let (boundary, media_type) = if let Some(boundary) = given {
        (boundary, media_type.to_owned())
    } else {
        let boundary = boundary(&parts.blocks);
        let media_type = format!("{media_type}; boundary={boundary}");
        (boundary, media_type)
    };
    let mut octets = Vec::new();
    for block in &parts.blocks {
        octets.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        octets.extend_from_slice(block);
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Rendered { octets, media_type, loss: parts.loss }
}

struct Parts<'f> {
    blocks: Vec<Vec<u8>>,
    loss: Option<Loss>,
    facts: Facts<'f>,
}

impl Parts<'_> {
    fn lose(&mut self, loss: Loss) {
        self.loss.get_or_insert(loss);
    }

    fn member(&mut self, name: &str, value: &Value) {
        let fact = self.facts.get_in("multipart", name);
        if let Some(notation) = fact.and_then(styled) {
            self.styled(name, value, &notation);
            return;
        }
        match value {
            Value::Array(items) => {
                if items.is_empty() {
                    self.lose(Loss::Empty);
                }
                for item in items {
                    self.part(Some(name), name, item);
                }
            }
            value => self.part(Some(name), name, value),
        }
    }

    /// The parts that a style gives a member.
    fn styled(&mut self, name: &str, value: &Value, notation: &Notation) {
        let Ok(encoded) = parameter::encode(Location::Query, name, value, notation) else { return };
        let pairs = encoded.octets.as_deref().unwrap_or_default();
        let whole = |text: &[u8]| percent_encoding::percent_decode(text).collect::<Vec<u8>>();
        let mut told = 0;
        for pair in pairs.split(|octet| *octet == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |octet| *octet == b'=').map(whole);
            let part = halves.next().map(|name| String::from_utf8_lossy(&name).into_owned());
            let text = halves.next().unwrap_or_default();
            told += delimiter(notation)
                .map_or(0, |delimiter| text.split(|octet| *octet == delimiter).count());
            self.push(part.as_deref(), &Part::default(), name, &text);
        }
        let meant = match value {
            Value::Array(items) => items.len(),
            Value::Object(object) => 2 * object.len(),
            _ => told,
        };
        if let Some(loss) = encoded.loss {
            self.lose(loss);
        } else if delimiter(notation).is_some() && told != meant {
            // What would have been percent-encoded in a query is a delimiter here.
            self.lose(Loss::Delimiter);
        }
    }

    fn part(&mut self, name: Option<&str>, key: &str, value: &Value) {
        let fact = self.facts.get_in("multipart", key);
        let part = fact.map_or_else(|| Part::usual(key, value), Part::parse);
        let kind = part.media_type.as_deref().map_or(BodyKind::Text, BodyKind::of);
        let json_octets = kind == BodyKind::Json && matches!(value, Value::Bytes(_));
        if matches!(value, Value::Null) && kind != BodyKind::Json {
            self.lose(Loss::Null);
        }
        if matches!(value, Value::Array(_) | Value::Object(_))
            && (fact.is_none() && matches!(value, Value::Array(_))
                || matches!(kind, BodyKind::Text | BodyKind::Bytes))
        {
            self.lose(Loss::Nested);
        }
        let content = match &part.media_type {
            // Octets are a file's content whatever it is said to be.
            Some(media_type) if !json_octets => body::plain(media_type, value),
            _ => scalar_text(value).into_owned(),
        };
        self.push(name, &part, key, &content);
    }

    /// Writes one part; `key` is what its facts stand under.
    fn push(&mut self, name: Option<&str>, part: &Part, key: &str, content: &[u8]) {
        let mut block = Vec::with_capacity(content.len() + 128);
        if let Some(name) = name {
            if name.contains(['"', '\r', '\n', '\0']) {
                self.lose(Loss::Delimiter);
            }
            let quoted =
                |text: &str| text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
            block.extend_from_slice(b"Content-Disposition: form-data; name=\"");
            block.extend_from_slice(quoted(name).as_bytes());
            block.push(b'"');
            if let Some(filename) = &part.filename {
                block.extend_from_slice(b"; filename=\"");
                block.extend_from_slice(quoted(filename).as_bytes());
                block.push(b'"');
            }
            block.extend_from_slice(b"\r\n");
        }
        if let Some(media_type) = &part.media_type {
            block.extend_from_slice(format!("Content-Type: {media_type}\r\n").as_bytes());
        }
        for (field, value) in self.facts.below("multipart", key, "headers") {
            block.extend_from_slice(format!("{field}: {value}\r\n").as_bytes());
        }
        block.extend_from_slice(b"\r\n");
        block.extend_from_slice(content);
        self.blocks.push(block);
    }
}

/// The style that a fact names; `None` for one that says what a part is.
fn styled(fact: &str) -> Option<Notation> {
    Notation::parse(Location::Query, fact).ok().filter(|notation| notation.content.is_none())
}

/// What stands between the elements of a value that goes as one part.
fn delimiter(notation: &Notation) -> Option<u8> {
    match notation.style {
        Style::Form if !notation.explode => Some(b','),
        Style::SpaceDelimited => Some(b' '),
        Style::PipeDelimited => Some(b'|'),
        Style::TabDelimited => Some(b'\t'),
        _ => None,
    }
}

/// A boundary that occurs in none of the parts (FNV-1a over all of them, counted on until it fits).
fn boundary(blocks: &[Vec<u8>]) -> String {
    let octets = blocks.iter().flatten();
    let mut hash = octets.fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
        (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3)
    });
    loop {
        let boundary = format!("phi-{hash:016x}");
        let occurs = |block: &Vec<u8>| block.windows(20).any(|w| w == boundary.as_bytes());
        if !blocks.iter().any(occurs) {
            return boundary;
        }
        hash = hash.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    fn multipart(value: &Value, facts: &[(&str, &str)]) -> (String, Option<Loss>) {
        let facts: Vec<_> = facts.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let rendered = encode(value, "multipart/form-data; boundary=B", Facts::new(&facts));
        (String::from_utf8(rendered.octets).unwrap(), rendered.loss)
    }

    #[test]
    fn scalars_objects_files_and_arrays_are_parts_of_their_own() {
        let mut value = read::json(br#"{"id":7,"address":{"a":1},"tags":["x","y"]}"#).unwrap();
        if let Value::Object(object) = &mut value {
            object.push("photo", Value::Bytes(b"\x01".to_vec()));
        }
        let (text, loss) = multipart(&value, &[("multipart/photo/headers/X-Rate", "5")]);
        insta::assert_snapshot!(text.replace("\r\n", "\n").replace('\x01', "<01>"), @r#"
        --B
        Content-Disposition: form-data; name="id"

        7
        --B
        Content-Disposition: form-data; name="address"
        Content-Type: application/json

        {"a":1}
        --B
        Content-Disposition: form-data; name="tags"

        x
        --B
        Content-Disposition: form-data; name="tags"

        y
        --B
        Content-Disposition: form-data; name="photo"; filename="photo"
        Content-Type: application/octet-stream
        X-Rate: 5

        <01>
        --B--
        "#);
        assert_eq!(loss, None);
    }

    #[test]
    fn a_fact_gives_type_and_file_name() {
        let value = Value::object([("a", Value::text("x"))]);
        let (text, _) =
            multipart(&value, &[("multipart/a", r#"text/csv; charset=utf-8; filename="q\".csv""#)]);
        assert!(
            text.contains(
                "name=\"a\"; filename=\"q%22.csv\"\r\nContent-Type: text/csv; charset=utf-8\r\n"
            ),
            "{text}"
        );
        let (text, _) = multipart(&value, &[("multipart/a", "; filename=x")]);
        assert!(text.contains("filename=\"x\"\r\n\r\nx"), "{text}");
    }

    #[test]
    fn a_style_gives_the_parts_that_it_gives_pairs_of_a_query() {
        let value = read::json(
            br#"{"list":["x y","z"],"pipes":["a","b"],"open":{"r":1,"g":"&"},"deep":{"k":[1]},"one":"x,y"}"#,
        )
        .unwrap();
        let facts = [
            ("multipart/list", "joined"),
            ("multipart/pipes", "pipeDelimited"),
            ("multipart/open", "form"),
            ("multipart/deep", "deepObject"),
        ];
        let (text, loss) = multipart(&value, &facts);
        let parts: Vec<String> = text
            .split("--B")
            .filter_map(|part| part.split_once("name=\""))
            .map(|(_, part)| part.trim_end().replace("\"\r\n\r\n", "="))
            .collect();
        assert_eq!(parts, ["list=x y,z", "pipes=a|b", "r=1", "g=&", "deep[k]=[1]", "one=x,y"]);
        assert_eq!(loss, Some(Loss::Nested));
        let loss = |json: &str, fact| {
            multipart(&read::json(json.as_bytes()).unwrap(), &[("multipart/a", fact)]).1
        };
        assert_eq!(loss(r#"{"a":["x","y"]}"#, "joined"), None);
        assert_eq!(loss(r#"{"a":["x,y"]}"#, "joined"), Some(Loss::Delimiter));
        assert_eq!(loss(r#"{"a":[]}"#, "joined"), Some(Loss::Empty));
    }

    #[test]
    fn parts_read_back_from_their_facts() {
        for part in [
            Part { media_type: Some("image/png".into()), filename: Some("a \"b\" \\.png".into()) },
            Part { media_type: None, filename: Some("é.txt".into()) },
            Part { media_type: Some("text/plain".into()), filename: None },
        ] {
            assert_eq!(Part::parse(&part.fact()), part);
        }
    }

    #[test]
    fn the_boundary_is_the_same_for_the_same_content_and_never_in_it() {
        let inner =
            encode(&Value::object([("a", Value::int(1))]), "multipart/form-data", Facts::default());
        let again =
            encode(&Value::object([("a", Value::int(1))]), "multipart/form-data", Facts::default());
        assert_eq!(inner, again);
        let blocks = vec![b"x".to_vec()];
        let first = boundary(&blocks);
        assert!(!blocks.concat().windows(20).any(|w| w == first.as_bytes()));
    }

    #[test]
    fn what_cannot_be_told_is_named() {
        let loss = |json: &str| multipart(&read::json(json.as_bytes()).unwrap(), &[]).1;
        assert_eq!(loss(r#"{"a":[]}"#), Some(Loss::Empty));
        assert_eq!(loss(r#"{"a":null}"#), Some(Loss::Null));
        assert_eq!(loss(r#"{"a":[[1]]}"#), Some(Loss::Nested));
        assert_eq!(loss(r#"{"a\"":1}"#), Some(Loss::Delimiter));
        assert_eq!(loss(r#"{"a":{"b":null}}"#), None);
    }
}
