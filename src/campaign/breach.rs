//! What of the contract a case breaks, and where, as far as that tells faults apart.

use crate::case::Case;
use crate::wire;

/// The place without the numbers of elements, so that the same fault in another element is the same.
pub(super) fn without_indices(place: &str) -> String {
    let kept = |token: &&str| token.is_empty() || !token.bytes().all(|b| b.is_ascii_digit());
    let tokens: Vec<&str> =
        place.split('/').map(|token| if kept(&token) { token } else { "*" }).collect();
    tokens.join("/")
}

/// The place of damage on the wire.
pub(super) const WIRE: &str = "wire";

/// Damage on the wire that breaks a rule of the contract at its place.
const OF_CONTRACT: [&str; 2] = ["missing_parameter", "misplaced_parameter"];

/// What of the contract a case breaks: the places of broken rules. All other damage on the wire counts
/// as one, since what reads it is mostly one thing.
pub(super) fn broken(case: &Case) -> Vec<String> {
    let mut all: Vec<String> = case
        .calls()
        .flat_map(|call| &call.deviations)
        .map(|deviation| {
            let rule = deviation.rule.as_str().and_then(wire::deviation::find);
            let on_wire = rule.is_some_and(|rule| !OF_CONTRACT.contains(&rule.name));
            let place = deviation.at.as_deref().filter(|_| !on_wire);
            place.map_or_else(|| WIRE.to_owned(), without_indices)
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Call, Deviation};

    #[test]
    fn a_parameter_that_is_sent_elsewhere_is_broken_where_it_is_missing() {
        let sent = |rule: &str| {
            let deviations = vec![Deviation::schema(rule, "query/n")];
            broken(&Case::of("t", Call { deviations, ..Call::default() }))
        };
        for rule in ["required", "missing_parameter", "misplaced_parameter"] {
            assert_eq!(sent(rule), ["query/n"], "{rule}");
        }
        assert_eq!(sent("duplicate_parameter"), [WIRE]);
    }
}
