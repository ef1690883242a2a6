//! Bounds of what texts measure by their format.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::measure::{BOUNDS, Measure};
use crate::schema::shape::Branch;
use crate::value::Value;

/// What lies outside of a bound, beside the bound itself.
pub(super) const CLASSES: [&str; 2] = ["one step beyond", "far beyond"];

/// Breaks each bound.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        let Some(measured) = &shape.measured else { continue };
        let (measure, (least, most)) = (measured.measure, measured.measure.ends());
        for bound in BOUNDS {
            let own = if bound.is_upper { measured.max } else { measured.min };
            let Some((limit, _)) = own.filter(|(_, open)| *open == bound.is_exclusive) else {
                continue;
            };
            let (next, far) = match (bound.is_upper, measure) {
                (false, _) => (limit - 1, least),
                (true, Measure::Octets) => (limit + 1, (limit + 1) * 10),
                (true, _) => (limit + 1, most),
            };
            let classes = ["the bound itself"].into_iter().chain(CLASSES);
            for (class, point) in classes.zip([limit, next, far]) {
                let text = measure.text(point).filter(|_| !bound.admits(point, limit));
                if let Some(text) = text {
                    emit.value(bound.name, class, Value::text(text));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::generate::ideas::Ideas;
    use crate::generate::{catalogue, confirm, fixture::taking};
    use crate::schema::measure::Measure;
    use crate::spec::protobuf;
    use crate::value::Value;

    /// The texts that break this rule of a schema, and nothing else of it.
    fn breaking(schema: &str, rule: &str) -> Vec<String> {
        let operation = taking(schema, "");
        let base = std::sync::Arc::new(catalogue::baseline(&operation).unwrap());
        let planned = catalogue::invalid(&operation, &base, &Ideas::default());
        let calls = planned.iter().filter_map(|planned| planned.call(&operation));
        let alone = |call: &crate::case::Call| {
            call.deviations.len() == 1
                && call.deviations[0].rule == rule
                && confirm::confirms(&operation, call)
        };
        let texts = calls
            .filter(alone)
            .filter_map(|call| call.values().find_map(Value::as_str).map(str::to_owned));
        texts.collect()
    }

    #[test]
    fn each_bound_is_missed_by_one_step_and_by_all_there_is() {
        let span = r#"{"type":"string","format":"google-duration","pattern":"^-?[0-9.]+s$",
            "formatMinimum":"0s","formatExclusiveMaximum":"60s"}"#;
        let below = ["-0.000000001s", "-315576000000s"].map(str::to_owned);
        assert!(breaking(span, "formatMinimum").starts_with(&below));
        let above = ["60s", "60.000000001s", "315576000000s"].map(str::to_owned);
        assert!(breaking(span, "formatExclusiveMaximum").starts_with(&above));
        let octets = r#"{"type":"string","format":"byte","formatMinimum":2,"formatMaximum":3}"#;
        for own in ["AA==", ""] {
            assert!(breaking(octets, "formatMinimum").contains(&own.to_owned()), "{own}");
        }
        assert!(breaking(octets, "formatMaximum").contains(&"AAAAAA==".to_owned()));
        let instant =
            r#"{"type":"string","format":"date-time","formatMaximum":"2025-01-01T00:00:00Z"}"#;
        let after = ["2025-01-01T00:00:00.000000001Z", "9999-12-31T23:59:59.999999999Z"];
        assert!(breaking(instant, "formatMaximum").starts_with(&after.map(str::to_owned)));
    }

    #[test]
    fn what_is_to_be_measured_is_generated_at_its_bounds_and_beyond() {
        let service = protobuf::fixture::service(
            "syntax = \"proto3\"; package s.v1; import \"buf/validate/validate.proto\";
             import \"google/protobuf/duration.proto\";
             message Ask {
               google.protobuf.Duration wait = 1
                 [(buf.validate.field) = { required: true, duration: { gt: { seconds: 1 }, lt: { seconds: 60 } } }];
               bytes key = 2 [(buf.validate.field).bytes = { min_len: 32, max_len: 64 }];
             }
             service S { rpc Do(Ask) returns (Ask); }",
        );
        let operation = &service.operations[0];
        let base = std::sync::Arc::new(catalogue::baseline(operation).unwrap());
        assert!(confirm::confirms(operation, &base));
        let ideas = Ideas::default();
        let texts = |planned: Vec<crate::generate::planned::Planned>| -> Vec<String> {
            let calls = planned.iter().filter_map(|planned| planned.call(operation));
            let calls: Vec<_> = calls.filter(|call| confirm::confirms(operation, call)).collect();
            let values = calls.iter().flat_map(crate::case::Call::values);
            let members = values.filter_map(Value::as_object).flat_map(|own| own.iter());
            members.filter_map(|(_, value)| Some(value.as_str()?.to_owned())).collect()
        };
        let valid = texts(catalogue::boundary(operation, &base, &ideas));
        for own in ["1.000000001s", "59.999999999s"] {
            assert!(valid.iter().any(|text| text == own), "{own}");
        }
        let invalid = texts(catalogue::invalid(operation, &base, &ideas));
        for own in ["1s", "60s", "-315576000000s"] {
            assert!(invalid.iter().any(|text| text == own), "{own}");
        }
        let octets = |all: &[String], count: usize| {
            all.contains(&Measure::Octets.text(count as i128).unwrap())
        };
        assert!(octets(&valid, 32) && octets(&valid, 64));
        assert!(octets(&invalid, 31) && octets(&invalid, 65));
    }
}
