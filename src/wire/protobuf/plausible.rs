//! A guess at what octets hold, where no descriptor tells.

use bytes::Bytes;

use super::listing::printable;
use super::parse::{DEEPEST, within};
use super::tree::{Content, Delimited, Length, Node, Payload, Tree, unknown};

impl Tree {
    /// Opens, at every depth, length-delimited octets that look like a message: a well-formed one, not
    /// empty, and no printable text. A guess: the octets of a key, say, may be well-formed by chance.
    pub fn open_plausible(&mut self) {
        open(self, DEEPEST);
    }
}

fn open(tree: &mut Tree, room: usize) {
    let Some(room) = room.checked_sub(1) else { return };
    for node in &mut tree.nodes {
        let Node::Field(field) = node else { continue };
        if let Payload::Delimited(Delimited { length: Length::Right { .. }, content }) =
            &mut field.payload
            && let Content::Octets(octets) = content
            && let Some(message) = guess(octets, room)
        {
            *content = Content::Message(message);
        }
        if let Some(tree) = field.tree_mut() {
            open(tree, room);
        }
    }
}

fn guess(octets: &Bytes, room: usize) -> Option<Tree> {
    // That something is empty says nothing, and short texts are often well-formed.
    if printable(octets).is_some() {
        return None;
    }
    let tree = within(octets, &unknown, &mut Vec::new(), room);
    tree.is_well_formed().then_some(tree)
}

#[cfg(test)]
mod tests {
    use super::super::{encode, listing, parse};
    use super::*;

    #[test]
    fn what_is_well_formed_and_no_text_is_opened() {
        // "" and "h1" (13: 49), {1: {1: 5}}, two octets of which the second is no payload.
        let octets = b"\x0a\x00\x12\x02h1\x1a\x04\x0a\x02\x08\x05\x22\x02\x08\xff";
        let mut tree = parse(&Bytes::from_static(octets), &unknown);
        tree.open_plausible();
        insta::assert_snapshot!(listing(&tree), @r#"
        1: ""
        2: "h1"
        3: {
          1: {
            1: 5
          }
        }
        4: `08ff`
        "#);
        assert_eq!(encode(&tree), octets);
    }
}
