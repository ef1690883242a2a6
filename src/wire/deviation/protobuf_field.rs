//! Messages of protobuf that are unusual in a field, by what its descriptor says: what only one who knows the
//! descriptor can write.

use std::sync::LazyLock;

use bytes::Bytes;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor, Syntax};

use super::protobuf::{place_of, tree, write, written};
use super::{Danger, Rule, Subject};
use crate::case::{Call, Label};
use crate::wire::Request;
use crate::wire::grpc;
use crate::wire::protobuf::{
    Content, Delimited, Field, Node, Payload, Scalar, Tree, Varint, mapping,
};

/// One way in which a field is unusual.
struct Way {
    name: &'static str,
    label: Label,
    explain: &'static str,
    fits: fn(&FieldDescriptor, &Field) -> bool,
    /// Changes a field, by its index in the message it stands in.
    change: fn(&mut Tree, usize, &FieldDescriptor),
}

static WAYS: &[Way] = &[
    Way {
        name: "text_of_no_utf8",
        label: Label::Malformed,
        explain: "a text of proto3 is no UTF-8 (\"Scalar Value Types\")",
        fits: |own, field| {
            own.kind() == Kind::String
                && own.parent_file().syntax() == Syntax::Proto3
                && matches!(field.payload, Payload::Delimited(_))
        },
        change: |message, index, _| {
            fill(message, index, Content::Octets(Bytes::from_static(&[0xff])));
        },
    },
    Way {
        name: "beyond_32_bits",
        label: Label::Valid,
        explain: "a number of 32 bits comes with more, of which the low ones count (\"Updating\")",
        fits: |own, field| {
            matches!(own.kind(), Kind::Int32 | Kind::Uint32)
                && matches!(&field.payload, Payload::Scalar(Scalar::Varint(varint)) if varint.value < 1 << 32)
        },
        change: |message, index, _| change_number(message, index, |number| number | 1 << 40),
    },
    Way {
        name: "unknown_enum_number",
        label: Label::Valid,
        explain: "an enumeration of proto3 has a number without a name, which parsers keep (\"Enumerations\")",
        fits: is_open_enum,
        change: |message, index, own| {
            let most =
                own.kind().as_enum().and_then(|own| own.values().map(|own| own.number()).max());
            let next = u128::try_from(most.unwrap_or_default()).unwrap_or_default() + 1;
            change_number(message, index, |_| next);
        },
    },
    Way {
        name: "negative_enum_number",
        label: Label::Valid,
        explain: "an enumeration of proto3 has a negative number, which parsers keep (\"Enumerations\")",
        fits: is_open_enum,
        change: |message, index, _| change_number(message, index, |_| MINUS_ONE),
    },
    Way {
        name: "both_arms",
        label: Label::Valid,
        explain: "two members of a oneof come, of which the last counts (\"Oneof\")",
        fits: |own, _| other_arm(own).is_some(),
        change: |message, index, own| {
            if let Some(other) = other_arm(own) {
                message
                    .nodes
                    .insert(index, Node::Field(Field::new(other.number(), empty(&other.kind()))));
            }
        },
    },
    Way {
        name: "entry_without_key",
        label: Label::Valid,
        explain: "an entry of a map has no key, which stands for its default (\"Maps\")",
        fits: |own, field| own.is_map() && has(field, KEY),
        change: |message, index, _| leave_out(message, index, KEY),
    },
    Way {
        name: "entry_without_value",
        label: Label::Valid,
        explain: "an entry of a map has no value, which stands for its default (\"Maps\")",
        fits: |own, field| own.is_map() && has(field, VALUE),
        change: |message, index, _| leave_out(message, index, VALUE),
    },
    Way {
        name: "negative_nanoseconds",
        label: Label::Unspecified,
        explain: "a timestamp has -1 nanoseconds, which parsers take and services should refuse",
        fits: |own, _| is(own, "google.protobuf.Timestamp"),
        change: |message, index, _| fill(message, index, members(&[(2, number(MINUS_ONE))])),
    },
    Way {
        name: "two_signs",
        label: Label::Unspecified,
        explain: "a duration has seconds and nanoseconds of two signs, which parsers take and services should \
                  refuse",
        fits: |own, _| is(own, "google.protobuf.Duration"),
        change: |message, index, _| {
            fill(message, index, members(&[(1, number(1)), (2, number(MINUS_ONE))]));
        },
    },
    Way {
        name: "any_of_unknown_type",
        label: Label::Unspecified,
        explain: "an Any holds a message of a type that nobody knows",
        fits: |own, _| is(own, "google.protobuf.Any"),
        change: |message, index, _| {
            fill(message, index, members(&[(1, text("type.googleapis.com/phi.fuzz.Nothing"))]));
        },
    },
    Way {
        name: "field_mask_of_nothing",
        label: Label::Unspecified,
        explain: "a field mask names no field that there is",
        fits: |own, _| is(own, "google.protobuf.FieldMask"),
        change: |message, index, _| fill(message, index, members(&[(1, text("phi.fuzz..!"))])),
    },
];

/// Numbers of the fields of the entries of a map.
const KEY: u32 = 1;
const VALUE: u32 = 2;

