//! XML bodies from a JSON value (OpenAPI 3.0.4, section 4.7.26, and 3.2.0, section 4.26).
//!
//! Members are elements of their name, elements of an array repeat the array's name. Facts say what
//! differs, at the place of the value, with `*` for any element of an array (`xml/tags/*`), in words
//! with blanks between them (blanks and `%` within a word are `%20` and `%25`). The media type stands
//! among the words of the root, without blanks: `application/soap+xml;charset=utf-8 name=order`.
//!
//! | word | means |
//! |---|---|
//! | `name=N` | the element or attribute has this name; usual are the member's name and, for the root, `root` |
//! | `namespace=URI`, `prefix=P` | its namespace, declared where it stands, and prefix |
//! | `attribute` | an attribute of the element around it |
//! | `text`, `cdata` | the text of the element around it, plain or as a CDATA section |
//! | `wrapped` | the elements of an array stand in one element of the array's name |
//! | `none` | no element of its own: its content stands in the element around it |

mod node;

pub use node::{Node, NodeKind};

use super::Rendered;
use crate::value::{Object, Value};
use crate::wire::error::Error;
use crate::wire::facts::{Facts, token};
use crate::wire::parameter::{Loss, scalar_text};

/// Renders a concrete value.
///
/// # Errors
/// A fact that says nothing.
pub fn encode(value: &Value, facts: Facts<'_>) -> Result<Rendered, Error> {
    let fact = facts.get("xml").unwrap_or_default();
    let names_type = |word: &&str| word.split('=').next().is_some_and(|begin| begin.contains('/'));
    let media_type = fact.split_ascii_whitespace().find(names_type);
    let mut writer = Writer { out: Vec::new(), loss: None, facts };
    writer.out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    let node = writer.node("xml")?;
    let name = node.name.as_deref().unwrap_or("root").to_owned();
    match value {
        // There must be one root, so an array always has an element of its own.
        Value::Array(items) => {
            writer.wrapped(&name, &node, "xml", items)?;
        }
        value => writer.value(&name, &node, "xml", value)?,
    }
    Ok(Rendered {
        octets: writer.out,
        media_type: media_type.unwrap_or("application/xml").to_owned(),
        loss: writer.loss,
    })
}

struct Writer<'f> {
    out: Vec<u8>,
    loss: Option<Loss>,
    facts: Facts<'f>,
}

