//! What of a call names the thing that it is about: its path; of a method of gRPC the fields that would be there.

use crate::case::{Call, set_value_at, value_at};
use crate::spec::Operation;

/// Has a call name what another one does.
pub fn take(operation: &Operation, from: &Call, to: &mut Call) {
    to.path.clone_from(&from.path);
    for place in in_message(operation) {
        set_value_at(to, &place, value_at(from, &place).cloned());
    }
}

/// Whether two calls name the same.
pub(super) fn is_same(operation: &Operation, one: &Call, other: &Call) -> bool {
    one.path == other.path
        && in_message(operation).all(|place| value_at(one, &place) == value_at(other, &place))
}

fn in_message(operation: &Operation) -> impl Iterator<Item = String> + '_ {
    let bound = operation.rpc.iter().flat_map(|rpc| &rpc.bound);
    bound.map(|(parameter, _)| operation.place_of(parameter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Body;
    use crate::spec::protobuf::fixture;
    use crate::value::read;

    #[test]
    fn a_method_of_grpc_names_things_in_its_message() {
        const FILE: &str = "syntax = \"proto3\"; package s.v1;
            message Door { string door_id = 1; string color = 2; }
            service Doors { rpc GetDoor(Door) returns (Door); }";
        let service = fixture::service(FILE);
        let operation = &service.operations[0];
        let call = |text: &str| Call {
            body: Some(Body::Proto(read::json(text.as_bytes()).unwrap())),
            ..Call::default()
        };
        let usual = call(r#"{"doorId":"a","color":"red"}"#);
        let mut other = call(r#"{"doorId":"b","color":"blue"}"#);
        assert!(!is_same(operation, &usual, &other));
        take(operation, &usual, &mut other);
        assert!(is_same(operation, &usual, &other));
        assert_eq!(other.body, call(r#"{"doorId":"a","color":"blue"}"#).body);
    }
}
