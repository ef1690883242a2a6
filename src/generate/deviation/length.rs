//! Lengths of texts: of free ones, and of those that keep to a pattern or a format all the same.

use super::Emit;
use crate::generate::edit::Leaf;
use crate::generate::walk::Spot;
use crate::generate::{budget, size};
use crate::schema::shape::Branch;

/// How far beyond a bound is looked for a text of a pattern that not every length fits.
const NEAR: usize = 16;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    vec![
        "one too short",
        "just too short",
        "empty",
        "long enough in octets",
        "one too long",
        "just too long",
        "far too long",
        "a million too long",
        "one too long of astral characters",
    ]
}

/// Breaks each rule of length.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        let of_length = |length: usize| size::text(shape, spot.place.setting, length);
        let free = shape.is_free();
        if let Some(short) = shape.min.checked_sub(1) {
            let one = of_length(short);
            let fewer = || (1..short).rev().take(NEAR).find_map(of_length);
            if one.is_none() {
                emit.leaf("minLength", "just too short", fewer());
            }
            emit.leaf("minLength", "one too short", one);
            emit.leaf("minLength", "empty", of_length(0));
            // As many octets as asked for, but fewer code points.
            let wide = free.then(|| Leaf::repeat("é", short));
            emit.leaf("minLength", "long enough in octets", wide);
        }
        if let Some(max) = shape.max.filter(|max| *max < budget::TEXT) {
            let one = of_length(max + 1);
            let more = || (max + 2..).take(NEAR).find_map(of_length);
            if one.is_none() {
                emit.leaf("maxLength", "just too long", more());
            }
            emit.leaf("maxLength", "one too long", one);
            emit.leaf("maxLength", "far too long", of_length((max + 1) * 10));
            emit.leaf("maxLength", "a million too long", of_length(max + 1_000_000));
            let astral = free.then(|| Leaf::repeat("😀", max + 1));
            emit.leaf("maxLength", "one too long of astral characters", astral);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::broken;

    /// The lengths of the texts that break a rule.
    fn lengths(schema: &str, rule: &str) -> Vec<usize> {
        let broken = broken(schema);
        let own = broken.iter().filter(|(known, _)| *known == rule);
        own.map(|(_, json)| json.trim_matches('"').chars().count()).collect()
    }

    #[test]
    fn bounds_are_broken_alone_beside_a_pattern_or_a_format() {
        let letters = r#"{"type":"string","pattern":"^[a-z]+$","minLength":2,"maxLength":5}"#;
        assert_eq!(lengths(letters, "minLength"), [1]);
        assert!(lengths(letters, "maxLength").starts_with(&[6, 60]));
        let pairs = r#"{"type":"string","pattern":"^([0-9]{2})+$","minLength":4,"maxLength":6}"#;
        assert_eq!(lengths(pairs, "minLength"), [2]);
        assert!(lengths(pairs, "maxLength").starts_with(&[8, 70]));
        let mail = r#"{"type":"string","format":"email","minLength":5,"maxLength":50}"#;
        assert_eq!(lengths(mail, "minLength"), [4]);
        assert_eq!(lengths(mail, "maxLength"), [51]);
    }

    #[test]
    fn such_texts_break_nothing_else() {
        use crate::generate::{catalogue, confirm, fixture::taking};
        for schema in [
            r#"{"type":"string","pattern":"^[a-z]+$","minLength":2,"maxLength":5}"#,
            r#"{"type":"string","format":"email","minLength":5,"maxLength":50}"#,
            r#"{"type":"string","pattern":"^(?=.*[0-9])[a-z0-9]+$","minLength":4,"maxLength":9}"#,
        ] {
            let operation = taking(schema, "");
            let base = std::sync::Arc::new(catalogue::baseline(&operation).unwrap());
            let planned =
                catalogue::invalid(&operation, &base, &crate::generate::ideas::Ideas::default());
            let calls: Vec<_> = planned.iter().filter_map(|p| p.call(&operation)).collect();
            for rule in ["minLength", "maxLength"] {
                let alone = |call: &&crate::case::Call| {
                    call.deviations.len() == 1 && call.deviations[0].rule == rule
                };
                let mut own = calls.iter().filter(alone);
                assert!(own.all(|call| confirm::confirms(&operation, call)), "{schema}");
                assert!(calls.iter().any(|call| alone(&call)), "{schema} {rule}");
            }
        }
    }
}