impl Writer<'_> {
    fn node(&self, place: &str) -> Result<Node, Error> {
        let fact = self.facts.get(place).unwrap_or_default();
        Node::parse(fact).map_err(|message| Error::Fact { place: place.to_owned(), message })
    }

    fn lose(&mut self, loss: Loss) {
        self.loss.get_or_insert(loss);
    }

    /// A value under the name of its member.
    fn value(&mut self, name: &str, node: &Node, place: &str, value: &Value) -> Result<(), Error> {
        match node.kind {
            NodeKind::Text => {
                self.text_of(value, |octet| matches!(octet, b'&' | b'<' | b'>' | b'\r'));
                return Ok(());
            }
            NodeKind::Cdata => {
                self.cdata(value);
                return Ok(());
            }
            _ => {}
        }
        match value {
            Value::Array(items) if node.wrapped => self.wrapped(name, node, place, items),
            Value::Array(items) => {
                if items.is_empty() {
                    self.lose(Loss::Empty);
                }
                self.items(name, place, items)
            }
            Value::Object(object) if node.kind == NodeKind::None => self.children(object, place),
            Value::Object(object) => {
                self.begin(name, node);
                self.attributes(object, place)?;
                self.out.push(b'>');
                self.children(object, place)?;
                self.close(name, node);
                Ok(())
            }
            scalar if node.kind == NodeKind::None => {
                self.text_of(scalar, |octet| matches!(octet, b'&' | b'<' | b'>' | b'\r'));
                Ok(())
            }
            scalar => {
                self.begin(name, node);
                self.out.push(b'>');
                self.text_of(scalar, |octet| matches!(octet, b'&' | b'<' | b'>' | b'\r'));
                self.close(name, node);
                Ok(())
            }
        }
    }

    fn wrapped(
        &mut self,
        name: &str,
        node: &Node,
        place: &str,
        items: &[Value],
    ) -> Result<(), Error> {
        self.begin(name, node);
        self.out.push(b'>');
        self.items(name, place, items)?;
        self.close(name, node);
        Ok(())
    }

    fn items(&mut self, name: &str, place: &str, items: &[Value]) -> Result<(), Error> {
        let place = format!("{place}/*");
        let node = self.node(&place)?;
        let name = node.name.clone().unwrap_or_else(|| name.to_owned());
        for item in items {
            if matches!(item, Value::Array(_)) && !node.wrapped {
                self.lose(Loss::Nested);
            }
            self.value(&name, &node, &place, item)?;
        }
        Ok(())
    }

    fn children(&mut self, object: &Object, place: &str) -> Result<(), Error> {
        for (key, value) in object {
            let place = format!("{place}/{}", token(&key.lossy()));
            let node = self.node(&place)?;
            if node.kind != NodeKind::Attribute {
                // The name of an array that is not wrapped is not used for its elements.
                let renames = node.wrapped || !matches!(value, Value::Array(_));
                let name = node.name.as_deref().filter(|_| renames);
                let name = name.map_or_else(|| key.lossy().into_owned(), str::to_owned);
                self.value(&name, &node, &place, value)?;
            }
        }
        Ok(())
    }

    fn attributes(&mut self, object: &Object, place: &str) -> Result<(), Error> {
        for (key, value) in object {
            let node = self.node(&format!("{place}/{}", token(&key.lossy())))?;
            if node.kind == NodeKind::Attribute {
                if let (Some(uri), Some(prefix)) = (&node.namespace, &node.prefix) {
                    self.attribute(&format!("xmlns:{prefix}"), &Value::text(uri.as_str()));
                }
                let name = node.name.clone().unwrap_or_else(|| key.lossy().into_owned());
                let name = qualified(&name, &node);
                self.check_name(&name);
                self.attribute(&name, value);
            }
        }
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &Value) {
        if matches!(value, Value::Array(_)) {
            self.lose(Loss::Style);
        }
        self.out.extend_from_slice(format!(" {name}=\"").as_bytes());
        // Blanks but the space are normalised in attributes, so they are character references.
        self.text_of(value, |octet| b"&<>\"\t\r\n".contains(&octet));
        self.out.push(b'"');
    }

    fn begin(&mut self, name: &str, node: &Node) {
        let name = qualified(name, node);
        self.check_name(&name);
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        if let Some(uri) = &node.namespace {
            let declared =
                node.prefix.as_ref().map_or("xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
            self.attribute(&declared, &Value::text(uri.as_str()));
        }
    }

    fn close(&mut self, name: &str, node: &Node) {
        self.out.extend_from_slice(format!("</{}>", qualified(name, node)).as_bytes());
    }

    fn text_of(&mut self, value: &Value, escape: impl Fn(u8) -> bool) {
        self.check_text(value);
        for octet in scalar_text(value).iter().copied() {
            match octet {
                b'&' => self.out.extend_from_slice(b"&amp;"),
                b'<' => self.out.extend_from_slice(b"&lt;"),
                b'>' => self.out.extend_from_slice(b"&gt;"),
                b'"' if escape(octet) => self.out.extend_from_slice(b"&quot;"),
                octet if octet < 0x20 && (escape(octet) || !is_xml_control(octet)) => {
                    self.out.extend_from_slice(format!("&#{octet};").as_bytes());
                }
                octet => self.out.push(octet),
            }
        }
    }

    fn cdata(&mut self, value: &Value) {
        self.check_text(value);
        let text = scalar_text(value);
        if text.contains(&b'\r') {
            self.lose(Loss::Charset);
        }
        self.out.extend_from_slice(b"<![CDATA[");
        for (index, octet) in text.iter().enumerate() {
            // `]]>` would end the section, so it is split over two.
            if *octet == b'>' && text[..index].ends_with(b"]]") {
                self.out.extend_from_slice(b"]]><![CDATA[");
            }
            self.out.push(*octet);
        }
        self.out.extend_from_slice(b"]]>");
    }

    fn check_text(&mut self, value: &Value) {
        match value {
            Value::Null => self.lose(Loss::Null),
            Value::Array(_) | Value::Object(_) => self.lose(Loss::Nested),
            _ => {}
        }
        let octets = scalar_text(value);
        match std::str::from_utf8(&octets) {
            Err(_) => self.lose(Loss::NotText),
            // XML 1.0, section 2.2: not all characters can be said.
            Ok(text)
                if text.chars().any(|c| {
                    c < ' ' && !is_xml_control(c as u8) || matches!(c, '\u{FFFE}' | '\u{FFFF}')
                }) =>
            {
                self.lose(Loss::NotText);
            }
            Ok(_) => {}
        }
    }

    fn check_name(&mut self, name: &str) {
        let begins = |c: char| c.is_alphabetic() || c == '_';
        let goes_on = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
        if !name.starts_with(begins) || !name.chars().all(goes_on) {
            self.lose(Loss::Name);
        }
    }
}

