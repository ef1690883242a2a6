//! `google/protobuf/struct.proto`: JSON as messages, its members in their order.

use prost_reflect::MessageDescriptor;

use super::numbers::wrong;
use crate::value::{Object, Text, Value};
use crate::wire::protobuf::{Content, Field, Node, Payload, Scalar, Tree, Varint};

/// The fields of a `Struct`, a `ListValue` or a `Value`.
pub(super) fn tree(value: &Value, message: &MessageDescriptor) -> Result<Tree, String> {
    match (message.name(), value) {
        ("Struct", Value::Object(members)) => object(members),
        ("Struct", other) => Err(wrong("an object", other)),
        ("ListValue", Value::Array(items)) => array(items),
        ("ListValue", other) => Err(wrong("an array", other)),
        _ => any(value),
    }
}

fn any(value: &Value) -> Result<Tree, String> {
    Ok(one(match value {
        Value::Null => field(1, Payload::Scalar(Scalar::Varint(Varint::new(0_u8)))),
        Value::Number(number) => {
            let real = number.as_f64();
            if !real.is_finite() {
                return Err(format!("{value} is out of range"));
            }
            field(2, Payload::Scalar(Scalar::Fixed64(real.to_bits())))
        }
        Value::String(text) => field(3, written(text)?),
        Value::Bool(yes) => field(4, Payload::Scalar(Scalar::Varint(Varint::new(u8::from(*yes))))),
        Value::Object(members) => field(5, message(object(members)?)),
        Value::Array(items) => field(6, message(array(items)?)),
        other => return Err(wrong("JSON", other)),
    }))
}

fn object(members: &Object) -> Result<Tree, String> {
    let entry = |(key, value): &(Text, Value)| {
        let nodes = vec![field(1, written(key)?), field(2, message(any(value)?))];
        Ok(field(1, message(Tree { nodes })))
    };
    Ok(Tree { nodes: members.iter().map(entry).collect::<Result<_, String>>()? })
}

fn array(items: &[Value]) -> Result<Tree, String> {
    let nodes = items.iter().map(|item| Ok(field(1, message(any(item)?))));
    Ok(Tree { nodes: nodes.collect::<Result<_, String>>()? })
}

fn written(text: &Text) -> Result<Payload, String> {
    let text = text.as_str().ok_or("half of a surrogate pair")?;
    Ok(Payload::delimited(Content::Octets(text.to_owned().into())))
}

fn message(tree: Tree) -> Payload {
    Payload::delimited(Content::Message(tree))
}

fn field(number: u32, payload: Payload) -> Node {
    Node::Field(Field::new(number, payload))
}

fn one(node: Node) -> Tree {
    Tree { nodes: vec![node] }
}
