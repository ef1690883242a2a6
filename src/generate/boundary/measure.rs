//! What texts of a format measure: the bounds of instants, of spans of time and of counts of octets, and what lies
//! next to them.

use super::Emit;
use crate::generate::walk::Spot;
use crate::schema::shape::Branch;
use crate::value::Value;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    vec!["formatMinimum", "formatMaximum", "formatMinimum + 1", "formatMaximum - 1"]
}

/// What to try where what a text measures is bounded.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        let Some(measured) = &shape.measured else { continue };
        let Some((min, max)) = measured.range() else { continue };
        for (class, point) in classes().into_iter().zip([min, max, min + 1, max - 1]) {
            let text = measured.measure.text(point).filter(|_| (min..=max).contains(&point));
            if let Some(text) = text {
                emit.valid(class, Value::text(text));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::tried;

    /// Whether each of these texts is tried for a schema.
    fn all_tried(schema: &str, texts: &[&str]) {
        let tried = tried(schema);
        for text in texts {
            assert!(tried.iter().any(|(_, value, _)| value.as_str() == Some(text)), "{text}");
        }
    }

    #[test]
    fn both_ends_and_their_neighbours_are_tried() {
        all_tried(
            r#"{"type":"string","format":"google-duration","formatMinimum":"1s",
                "formatExclusiveMaximum":"60s"}"#,
            &["1s", "1.000000001s", "59.999999998s", "59.999999999s"],
        );
        all_tried(
            r#"{"type":"string","format":"date-time","formatMinimum":"2025-01-01T00:00:00Z"}"#,
            &["2025-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"],
        );
        all_tried(
            r#"{"type":"string","format":"byte","formatMinimum":2,"formatMaximum":4}"#,
            &["AAA=", "AAAA", "AAAAAA=="],
        );
    }
}
