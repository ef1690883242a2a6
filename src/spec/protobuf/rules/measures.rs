//! Rules of what is a text in JSON and is measured: octets, spans of time, instants.
//!
//! What compares with the time of the call (`lt_now`, `gt_now`, `within`) stays unread, and so do rules of what
//! stands in octets.

use prost_reflect::{DynamicMessage, Value as Told};

use super::keywords::constant;
use super::options::{is_set, told};
use crate::schema::measure::Measure;
use crate::value::Value;

type Keywords = Vec<(&'static str, Value)>;

/// Nanoseconds of a second.
const SECOND: i128 = 1_000_000_000;

/// Rules of octets.
pub(super) fn octets(rules: &DynamicMessage) -> Keywords {
    let length = |name: &str| match told(rules, name).as_deref() {
        Some(Told::U64(length)) => Some(i128::from(*length)),
        _ => None,
    };
    let exactly = |length: Option<i128>| between(Measure::Octets, length, length);
    let either = |lengths: &[i128]| {
        Value::Array(lengths.iter().map(|own| Value::object(exactly(Some(*own)))).collect())
    };
    let kinds: [(&str, &[i128]); 3] = [("ip", &[4, 16]), ("ipv4", &[4]), ("ipv6", &[16])];
    let kind = kinds.into_iter().find(|(name, _)| is_set(rules, name));
    let range = between(Measure::Octets, length("min_len"), length("max_len"));
    let mut keywords = constant(rules);
    keywords.extend(kind.map(|(_, lengths)| ("anyOf", either(lengths))));
    keywords.extend(together([range, exactly(length("len"))]));
    keywords
}

/// Rules of a Duration.
pub(super) fn spans(rules: &DynamicMessage) -> Keywords {
    measured(rules, Measure::Span)
}

/// Rules of a Timestamp.
pub(super) fn instants(rules: &DynamicMessage) -> Keywords {
    measured(rules, Measure::Moment)
}

fn measured(rules: &DynamicMessage, measure: Measure) -> Keywords {
    let limit = |name: &str| told(rules, name).and_then(|own| point(&own));
    let several = |name: &str| -> Vec<Value> {
        let told = told(rules, name);
        let all = told.as_deref().and_then(Told::as_list).unwrap_or_default().iter();
        let exactly = |own| Value::object(between(measure, Some(own), Some(own)));
        all.filter_map(point).map(exactly).collect()
    };
    let same = limit("const");
    let lower = limit("gt").map(|own| own + 1).into_iter().chain(limit("gte")).max();
    let upper = limit("lt").map(|own| own - 1).into_iter().chain(limit("lte")).min();
    // Where the lower one is above the upper one, what lies between them is forbidden: that stays unread.
    let is_range = lower.zip(upper).is_none_or(|(lower, upper)| lower <= upper);
    let range = if is_range { open(rules, measure) } else { Vec::new() };
    let mut keywords: Keywords =
        together([between(measure, same, same), range]).into_iter().collect();
    let some = several("in");
    if !some.is_empty() {
        keywords.push(("anyOf", Value::Array(some)));
    }
    let others = several("not_in");
    if !others.is_empty() {
        keywords.push(("not", Value::object([("anyOf", Value::Array(others))])));
    }
    keywords
}

/// The bounds as they are told.
fn open(rules: &DynamicMessage, measure: Measure) -> Keywords {
    let names = [
        ("gt", "formatExclusiveMinimum"),
        ("gte", "formatMinimum"),
        ("lt", "formatExclusiveMaximum"),
        ("lte", "formatMaximum"),
    ];
    let bound = |(name, keyword): (&str, &'static str)| {
        let limit = told(rules, name).and_then(|own| point(&own))?;
        Some((keyword, measure.bound(limit)?))
    };
    of(measure, names.into_iter().filter_map(bound).collect())
}

/// What measures so much.
fn between(measure: Measure, min: Option<i128>, max: Option<i128>) -> Keywords {
    let bound = |keyword: &'static str, limit: Option<i128>| {
        limit.and_then(|limit| Some((keyword, measure.bound(limit)?)))
    };
    let bounds = [bound("formatMinimum", min), bound("formatMaximum", max)];
    of(measure, bounds.into_iter().flatten().collect())
}

