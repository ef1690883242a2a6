//! Ids of things that cannot exist: so calls that change what is there are sent to a service that
//! others use, too.

use super::Call;
use crate::spec::{Location, Operation, Parameter};
use crate::value::{Fresh, Symbol, Value};

/// So much at most is added to a number to make it new.
const SPREAD: i64 = 999_999_999;

/// Ids as services give them, the usual ones first, none of which anyone counts to or draws by chance:
/// a UUID, an object id, a long number, a ULID.
const TEXTS: [&str; 4] = [
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "507f1f77bcf86cd799439011",
    "9000000000000000",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
];

/// Numbers near the ends of what floats hold exactly, and of 32 bits.
const NUMBERS: [i64; 2] = [9_000_000_000_000_000, 1_147_483_648];

/// Gives a call ids of things that cannot exist, new in each execution; `None` where its contract
/// admits no such id, or it names nothing in its path.
pub fn put(operation: &Operation, call: &mut Call) -> Option<()> {
    let mut named = false;
    for parameter in operation.parameters.iter().filter(|p| p.location == Location::Path) {
        let like = Some(like(parameter)?);
        let (_, value) = call.path.iter_mut().find(|(name, _)| *name == parameter.name)?;
        let fresh = Fresh { name: parameter.name.clone(), like };
        *value = Value::Symbol(Box::new(Symbol::Fresh(fresh)));
        named = true;
    }
    named.then_some(())
}

/// The call with a value of its shape in the place of each new one in its path.
pub fn shown(call: &Call) -> Call {
    let mut shown = call.clone();
    for (_, value) in &mut shown.path {
        if let Value::Symbol(symbol) = &*value
            && let Symbol::Fresh(Fresh { like: Some(like), .. }) = &**symbol
        {
            *value = like.clone();
        }
    }
    shown
}

/// An id of the shape that the contract admits.
fn like(parameter: &Parameter) -> Option<Value> {
    let fits = |value: &Value| parameter.schema.accepts_formats(value);
    let text = TEXTS.iter().map(|text| Value::text(*text)).find(fits);
    text.or_else(|| {
        let all_fit = |from: &i64| fits(&Value::int(*from)) && fits(&Value::int(*from + SPREAD));
        NUMBERS.into_iter().find(all_fit).map(Value::int)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::load;

    /// The first operation of a document with these paths.
    fn operation(paths: &str) -> Operation {
        let document = format!(r#"{{"openapi":"3.1.0","info":{{}},"paths":{paths}}}"#);
        load::alone("t.json", document.as_bytes()).unwrap().service.operations[0].clone()
    }

    fn like_of(schema: &str) -> Option<String> {
        let operation = operation(&format!(
            r#"{{"/a/{{id}}":{{"put":{{"parameters":[
                {{"name":"id","in":"path","required":true,"schema":{schema}}}],"responses":{{}}}}}}}}"#
        ));
        let path = vec![("id".to_owned(), Value::Null)];
        let mut call = Call { operation: operation.name.clone(), path, ..Call::default() };
        put(&operation, &mut call)?;
        let Value::Symbol(symbol) = &call.path[0].1 else { panic!("{call:?}") };
        let Symbol::Fresh(fresh) = &**symbol else { panic!("{call:?}") };
        assert!(fresh.is_nobodys(), "{fresh:?}");
        assert_eq!(shown(&call).path[0].1, fresh.like.clone().unwrap());
        fresh.like.as_ref().map(Value::to_string)
    }

    #[test]
    fn ids_are_of_a_shape_that_the_contract_admits() {
        for (schema, like) in [
            ("{}", Some(r#""0f8fad5b-d9cb-469f-a165-70867728950e""#)),
            (
                r#"{"type":"string","format":"uuid"}"#,
                Some(r#""0f8fad5b-d9cb-469f-a165-70867728950e""#),
            ),
            (
                r#"{"type":"string","pattern":"^[0-9a-f]{24}$"}"#,
                Some(r#""507f1f77bcf86cd799439011""#),
            ),
            (r#"{"type":"string","pattern":"^[0-9]+$"}"#, Some(r#""9000000000000000""#)),
            (r#"{"type":"integer"}"#, Some("9000000000000000")),
            (r#"{"type":"integer","format":"int32"}"#, Some("1147483648")),
            (r#"{"type":"integer","maximum":2147483647}"#, Some("1147483648")),
            (r#"{"type":"integer","maximum":1000}"#, None),
            (r#"{"type":"string","maxLength":8}"#, None),
            (r#"{"enum":["a","b"]}"#, None),
        ] {
            assert_eq!(like_of(schema).as_deref(), like, "{schema}");
        }
    }

    #[test]
    fn what_names_nothing_is_nowhere() {
        let operation = operation(r#"{"/settings":{"put":{"responses":{}}}}"#);
        let mut call = Call { operation: operation.name.clone(), ..Call::default() };
        assert_eq!(put(&operation, &mut call), None);
    }
}
