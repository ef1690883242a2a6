//! `application/x-www-form-urlencoded` bodies: a property is a pair as in a query, by the `encoding`
//! of the document. Without one, objects are JSON text, arrays are repeated pairs (OpenAPI 3.2.0,
//! section 4.15.1.2). A blank is `%20`, which every reader takes for `+`.

use crate::spec::{Location, Style};
use crate::value::Value;
use crate::wire::error::Error;
use crate::wire::facts::{Facts, token};
use crate::wire::parameter::{self, Loss, Notation};

/// How a property is written where no fact says otherwise.
pub fn usual(value: &Value) -> Notation {
    let mut notation = Notation::of_style(Style::Form);
    if matches!(value, Value::Object(_)) {
        notation.content = Some("application/json".to_owned());
    }
    notation
}

/// The octets of a concrete value, with what is lost. A value that is no object goes as its text.
///
/// # Errors
/// A fact that says nothing.
pub fn encode(value: &Value, facts: Facts<'_>) -> Result<(Vec<u8>, Option<Loss>), Error> {
    let Value::Object(object) = value else {
        let text = crate::wire::percent::text(&parameter::scalar_text(value));
        return Ok((text.into_bytes(), Some(Loss::Style)));
    };
    let mut out = Vec::new();
    let mut loss = None;
    for (name, value) in object {
        let notation = match facts.get_in("form", &name.lossy()) {
            Some(fact) => Notation::parse(Location::Query, fact).map_err(|message| {
                Error::Fact { place: format!("form/{}", token(&name.lossy())), message }
            })?,
            None => usual(value),
        };
        // Names of properties may hold lone surrogates, names of parameters cannot.
        let shown = name.lossy();
        if name.has_lone_surrogate() {
            loss.get_or_insert(Loss::NotText);
        }
        if let Ok(encoded) = parameter::encode(Location::Query, &shown, value, &notation) {
            loss = loss.or(encoded.loss);
            if let Some(octets) = encoded.octets {
                if !out.is_empty() {
                    out.push(b'&');
                }
                out.extend_from_slice(&octets);
            }
        }
    }
    Ok((out, loss))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read;

    fn form(json: &str, facts: &[(&str, &str)]) -> String {
        let facts: Vec<_> = facts.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let value = read::json(json.as_bytes()).unwrap();
        let (octets, loss) = encode(&value, Facts::new(&facts)).unwrap();
        format!("{} {loss:?}", String::from_utf8(octets).unwrap())
    }

    #[test]
    fn objects_are_json_and_arrays_are_repeated() {
        assert_eq!(
            form(r#"{"id":"a b&c","n":1.50,"tags":["x","y"],"address":{"street":"é"}}"#, &[]),
            "id=a%20b%26c&n=1.50&tags=x&tags=y&address=%7B%22street%22%3A%22%C3%A9%22%7D None"
        );
    }

    #[test]
    fn facts_decide_style_and_media_type() {
        let facts = [("form/tags", "pipeDelimited"), ("form/o", "form"), ("form/d", "deepObject")];
        assert_eq!(
            form(r#"{"tags":["x","y"],"o":{"a":1},"d":{"b":2}}"#, &facts),
            "tags=x%7Cy&a=1&d%5Bb%5D=2 None"
        );
        assert_eq!(
            form(r#"{"tags":["x"]}"#, &[("form/tags", "application/json")]),
            "tags=%5B%22x%22%5D None"
        );
    }

    #[test]
    fn what_cannot_be_told_is_named() {
        assert_eq!(form(r#"{"a":[],"b":1}"#, &[]), "b=1 Some(Empty)");
        assert_eq!(form("[1]", &[]), "%5B1%5D Some(Style)");
    }
}
