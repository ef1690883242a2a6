//! A tree as text, for people: much like Protoscope.

use super::encode;
use super::scalar::Scalar;
use super::tag::{Tag, Wire};
use super::tree::{Content, Delimited, Field, Length, Node, Packed, Payload, Tree};
use super::varint::Varint;
use crate::value::hex;

/// How much of octets or text is shown.
const SHOWN: usize = 80;

/// A tree as text, one field per line, what is within others indented; after `#` stands what is
/// unusual.
///
/// Numbers are `1: 150`, of fixed size `2: 7i32` and `3: 7i64`, packed `4: [1, 2]`; text is `5: "a"`,
/// other octets are `` 6: `00ff` ``; messages stand in `{ }`, groups in `!{ }`. Octets that are no field
/// have no number.
pub fn listing(tree: &Tree) -> String {
    let mut page = Page::default();
    page.tree(tree);
    page.text
}

/// The text that octets are, where people can read it.
pub(super) fn printable(octets: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(octets).ok()?;
    let readable = |char: char| !char.is_control() || matches!(char, '\n' | '\r' | '\t');
    text.chars().all(readable).then_some(text)
}

#[derive(Default)]
struct Page {
    text: String,
    depth: usize,
}

impl Page {
    fn line(&mut self, text: &str, notes: &[String]) {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(text);
        if !notes.is_empty() {
            self.text.push_str("  # ");
            self.text.push_str(&notes.join(", "));
        }
        self.text.push('\n');
    }

    fn tree(&mut self, tree: &Tree) {
        for node in &tree.nodes {
            match node {
                Node::Field(field) => self.field(field),
                Node::Raw(raw) => {
                    let mut notes = vec!["no field".to_owned()];
                    let text = octets(raw, &mut notes);
                    self.line(&text, &notes);
                }
            }
        }
    }

    fn field(&mut self, field: &Field) {
        let tag = field.tag;
        let mut notes = Vec::new();
        notes.extend(of_tag(tag));
        if tag.wire != field.payload.wire() {
            notes.push(format!("wire type {}", tag.wire.number()));
        }
        let number = tag.number;
        match &field.payload {
            Payload::Scalar(value) => self.line(&format!("{number}: {}", scalar(*value)), &notes),
            Payload::Delimited(delimited) => self.delimited(number, delimited, notes),
            Payload::Group { tree, end } => {
                self.line(&format!("{number}: !{{"), &notes);
                self.inside(tree, &of_end(number, *end));
            }
            Payload::Unknown(rest) => {
                if tag.wire == Wire::End {
                    notes.push("ends no group".to_owned());
                }
                let text = if rest.is_empty() { String::new() } else { octets(rest, &mut notes) };
                self.line(format!("{number}: {text}").trim_end(), &notes);
            }
        }
    }

    fn delimited(&mut self, number: u32, delimited: &Delimited, mut notes: Vec<String>) {
        let Delimited { length, content } = delimited;
        notes.extend(of_length(*length, content));
        let text = match content {
            Content::Octets(content) => octets(content, &mut notes),
            Content::Packed(run) => packed(run, &mut notes),
            Content::Message(tree) if tree.nodes.is_empty() => "{}".to_owned(),
            Content::Message(_) => "{".to_owned(),
        };
        self.line(&format!("{number}: {text}"), &notes);
        if let Content::Message(tree) = content
            && !tree.nodes.is_empty()
        {
            self.inside(tree, &[]);
        }
    }

    fn inside(&mut self, tree: &Tree, notes: &[String]) {
        self.depth += 1;
        self.tree(tree);
        self.depth -= 1;
        self.line("}", notes);
    }
}

fn of_tag(tag: Tag) -> Option<String> {
    (tag.surplus > 0).then(|| format!("tag in {} octets", tag.varint().octets()))
}

fn of_end(number: u32, end: Option<Tag>) -> Vec<String> {
    let Some(end) = end else { return vec!["does not end".to_owned()] };
    let other = (end.number != number).then(|| format!("ended by {}", end.number));
    other.into_iter().chain(of_tag(end)).collect()
}

