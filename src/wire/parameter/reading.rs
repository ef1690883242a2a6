//! What a receiver may take a value for, once its JSON type is lost.

use super::Notation;
use crate::spec::Style;
use crate::value::{Number, Object, Text, Value};

/// Most readings that are worked out.
const MOST: usize = 64;

/// The values that a receiver may read from a parameter in which this value is written so, or from a
/// form field or a part where no notation is given: each text may be meant as text, as a number, as
/// `true` or `false`, or as `null`; the first or the last element may be meant as the element itself,
/// and the other way round; what stands in one text may be meant as that text.
///
/// A value is wrong for a receiver only where a schema refuses all of these. `None` where there are
/// too many to say.
pub fn readings(value: &Value, notation: Option<&Notation>) -> Option<Vec<Value>> {
    let mut all = of(value)?;
    match value {
        Value::Array(items) => {
            let last = items.last().filter(|_| items.len() > 1);
            for item in items.first().into_iter().chain(last) {
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
    all.extend(readings_as_text(value, notation));
    (all.len() <= MOST).then_some(all)
}

/// What the one text in which a whole array or object stands may be meant as; nothing where it does not
/// stand in one.
pub fn readings_as_text(value: &Value, notation: Option<&Notation>) -> Vec<Value> {
    text_of(value, notation).map_or_else(Vec::new, |text| of_scalar(&Value::text(text)))
}

fn text_of(value: &Value, notation: Option<&Notation>) -> Option<String> {
    let text = |value: &Value| String::from_utf8(super::scalar_text(value).into_owned()).ok();
    let notation = notation.filter(|notation| notation.content.is_none());
    let Some(notation) = notation else {
        // The form that an object takes in a field.
        return value.as_object().and_then(|_| text(value));
    };
    let (between, within) = match (notation.style, notation.explode) {
        (Style::Simple, true) => (",", "="),
        (Style::Label, true) => (".", "="),
        (Style::SpaceDelimited, false) => (" ", " "),
        (Style::PipeDelimited, false) => ("|", "|"),
        (Style::TabDelimited, false) => ("\t", "\t"),
        (Style::DeepObject, _) | (_, true) => return None,
        _ => (",", ","),
    };
    let parts: Option<Vec<String>> = match value {
        Value::Array(items) => items.iter().map(text).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| Some(format!("{}{within}{}", name.as_str()?, text(value)?)))
            .collect(),
        _ => None,
    };
    Some(parts?.join(between))
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
    use crate::spec::Location;
    use crate::value::read;

    fn told(json: &str) -> String {
        let all = readings(&read::json(json.as_bytes()).unwrap(), None);
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
        assert_eq!(
            told(r#"{"a":"1","b":"x"}"#),
            r#"[{"a":"1","b":"x"},{"a":1,"b":"x"},"{\"a\":\"1\",\"b\":\"x\"}"]"#
        );
        assert_eq!(told(r#"["1"]"#), r#"[["1"],[1],"1",1]"#);
        assert_eq!(told(r#"["x",2]"#), r#"[["x",2],["x","2"],"x",2,"2"]"#);
        assert_eq!(told("[1,2,3,4,5,6,7]"), "too many");
    }

    #[test]
    fn what_stands_in_one_text_may_be_meant_as_it() {
        let read = |json: &str, location: Location, fact: &str| -> Vec<String> {
            let notation = Notation::parse(location, fact).unwrap();
            let value = read::json(json.as_bytes()).unwrap();
            let all = readings(&value, Some(&notation)).unwrap();
            all.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        for (json, location, fact, text) in [
            (r#"["a","b"]"#, Location::Path, "simple", "a,b"),
            (r#"{"a":"b"}"#, Location::Header, "simple", "a,b"),
            (r#"{"a":"b"}"#, Location::Path, "simple explode", "a=b"),
            (r#"["a","b"]"#, Location::Path, "label explode", "a.b"),
            (r#"["a","b"]"#, Location::Query, "joined", "a,b"),
            (r#"["a","b"]"#, Location::Query, "pipeDelimited", "a|b"),
        ] {
            assert!(read(json, location, fact).contains(&text.to_owned()), "{fact}");
        }
        assert_eq!(read(r#"{"a":"b"}"#, Location::Query, "form"), [""; 0]);
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
