//! Enumerations and constants.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::shape::Branch;
use crate::value::Value;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    vec![
        "small letters",
        "capitals",
        "another case",
        "with a space after",
        "one character short",
        "the next number",
        "the number before",
        "the other",
        "empty",
        "none of them",
    ]
}

/// Breaks `enum` and `const`.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::Constants(values) = branch else { continue };
        // A single constant may come from either keyword.
        let rule = if values.len() == 1 { "const" } else { "enum" };
        let mut miss = |class, value: Value| {
            if !values.iter().any(|known| known.same(&value)) {
                emit.value(rule, class, value);
            }
        };
        for value in values.iter().take(4) {
            match value {
                Value::String(text) => {
                    let text = text.lossy();
                    let swapped: String = text.chars().flat_map(swap_case).collect();
                    miss("small letters", Value::text(text.to_lowercase()));
                    miss("capitals", Value::text(text.to_uppercase()));
                    miss("another case", Value::text(swapped));
                    miss("with a space after", Value::text(format!("{text} ")));
                    miss(
                        "one character short",
                        Value::text(text.chars().skip(1).collect::<String>()),
                    );
                }
                Value::Number(number) => {
                    if let Some(int) = number.as_i128() {
                        miss("the next number", Value::int(int + 1));
                        miss("the number before", Value::int(int - 1));
                    }
                }
                Value::Bool(bool) => miss("the other", Value::Bool(!bool)),
                _ => {}
            }
        }
        match values.first() {
            Some(Value::String(_)) => {
                miss("empty", Value::text(""));
                miss("none of them", Value::text("0"));
            }
            Some(Value::Number(_)) => miss("none of them", Value::int(i64::from(i32::MAX))),
            _ => {}
        }
    }
}

fn swap_case(char: char) -> Vec<char> {
    if char.is_lowercase() { char.to_uppercase().collect() } else { char.to_lowercase().collect() }
}
