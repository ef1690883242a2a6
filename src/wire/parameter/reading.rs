//! What a receiver may take a value for, once its JSON type is lost.

use crate::value::{Number, Object, Text, Value};

/// Most readings that are worked out.
const MOST: usize = 64;

/// The values that a receiver may read from a parameter, a form field or a part in which this value
/// is written: each text may be meant as text, as a number, as `true` or `false`, or as `null`; one
/// element may be meant as the element itself and the other way round.
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
        }
    }
    (all.len() <= MOST).then_some(all)
}

fn of(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => {
            let lists = product(items.iter().map(of))?;
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

/// The value as those read it to whom an element that is written as nothing is none: `?ids=` is `[]`
/// to some, `[""]` to others. `None` where there is no such element.
pub fn without_blanks(value: &Value) -> Option<Value> {
    match value {
        Value::Array(items) => {
            let blank = |item: &&Value| item.as_text().is_some_and(crate::value::Text::is_empty);
            let something = items.iter().filter(|item| !blank(item));
            items
                .iter()
                .any(|item| blank(&item))
                .then(|| Value::Array(something.cloned().collect()))
        }
        Value::Object(object) => {
            let read = |(key, value): &(Text, Value)| {
                (key.clone(), without_blanks(value).unwrap_or_else(|| value.clone()))
            };
            let any = object.iter().any(|(_, value)| without_blanks(value).is_some());
            any.then(|| Value::Object(object.iter().map(read).collect()))
        }
        _ => None,
    }
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
        let told = |json: &str| {
            let read = without_blanks(&read::json(json.as_bytes()).unwrap());
            read.map_or("as it is".to_owned(), |read| read.to_string())
        };
        assert_eq!(told(r#"[""]"#), "[]");
        assert_eq!(told(r#"["x",""]"#), r#"["x"]"#);
        assert_eq!(told(r#"{"a":[""],"b":""}"#), r#"{"a":[],"b":""}"#);
        assert_eq!(told(r#"["x"]"#), "as it is");
    }
}
