//! `json-pointer` of RFC 6901, section 3: as a text, not as a fragment.

use super::Edge;

pub(super) fn valid(text: &str) -> bool {
    (text.is_empty() || text.starts_with('/'))
        && text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']))
}

pub(super) const EDGES: &[Edge] = &[
    ("the whole", ""),
    ("an empty key", "/"),
    ("two empty keys", "//"),
    ("an index", "/0"),
    ("behind the last", "/-"),
    ("an escaped slash", "/a~1b"),
    ("an escaped tilde", "/m~0n"),
    ("a tilde and a one", "/~01"),
    ("a space", "/ "),
    ("a quote and a backslash", "/\"\\"),
    ("beyond ASCII", "/ü😀"),
    ("an index with a leading zero", "/00"),
    ("a key that programs trip over", "/__proto__"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("no slash in front", "a"),
    ("an index alone", "0"),
    ("a tilde at the end", "/a~"),
    ("an unknown escape", "/~2"),
    ("a fragment", "#/a"),
    ("two tildes", "/~~"),
    ("dots", "a.b"),
    ("a path of JSONPath", "$.a"),
];