fn of_length(length: Length, content: &Content) -> Option<String> {
    match length {
        Length::Right { surplus: 0 } => None,
        Length::Right { surplus } => {
            let value = encode::content(content).len() as u128;
            Some(format!("length in {} octets", Varint { value, surplus }.octets()))
        }
        Length::Wrong(length) => Some(format!("length {}", varint(length))),
    }
}

fn varint(varint: Varint) -> String {
    match varint.surplus {
        0 => varint.value.to_string(),
        _ => format!("{} in {} octets", varint.value, varint.octets()),
    }
}

fn scalar(scalar: Scalar) -> String {
    match scalar {
        Scalar::Varint(number) => varint(number),
        Scalar::Fixed64(number) => format!("{number}i64"),
        Scalar::Fixed32(number) => format!("{number}i32"),
    }
}

fn packed(packed: &Packed, notes: &mut Vec<String>) -> String {
    let mut texts: Vec<String> = packed.scalars.iter().map(|number| scalar(*number)).collect();
    if !packed.tail.is_empty() {
        notes.push("cut short".to_owned());
        texts.push(octets(&packed.tail, notes));
    }
    format!("[{}]", texts.join(", "))
}

/// Text in quotes, or digits; where there is too much of it, only its begin.
fn octets(octets: &[u8], notes: &mut Vec<String>) -> String {
    if octets.len() > SHOWN {
        notes.push(format!("the begin of {} octets", octets.len()));
    }
    match printable(octets) {
        Some(text) => format!("{:?}", text.chars().take(SHOWN).collect::<String>()),
        None => format!("`{}`", hex::write(&octets[..octets.len().min(SHOWN)])),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::{Element, Kind, parse};
    use super::*;

    fn list(hexadecimal: &str) -> String {
        let octets = Bytes::from(hex::parse(hexadecimal).unwrap());
        listing(&parse(&octets, &|path| match path {
            [2] | [2, 2] => Kind::Message,
            [3] => Kind::Packed(Element::Varint),
            _ => Kind::Octets,
        }))
    }

    #[test]
    fn fields_are_told_by_number_and_payload() {
        let text = list(
            "0a02 c3a9 1206 1200 0a02 0aff 1a03 960100 2096 01 2d 07000000 31 0100000000000000 3b 0801 3c",
        );
        insta::assert_snapshot!(text, @r#"
        1: "é"
        2: {
          2: {}
          1: `0aff`
        }
        3: [150, 0]
        4: 150
        5: 7i32
        6: 1i64
        7: !{
          1: 1
        }
        "#);
    }

    #[test]
    fn what_is_unusual_is_noted() {
        insta::assert_snapshot!(list("880001 088180808000 0a810061 1a0401810080 2b34 34"), @r#"
        1: 1  # tag in 2 octets
        1: 1 in 5 octets
        1: "a"  # length in 2 octets
        3: [1, 1 in 2 octets, `80`]  # cut short
        5: !{
        }  # ended by 6
        6:  # ends no group
        "#);
        insta::assert_snapshot!(list("3b 0000 0a0961"), @r#"
        7: !{
          0: 0
          1: "a"  # length 9
        }  # does not end
        "#);
        insta::assert_snapshot!(list("0affffffffffffffffff01 6162"), @r#"
        1: "ab"  # length 18446744073709551615
        "#);
        insta::assert_snapshot!(list("0801 0eff"), @r#"
        1: 1
        1: `ff`  # wire type 6
        "#);
        insta::assert_snapshot!(list("0801 088080"), @r#"
        1: 1
        `088080`  # no field
        "#);
    }

    #[test]
    fn long_octets_are_shown_by_their_begin() {
        let text = [&b"\x0a\xc8\x01"[..], &[b'a'; 200]].concat();
        insta::assert_snapshot!(list(&hex::write(&text)), @r#"
        1: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"  # the begin of 200 octets
        "#);
    }
}
