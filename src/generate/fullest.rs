//! The usual call of a method with all in its message that may be there: what is not there cannot be damaged.

use std::sync::Arc;

use super::value::{Place, draw};
use super::{confirm, input};
use crate::case::{Body, Call};
use crate::choice::{Rng, Source};
use crate::spec::Operation;
use crate::value::Value;

/// So many messages are tried.
const TRIED: u64 = 16;

/// The call with everything in its message, and what it holds already as it is; `None` where it has no message, or
/// the contract does not allow that.
pub(super) fn fullest(operation: &Operation, base: &Arc<Call>) -> Option<Arc<Call>> {
    operation.rpc.as_ref()?;
    let Some(Body::Proto(own)) = &base.body else { return None };
    let place = input::content_of(operation, base).and_then(input::body_place)?;
    let place = Place { fullness: 1.0, ..place };
    let full = |seed| {
        let drawn = Source::random(Rng::new(seed)).run(|source| draw(place, source)).ok()?.0;
        let message = with(drawn, own);
        let call = Call { body: Some(Body::Proto(message)), ..(**base).clone() };
        confirm::lawful(operation, call, base.label).filter(|call| call.label == base.label)
    };
    (0..TRIED).find_map(full).map(Arc::new)
}

/// A message with the members of another one.
fn with(message: Value, own: &Value) -> Value {
    match (message, own) {
        (Value::Object(mut members), Value::Object(own)) => {
            for (key, value) in own {
                members.set(key.clone(), value.clone());
            }
            Value::Object(members)
        }
        (message, _) => message,
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::baseline;
    use super::*;
    use crate::spec::protobuf::fixture;

    #[test]
    fn everything_that_may_be_there_is_there() {
        let file = "syntax = \"proto3\"; package s.v1; import \"buf/validate/validate.proto\";
            message Order {
              string id = 1 [(buf.validate.field).string.min_len = 3]; repeated int32 rows = 2;
              oneof way { string card = 3; bool cash = 4; } Order inner = 5; optional bool gift = 6;
            }
            service Orders { rpc Take(Order) returns (Order); }";
        let service = fixture::service(file);
        let operation = &service.operations[0];
        let base = Arc::new(baseline(operation).unwrap());
        let full = fullest(operation, &base).unwrap();
        let message = full.body.as_ref().and_then(Body::value).unwrap();
        for field in ["id", "rows", "inner", "gift"] {
            assert!(message.get(field).is_some(), "{field}: {message}");
        }
        assert!(message.get("card").is_some() != message.get("cash").is_some(), "{message}");
    }
}