/// -1 as a varint: 64 bits of two's complement.
const MINUS_ONE: u128 = u64::MAX as u128;

/// A rule for each way.
pub(super) fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| WAYS.iter().map(rule).collect());
    &RULES
}

fn rule(way: &'static Way) -> Rule {
    Rule {
        name: way.name,
        label: way.label,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: way.explain,
        places,
        apply,
    }
}

fn find(rule: &Rule) -> Option<&'static Way> {
    WAYS.iter().find(|way| way.name == rule.name)
}

fn places(rule: &Rule, call: &Call, request: &Request) -> Vec<Option<String>> {
    let is_method = grpc::is_method(&call.operation);
    let own = || Some((find(rule)?, tree(request)?, request.message.as_ref()?));
    let Some((way, tree, message)) = own().filter(|_| is_method) else { return Vec::new() };
    let fits = |place: &crate::wire::protobuf::Place| {
        let descriptor = descriptor(message, &tree, place);
        descriptor.zip(tree.field(place)).is_some_and(|(own, field)| (way.fits)(&own, field))
    };
    let places = tree.fields().into_iter().filter(fits);
    places.map(|place| written(&tree, &place)).collect()
}

fn apply(s: &mut Subject<'_>) -> Result<(), String> {
    let way = find(s.rule).ok_or("there is no such way")?;
    let message = s.request.message.clone().ok_or("what the message is, is not known")?;
    let mut tree = tree(s.request).ok_or("the call has no message")?;
    let at = s.at()?.to_owned();
    let place = place_of(&tree, &at)?;
    let unfit = || format!("does not fit `{at}`");
    let own = descriptor(&message, &tree, &place).ok_or_else(unfit)?;
    let (around, index) = place.split().ok_or_else(unfit)?;
    if !tree.field(&place).is_some_and(|field| (way.fits)(&own, field)) {
        return Err(unfit());
    }
    let around = tree.message_mut(&around).ok_or_else(unfit)?;
    (way.change)(around, index, &own);
    write(s, &tree);
    Ok(())
}

fn descriptor(
    message: &MessageDescriptor,
    tree: &Tree,
    place: &crate::wire::protobuf::Place,
) -> Option<FieldDescriptor> {
    mapping::field(message, &tree.path(place)?)
}

fn is_open_enum(own: &FieldDescriptor, field: &Field) -> bool {
    let is_number = matches!(field.payload, Payload::Scalar(Scalar::Varint(_)));
    let open = own.kind().as_enum().is_some_and(|own| own.parent_file().syntax() == Syntax::Proto3);
    open && is_number
}

fn is(own: &FieldDescriptor, name: &str) -> bool {
    own.kind().as_message().is_some_and(|message| message.full_name() == name)
}

/// Another member of the same oneof.
fn other_arm(own: &FieldDescriptor) -> Option<FieldDescriptor> {
    let oneof = own.containing_oneof().filter(|oneof| !oneof.is_synthetic())?;
    oneof.fields().find(|other| other.number() != own.number() && !other.is_group())
}

/// The shortest payload of a kind.
fn empty(kind: &Kind) -> Payload {
    match kind {
        Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => Payload::Scalar(Scalar::Fixed64(0)),
        Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => Payload::Scalar(Scalar::Fixed32(0)),
        Kind::String | Kind::Bytes | Kind::Message(_) => {
            Payload::delimited(Content::Octets(Bytes::new()))
        }
        _ => number(0),
    }
}

fn number(value: u128) -> Payload {
    Payload::Scalar(Scalar::Varint(Varint::new(value)))
}

fn text(text: &'static str) -> Payload {
    Payload::delimited(Content::Octets(Bytes::from_static(text.as_bytes())))
}

fn members(members: &[(u32, Payload)]) -> Content {
    let nodes =
        members.iter().map(|(number, payload)| Node::Field(Field::new(*number, payload.clone())));
    Content::Message(Tree { nodes: nodes.collect() })
}

fn field_of(message: &mut Tree, index: usize) -> Option<&mut Field> {
    match message.nodes.get_mut(index)? {
        Node::Field(field) => Some(field),
        Node::Raw(_) => None,
    }
}

/// Puts content in the place of what a field holds.
fn fill(message: &mut Tree, index: usize, content: Content) {
    if let Some(field) = field_of(message, index)
        && let Payload::Delimited(Delimited { content: own, .. }) = &mut field.payload
    {
        *own = content;
    }
}

fn change_number(message: &mut Tree, index: usize, change: impl Fn(u128) -> u128) {
    if let Some(field) = field_of(message, index)
        && let Payload::Scalar(Scalar::Varint(varint)) = &mut field.payload
    {
        *varint = Varint::new(change(varint.value));
    }
}

/// Whether the message in a field has a field of this number.
fn has(field: &Field, number: u32) -> bool {
    let mut own = field.tree().into_iter().flat_map(|tree| &tree.nodes).filter_map(Node::field);
    own.any(|field| field.tag.number == number)
}

fn leave_out(message: &mut Tree, index: usize, number: u32) {
    if let Some(tree) = field_of(message, index).and_then(Field::tree_mut) {
        tree.nodes.retain(|node| node.field().is_none_or(|field| field.tag.number != number));
    }
}
