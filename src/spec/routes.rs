//! Path templates by their segments: those that can meet a path are found without a look at all others.

use std::collections::HashMap;

use super::template::{is_parameter, segments};

/// The templates that begin with the same segments. What stands for a parameter meets whatever stands
/// there, so that one branch holds all of these.
#[derive(Clone, Debug, Default)]
pub(super) struct Routes {
    /// The numbers of those that end here.
    ends: Vec<usize>,
    literal: HashMap<String, Routes>,
    parameter: Option<Box<Routes>>,
}

impl Routes {
    /// The templates of these paths, numbered in order.
    pub(super) fn of<'p>(paths: impl Iterator<Item = &'p str>) -> Self {
        let mut root = Self::default();
        for (number, path) in paths.enumerate() {
            let end = segments(path).fold(&mut root, |here, segment| {
                if is_parameter(segment) {
                    here.parameter.get_or_insert_default()
                } else {
                    here.literal.entry(segment.to_owned()).or_default()
                }
            });
            end.ends.push(number);
        }
        root
    }

    /// The numbers of the templates that some finished path of this one is a path of, too, in order.
    pub(super) fn meeting(&self, path: &str) -> Vec<usize> {
        let mut here = vec![self];
        for segment in segments(path) {
            here = here.into_iter().flat_map(|routes| routes.below(segment)).collect();
        }
        let mut numbers: Vec<usize> =
            here.into_iter().flat_map(|routes| &routes.ends).copied().collect();
        numbers.sort_unstable();
        numbers
    }

    /// What lies behind a segment.
    fn below(&self, segment: &str) -> impl Iterator<Item = &Self> {
        let any = is_parameter(segment);
        let one = self.literal.get(segment).filter(|_| !any);
        let all = any.then(|| self.literal.values()).into_iter().flatten();
        one.into_iter().chain(all).chain(self.parameter.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether one finished path can be of both templates, told by a look at both.
    fn can_meet(one: &str, other: &str) -> bool {
        let fits = |(a, b): (&str, &str)| a == b || is_parameter(a) || is_parameter(b);
        segments(one).count() == segments(other).count()
            && segments(one).zip(segments(other)).all(fits)
    }

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
            for (one, other) in [(one, other), (other, one)] {
                let found = Routes::of([one].into_iter()).meeting(other);
                assert_eq!(!found.is_empty(), meet, "{one} {other}");
            }
        }
    }

    #[test]
    fn of_many_those_are_found_that_can_meet() {
        let paths = [
            "/",
            "/users",
            "/users/{id}",
            "/users/{id}/",
            "/users/search",
            "/{kind}/me",
            "/users/{id}.json",
            "/users/{id}/posts",
            "/posts/{id}",
            "/{a}/{b}/{c}",
        ];
        let routes = Routes::of(paths.into_iter());
        for path in paths.into_iter().chain(["/users/x/posts", "/nowhere", "/a/b/c/d"]) {
            let all = 0..paths.len();
            let expected: Vec<usize> = all.filter(|n| can_meet(paths[*n], path)).collect();
            assert_eq!(routes.meeting(path), expected, "{path}");
        }
    }
}
