//! What of a call reaches its receiver as it was meant.

use super::judgement::judgement;
use crate::case::{Body, Call};
use crate::spec::Operation;
use crate::value::Value;
use crate::wire::protobuf::mapping;
use crate::wire::render;

/// How many parts of a concrete call cannot be read back from the wire as what they are; `None` where it
/// cannot be sent at all. `is_lawful` is whether the contract forbids nothing in it.
pub(super) fn losses(operation: &Operation, call: &Call, is_lawful: bool) -> Option<usize> {
    let losses = render::losses(call).ok()?.len();
    let Some(rpc) = &operation.rpc else { return Some(losses) };
    // What is read back where that is not what was meant.
    let differs = |value: &Value| {
        let (octets, is_exact) = mapping::encode_told(value, &rpc.input).ok()?;
        if is_exact {
            return Some(None);
        }
        mapping::decode(&octets, &rpc.input).ok().map(Some)
    };
    let values = call.body.iter().flat_map(Body::values);
    let read = values.map(differs).collect::<Option<Vec<_>>>()?;
    if read.iter().all(Option::is_none) {
        return Some(losses);
    }
    let mut body = call.body.clone()?;
    for (value, read) in body.values_mut().into_iter().zip(read) {
        if let Some(read) = read {
            *value = read;
        }
    }
    // One spelling may be lawful, and another one not.
    let carried = judgement(operation, &call.with_body(body));
    Some(losses + usize::from(carried.departures.is_empty() != is_lawful))
}

#[cfg(test)]
mod tests {
    use super::super::{confirms, examined};
    use super::*;
    use crate::case::{Deviation, Label};
    use crate::spec::protobuf::fixture;
    use crate::value::read;

    const FILE: &str = "syntax = \"proto3\"; package s.v1; import \"buf/validate/validate.proto\";
        enum Rank { RANK_UNSPECIFIED = 0; RANK_LOW = 1; }
        message Coupon { int32 percent = 1 [(buf.validate.field).int32 = { gte: 0, lte: 50 }]; Rank rank = 2; }
        service Coupons { rpc Make(Coupon) returns (Coupon); }";

    #[test]
    fn what_breaks_a_rule_and_can_be_written_is_confirmed() {
        let service = fixture::service(FILE);
        let operation = &service.operations[0];
        for (value, label, rule, expected) in [
            (r#"{"percent":50}"#, Label::Valid, None, true),
            (r#"{"percent":51}"#, Label::Valid, None, false),
            (r#"{"percent":51}"#, Label::Invalid, Some("maximum"), true),
            (r#"{"percent":51}"#, Label::Invalid, Some("minimum"), false),
            // No octets say so.
            (r#"{"percent":"x"}"#, Label::Invalid, Some("type"), false),
            // Parsers keep what has no name.
            (r#"{"rank":4}"#, Label::Valid, None, true),
        ] {
            let deviation = |rule: &str| Deviation {
                rule: rule.into(),
                at: Some("proto/percent".to_owned()),
                with: Vec::new(),
            };
            let call = Call {
                operation: operation.name.clone(),
                label,
                body: Some(Body::Proto(read::json(value.as_bytes()).unwrap())),
                deviations: rule.map(deviation).into_iter().collect(),
                ..Call::default()
            };
            let told = || examined(operation, &call);
            assert_eq!(confirms(operation, &call), expected, "{call:?}: {:?}", told());
        }
    }

    #[test]
    fn who_names_what_is_in_an_any_breaks_no_rule() {
        let service = fixture::service(
            "syntax = \"proto3\"; package s.v1; import \"google/protobuf/any.proto\";
             import \"google/protobuf/duration.proto\";
             message Ask { google.protobuf.Any more = 1; google.protobuf.Duration wait = 2; }
             service S { rpc Do(Ask) returns (Ask); }",
        );
        let operation = &service.operations[0];
        for (prefix, expected) in
            [("type.googleapis.com/", true), ("/", true), ("a/b\\n/", true), ("", false)]
        {
            let kind = format!("{prefix}google.protobuf.Duration");
            let text = format!(r#"{{"more":{{"@type":"{kind}","value":"1s"}}}}"#);
            let call = Call {
                operation: operation.name.clone(),
                body: Some(Body::Proto(read::json(text.as_bytes()).unwrap())),
                ..Call::default()
            };
            assert_eq!(confirms(operation, &call), expected, "{text}");
        }
    }
}
