//! Paths as nested collections: `/users/{id}/posts.json` is two literals around a parameter.

use std::fmt::Write as _;

use super::words;

/// A part of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Segment<'p> {
    /// A word that stands as it is.
    Literal(&'p str),
    /// A parameter's name.
    Parameter(&'p str),
}

/// A path template taken apart.
#[derive(Clone, Debug)]
pub(super) struct Route<'p> {
    pub(super) segments: Vec<Segment<'p>>,
    /// After each segment the path so far, with all parameters alike: `/users/{}`.
    forms: Vec<String>,
}

/// What a path may end in that is a media type and no name.
const EXTENSIONS: [&str; 5] = [".json", ".xml", ".csv", ".{format}", ".yaml"];

impl<'p> Route<'p> {
    pub(super) fn of(path: &'p str) -> Self {
        let bare = EXTENSIONS.iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path);
        let mut segments = Vec::new();
        for part in bare.split('/').filter(|part| !part.is_empty()) {
            let mut rest = part;
            while let Some((before, after)) = rest.split_once('{') {
                let Some((name, after)) = after.split_once('}') else { break };
                // `users({id})`, `{a},{b}`: what stands around parameters matters as far as it is a word.
                segments.extend(literal(before));
                segments.push(Segment::Parameter(name));
                rest = after;
            }
            segments.extend(literal(rest));
        }
        let mut form = String::new();
        let forms = segments.iter().map(|segment| {
            let word = match segment {
                Segment::Literal(word) => word,
                Segment::Parameter(_) => "{}",
            };
            let _ = write!(form, "/{word}");
            form.clone()
        });
        Self { forms: forms.collect(), segments }
    }

    /// The path up to a segment, parameters alike; empty for none.
    pub(super) fn form(&self, count: usize) -> &str {
        count.checked_sub(1).and_then(|last| self.forms.get(last)).map_or("", String::as_str)
    }

    /// The whole path, parameters alike.
    pub(super) fn whole(&self) -> &str {
        self.form(self.segments.len())
    }

    /// The name of the parameter at a segment.
    pub(super) fn parameter(&self, at: usize) -> Option<&'p str> {
        match self.segments.get(at)? {
            Segment::Parameter(name) => Some(name),
            Segment::Literal(_) => None,
        }
    }

    /// The word at a segment.
    pub(super) fn literal(&self, at: usize) -> Option<&'p str> {
        match self.segments.get(at)? {
            Segment::Literal(word) => Some(word),
            Segment::Parameter(_) => None,
        }
    }

    /// The parameters with their segments.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (usize, &'p str)> {
        let named = |(at, _)| Some((at, self.parameter(at)?));
        self.segments.iter().enumerate().filter_map(named)
    }

    /// The last word at or before a segment that speaks of a kind of thing, and that kind; words that
    /// only say what is done (`create`), or by what a thing is looked up (`/users/name/{name}`), are passed
    /// over.
    pub(super) fn kind(&self, until: usize) -> Option<String> {
        let before = self.segments.get(..=until)?.iter().enumerate().rev();
        let words = before.skip_while(|(_, segment)| matches!(segment, Segment::Parameter(_)));
        words
            .map_while(|(at, segment)| match segment {
                Segment::Literal(word) => Some((at, word)),
                Segment::Parameter(_) => None,
            })
            .filter(|(at, _)| !self.is_key(*at))
            .find_map(|(_, word)| words::kind(word))
    }

    /// Whether a word only says by what things of the kind before it are looked up.
    fn is_key(&self, at: usize) -> bool {
        let is_named = |word: &str| {
            let name = self.parameter(at + 1).unwrap_or_default();
            let before = name.strip_suffix(word);
            before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
        };
        let collection = at.checked_sub(1).and_then(|before| self.literal(before));
        let is_naming = |word: &&str| match &*words::words(word) {
            [stem] => words::is_any(&words::NAMING, stem),
            _ => false,
        };
        collection.is_some() && self.literal(at).filter(is_naming).is_some_and(is_named)
    }

    /// The path up to a segment as a person would write it.
    pub(super) fn written(&self, count: usize) -> String {
        let mut path = String::new();
        for segment in self.segments.iter().take(count) {
            let _ = match segment {
                Segment::Literal(word) => write!(path, "/{word}"),
                Segment::Parameter(name) => write!(path, "/{{{name}}}"),
            };
        }
        path
    }
}

fn literal(text: &str) -> Option<Segment<'_>> {
    let word = text.trim_matches(|c: char| "().,;='\"".contains(c));
    (!word.is_empty()).then_some(Segment::Literal(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart_however_they_are_written() {
        for (path, written, whole) in [
            ("/users/{id}/", "/users/{id}", "/users/{}"),
            ("/Accounts/{Sid}.json", "/Accounts/{Sid}", "/Accounts/{}"),
            ("/v1/{name}:cancel", "/v1/{name}/:cancel", "/v1/{}/:cancel"),
            ("/users({id})/posts", "/users/{id}/posts", "/users/{}/posts"),
            ("/a/{x},{y}", "/a/{x}/{y}", "/a/{}/{}"),
            ("/", "", ""),
        ] {
            let route = Route::of(path);
            assert_eq!(route.written(9), written);
            assert_eq!(route.whole(), whole);
        }
        assert_eq!(Route::of("/users/{id}/posts/create").kind(3).as_deref(), Some("post"));
        assert_eq!(Route::of("/users/{id}").kind(1).as_deref(), Some("user"));
        assert_eq!(Route::of("/users/name/{name}").kind(2).as_deref(), Some("user"));
        assert_eq!(Route::of("/flows/name/{flow_name}").kind(1).as_deref(), Some("flow"));
        assert_eq!(Route::of("/users/keys/{key}").kind(2).as_deref(), Some("key"));
    }
}