/// Bounds with the format that they are about.
fn of(measure: Measure, bounds: Keywords) -> Keywords {
    let format = (!bounds.is_empty()).then(|| ("format", Value::text(measure.format())));
    format.into_iter().chain(bounds).collect()
}

/// Both groups of keywords.
fn together(groups: [Keywords; 2]) -> Option<(&'static str, Value)> {
    let all: Vec<Value> =
        groups.into_iter().filter(|group| !group.is_empty()).map(Value::object).collect();
    (!all.is_empty()).then_some(("allOf", Value::Array(all)))
}

/// The nanoseconds of a Duration, or of a Timestamp since 1970.
fn point(told: &Told) -> Option<i128> {
    let message = told.as_message()?;
    let seconds = message.get_field_by_name("seconds")?.as_i64()?;
    let nanos = message.get_field_by_name("nanos")?.as_i32()?;
    Some(i128::from(seconds) * SECOND + i128::from(nanos))
}

#[cfg(test)]
mod tests {
    use crate::schema::Schema;
    use crate::spec::protobuf::fixture;
    use crate::value::read;

    /// The schema of a message with one field that has these rules, by each of both validators.
    fn ruled(kind: &str, rules: &str) -> Vec<Schema> {
        let of = |file: &str, option: &str| {
            let service = fixture::service(&format!(
                "syntax = \"proto3\"; package s.v1; import \"{file}\";
                 import \"google/protobuf/duration.proto\"; import \"google/protobuf/timestamp.proto\";
                 message Ask {{ {kind} own = 1 [({option}) = {{ {rules} }}]; }}
                 service S {{ rpc Do(Ask) returns (Ask); }}"
            ));
            service.operations[0].body.as_ref().unwrap().contents[0].schema.clone().unwrap()
        };
        vec![
            of("buf/validate/validate.proto", "buf.validate.field"),
            of("validate/validate.proto", "validate.rules"),
        ]
    }

    fn judged(kind: &str, rules: &str, all: &[(&str, bool)]) {
        for schema in ruled(kind, rules) {
            for (own, expected) in all {
                let value = read::json(format!(r#"{{"own":"{own}"}}"#).as_bytes()).unwrap();
                assert_eq!(schema.accepts(&value), *expected, "{rules}: {own}");
            }
        }
    }

    #[test]
    fn octets_are_counted_and_listed() {
        judged(
            "bytes",
            "bytes: { min_len: 2, max_len: 4 }",
            &[("AA==", false), ("AAA=", true), ("AAAAAA==", true), ("AAAAAAA=", false)],
        );
        judged("bytes", "bytes: { len: 3 }", &[("AAAA", true), ("AAA=", false)]);
        judged("bytes", "bytes: { ipv4: true }", &[("fwAAAQ==", true), ("fwAA", false)]);
        judged("bytes", r#"bytes: { in: ["a", "b"] }"#, &[("YQ==", true), ("Yw==", false)]);
        judged("bytes", r#"bytes: { const: "a" }"#, &[("YQ==", true), ("Yg==", false)]);
    }

    #[test]
    fn spans_and_instants_are_compared() {
        let duration = "google.protobuf.Duration";
        judged(
            duration,
            "duration: { gt: { seconds: 1 }, lte: { seconds: 2, nanos: 5 } }",
            &[
                ("1s", false),
                ("1.000000001s", true),
                ("1.50s", true),
                ("2.000000005s", true),
                ("2.000000006s", false),
            ],
        );
        judged(duration, "duration: { const: { seconds: -3 } }", &[("-3.0s", true), ("3s", false)]);
        judged(
            duration,
            "duration: { in: [{ seconds: 1 }, { seconds: 4 }] }",
            &[("1s", true), ("4.000s", true), ("2s", false)],
        );
        judged(duration, "duration: { not_in: [{ seconds: 1 }] }", &[("1s", false), ("2s", true)]);
        // What lies between is forbidden: unread.
        judged(duration, "duration: { gt: { seconds: 9 }, lt: { seconds: 1 } }", &[("5s", true)]);
        judged(
            "google.protobuf.Timestamp",
            "timestamp: { gte: { seconds: 86400 } }",
            &[("1970-01-01T23:59:59.999999999Z", false), ("1970-01-02T00:00:00Z", true)],
        );
        judged(
            "google.protobuf.Timestamp",
            "timestamp: { lt_now: true }",
            &[("9999-01-01T00:00:00Z", true)],
        );
    }
}
