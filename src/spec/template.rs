//! Path templates, as routers read them.

/// The segments of a path or a template, slashes at its ends aside.
pub fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_matches('/').split('/')
}

/// Whether a segment of a template holds a parameter.
pub fn is_parameter(segment: &str) -> bool {
    segment.contains('{')
}

/// Whether one finished path can be of both templates.
pub fn can_meet(one: &str, other: &str) -> bool {
    let fits = |(a, b): (&str, &str)| a == b || is_parameter(a) || is_parameter(b);
    segments(one).count() == segments(other).count() && segments(one).zip(segments(other)).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_meet_where_a_parameter_can_spell_the_other() {
        for (one, other, meet) in [
            ("/users/{id}", "/users/search", true),
            ("/users/{id}/", "/{kind}/me", true),
            ("/users/{id}.json", "/users/me", true),
            ("/users/{id}", "/users/{id}/posts", false),
            ("/users/{id}", "/posts/{id}", false),
            ("/a", "/a", true),
        ] {
            assert_eq!(can_meet(one, other), meet, "{one} {other}");
            assert_eq!(can_meet(other, one), meet, "{other} {one}");
        }
    }
}
