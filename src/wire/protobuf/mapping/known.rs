//! What of a message its descriptor knows. What stands under the number of a field and is not written as that field
//! is, is nothing that is known, as parsers in the field have it: by another descriptor it may be, and services give
//! back what they do not know.

use bytes::Bytes;
use prost_reflect::{Kind as Type, MessageDescriptor};

use super::{element, holds};
use crate::wire::protobuf::{Content, Delimited, Element, Node, Payload, Tree, encode, parse};

/// Whether a payload is written as its field is: numbers by their element, each alone or, where there are many, in a
/// run.
pub(super) fn is_known(
    payload: &Payload,
    element: Option<Element>,
    is_many: bool,
    is_group: bool,
) -> bool {
    match payload {
        Payload::Group { .. } => is_group,
        Payload::Scalar(scalar) => element == Some(scalar.element()),
        Payload::Delimited(_) => match element {
            Some(_) => is_many,
            None => !is_group,
        },
        Payload::Unknown(_) => false,
    }
}

/// The octets of a message without what its descriptor does not know.
pub(super) fn known(octets: &Bytes, message: &MessageDescriptor) -> Bytes {
    let mut tree = parse(octets, &|path| holds(message, path));
    forget(&mut tree, message);
    encode(&tree).into()
}

fn forget(tree: &mut Tree, message: &MessageDescriptor) {
    tree.nodes.retain_mut(|node| {
        let Node::Field(own) = node else { return true };
        let Some(field) = message.get_field(own.tag.number) else { return true };
        let kind = field.kind();
        if let Type::Message(inner) = &kind {
            match &mut own.payload {
                Payload::Group { tree, .. }
                | Payload::Delimited(Delimited { content: Content::Message(tree), .. }) => {
                    forget(tree, inner);
                }
                _ => {}
            }
        }
        is_known(&own.payload, element(&kind), field.is_list(), field.is_group())
    });
}
