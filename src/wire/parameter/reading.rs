//! What a receiver may take a value for, once its JSON type is lost.

use crate::value::{Number, Object, Value};

/// Most readings that are worked out.
const MOST: usize = 64;

/// The values that a receiver may read from a parameter, a form field or a part in which this value
/// is written: each text may be meant as text, as a number, as `true` or `false`, or as `null`; one
/// element may be meant as the element itself and the other way round; elements that are written as
/// nothing may be none (`?ids=` is read as `[]` as well as `[""]`).
///
/// A value is wrong for a receiver only where a schema refuses all of these. `None` where there are
/// too many to say.
pub fn readings(value: &Value) -> Option<Vec<Value>> {
    let mut all = of(value)?;
    match value {
        Value::Array(items) => {
            if let [item] = &items[..] {
                all.extend(of(item)?);
            }
        }
        Value::Object(_) => {}
        _ => {
            for index in 0..all.len() {
                all.push(Value::Array(vec![all[index].clone()]));
            }
            if is_nothing(value) {
                all.push(Value::Array(Vec::new()));
            }
        }
    }
    (all.len() <= MOST).then_some(all)
}

fn of(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => {
            let mut lists = product(items.iter().map(of))?;
            if items.iter().any(is_nothing) {
                let something = items.iter().filter(|item| !is_nothing(item));
                lists.extend(product(something.map(of))?);
            } else if items.is_empty() {
                lists.push(vec![Value::text("")]);
            }
            Some(lists.into_iter().map(Value::Array).collect())
        }
        Value::Object(object) => {
            let lists = product(object.iter().map(|(_, value)| of(value)))?;
            let named = |values: Vec<Value>| object.keys().cloned().zip(values).collect::<Object>();
            Some(lists.into_iter().map(|values| Value::Object(named(values))).collect())
        }
        scalar => Some(of_scalar(scalar)),
    }
}

/// Whether a value is written as nothing.
fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.is_empty())
}

fn of_scalar(value: &Value) -> Vec<Value> {
    let mut all = vec![value.clone()];
    let mut add = |reading: Value| {
        if !all.contains(&reading) {
            all.push(reading);
        }
    };
    let octets = super::scalar_text(value);
    let Ok(text) = std::str::from_utf8(&octets) else { return all };
    add(Value::text(text));
    match text {
        "true" => add(Value::Bool(true)),
        "false" => add(Value::Bool(false)),
        "null" => add(Value::Null),
        text => {
            if let Some(number) = Number::parse(text) {
                add(Value::Number(number));
            }
        }
    }
    all
}

/// Every choice of one from each.
fn product(choices: impl Iterator<Item = Option<Vec<Value>>>) -> Option<Vec<Vec<Value>>> {
    let mut all = vec![Vec::new()];
    for options in choices {
        let options = options?;
        if all.len() * options.len() > MOST {
            return None;
        }
        all = all
            .iter()
            .flat_map(|before| {
                options.iter().map(move |option| {
                    let mut list = before.clone();
                    list.push(option.clone());
                    list
                })
            })
            .collect();
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    fn told(json: &str) -> String {
        let all = readings(&read::json(json.as_bytes()).unwrap());
        all.map_or("too many".to_owned(), |all| Value::Array(all).to_string())
    }

    #[test]
    fn text_that_looks_like_a_number_may_be_one() {
        assert_eq!(told(r#""12""#), r#"["12",12,["12"],[12]]"#);
        assert_eq!(told("true"), r#"[true,"true",[true],["true"]]"#);
        assert_eq!(told(r#""x""#), r#"["x",["x"]]"#);
    }

    #[test]
    fn each_element_is_read_on_its_own() {
        assert_eq!(told(r#"{"a":"1","b":"x"}"#), r#"[{"a":"1","b":"x"},{"a":1,"b":"x"}]"#);
        assert_eq!(told(r#"["1"]"#), r#"[["1"],[1],"1",1]"#);
        assert_eq!(told("[1,2,3,4,5,6,7]"), "too many");
    }

    #[test]
    fn elements_that_are_written_as_nothing_may_be_none() {
        assert_eq!(told(r#"[""]"#), r#"[[""],[],""]"#);
        assert_eq!(told(r#"["x",""]"#), r#"[["x",""],["x"]]"#);
        assert_eq!(told("\"\""), r#"["",[""],[]]"#);
        assert_eq!(told("[]"), r#"[[],[""]]"#);
        assert_eq!(told(r#"{"a":[""]}"#), r#"[{"a":[""]},{"a":[]}]"#);
    }
}