fn qualified(name: &str, node: &Node) -> String {
    node.prefix.as_ref().map_or_else(|| name.to_owned(), |prefix| format!("{prefix}:{name}"))
}

fn is_xml_control(octet: u8) -> bool {
    matches!(octet, b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    fn xml(json: &str, facts: &[(&str, &str)]) -> String {
        let facts: Vec<_> = facts.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let rendered = encode(&read::json(json.as_bytes()).unwrap(), Facts::new(&facts)).unwrap();
        let text = String::from_utf8(rendered.octets).unwrap();
        let text = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap();
        rendered.loss.map_or_else(|| text.to_owned(), |loss| format!("{text} {loss:?}"))
    }

    /// The examples of the OpenAPI specification's section on the XML object.
    #[test]
    fn arrays_are_named_as_the_specification_shows() {
        let both = r#"{"animals":["a","b"]}"#;
        for (facts, expected) in [
            (&[][..], "<animals>a</animals><animals>b</animals>"),
            (&[("xml/animals/*", "name=animal")], "<animal>a</animal><animal>b</animal>"),
            (
                &[("xml/animals", "name=aliens"), ("xml/animals/*", "name=animal")],
                "<animal>a</animal><animal>b</animal>",
            ),
            (
                &[("xml/animals", "wrapped")],
                "<animals><animals>a</animals><animals>b</animals></animals>",
            ),
            (
                &[("xml/animals", "wrapped name=aliens"), ("xml/animals/*", "name=animal")],
                "<aliens><animal>a</animal><animal>b</animal></aliens>",
            ),
            (
                &[("xml/animals", "wrapped name=aliens")],
                "<aliens><aliens>a</aliens><aliens>b</aliens></aliens>",
            ),
            (
                &[("xml/animals", "wrapped"), ("xml/animals/*", "name=animal")],
                "<animals><animal>a</animal><animal>b</animal></animals>",
            ),
        ] {
            assert_eq!(xml(both, facts), format!("<root>{expected}</root>"), "{facts:?}");
        }
    }

    #[test]
    fn attributes_namespaces_and_text_are_written() {
        assert_eq!(
            xml(
                r#"{"id":123,"name":"a<b&c","note":"]]>"}"#,
                &[
                    ("xml", "application/xml name=Person"),
                    ("xml/id", "attribute"),
                    ("xml/name", "namespace=http://example.com/schema/sample prefix=sample"),
                    ("xml/note", "cdata"),
                ]
            ),
            "<Person id=\"123\"><sample:name xmlns:sample=\"http://example.com/schema/sample\">\
             a&lt;b&amp;c</sample:name><![CDATA[]]]]><![CDATA[>]]></Person>"
        );
        assert_eq!(
            xml(
                r#"{"a":{"b":"x\ty\"","c":"t"}}"#,
                &[("xml/a/b", "attribute"), ("xml/a/c", "text")]
            ),
            "<root><a b=\"x&#9;y&quot;\">t</a></root>"
        );
        assert_eq!(xml(r#"{"a":{"b":1}}"#, &[("xml/a", "none")]), "<root><b>1</b></root>");
    }

    #[test]
    fn an_array_has_one_root() {
        assert_eq!(
            xml(r#"[{"a":1},{"a":2}]"#, &[("xml", "name=l"), ("xml/*", "name=e")]),
            "<l><e><a>1</a></e><e><a>2</a></e></l>"
        );
    }

    #[test]
    fn what_cannot_be_told_is_named() {
        assert_eq!(xml(r#"{"a":[]}"#, &[]), "<root></root> Empty");
        assert_eq!(xml(r#"{"a":null}"#, &[]), "<root><a>null</a></root> Null");
        assert_eq!(xml(r#"{"a b":1}"#, &[]), "<root><a b>1</a b></root> Name");
        assert_eq!(xml("{\"a\":\"\\u0000\"}", &[]), "<root><a>&#0;</a></root> NotText");
        assert_eq!(xml(r#"{"a":[]}"#, &[("xml/a", "wrapped")]), "<root><a></a></root>");
    }
}
