//! Checks by what a person who mends them looks at.

/// Groups of checks, by what a person who mends them looks at; what is in none is `behaviour`.
pub(super) const GROUPS: [(&str, &[&str]); 4] = [
    (
        "availability",
        &[
            "unhealthy_after",
            "connection_dropped",
            "not_a_server_error",
            "hang",
            "blocked_by_slow_client",
            "collateral_slowdown",
            "stream_deadlock",
            "deadline_ignored",
        ],
    ),
    (
        "contract",
        &[
            "response_schema_conformance",
            "status_code_conformance",
            "content_type_conformance",
            "response_headers_conformance",
            "unsupported_method",
            "allow_header_conformance",
            "location_conformance",
            "conditional_requests",
            "grpc_status",
            "unimplemented_method",
            "cross_interface",
        ],
    ),
    (
        "validation",
        &["negative_data_rejection", "positive_data_acceptance", "missing_required_header"],
    ),
    (
        "security",
        &["ignored_auth", "information_leak", "object_level_authorization", "response_mix_up"],
    ),
];

/// The group of all other checks.
pub(super) const OTHERS: &str = "behaviour";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_have_a_group_but_for_those_of_behaviour() {
        let in_groups = |name| GROUPS.iter().filter(|(_, checks)| checks.contains(&name)).count();
        let others = crate::check::all().iter().map(|check| check.name());
        assert_eq!(others.filter(|name| in_groups(name) != 1).count(), 10, "those over histories");
    }
}
