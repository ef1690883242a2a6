//! Examples, wherever a document may put them.

use super::node::Node;
use crate::value::Value;

/// The examples of a parameter, a header or a media type: its own, else those of its schema.
pub(super) fn of(node: &Node<'_>) -> Vec<Value> {
    let mut examples = own(node);
    if examples.is_empty()
        && let Some(schema) = node.get("schema").and_then(|schema| schema.target().ok())
    {
        examples = own(&schema);
    }
    examples
}

fn own(node: &Node<'_>) -> Vec<Value> {
    let mut examples = Vec::new();
    let mut push = |value: &Value| {
        if !examples.contains(value) {
            examples.push(value.clone());
        }
    };
    for key in ["example", "x-example"] {
        node.value.get(key).into_iter().for_each(&mut push);
    }
    for key in ["examples", "x-examples"] {
        match node.value.get(key) {
            Some(Value::Array(values)) => values.iter().for_each(&mut push),
            Some(Value::Object(_)) => {
                for (_, example) in node.members_of(key) {
                    let Ok(example) = example.target() else { continue };
                    let value = ["dataValue", "value", "serializedValue"]
                        .iter()
                        .find_map(|key| example.value.get(key));
                    match value {
                        Some(value) => push(value),
                        // Swagger 2.0 puts the values there as they are.
                        None if key == "x-examples" => push(example.value),
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }
    examples
}
