//! Lines of places in a JSON text.

use super::{Pointer, Text, read};

/// The line, counted from 1, of the place `pointer` names in a well-formed JSON text: that of the
/// member's key, or of the array's element. Where the place does not exist, that of the deepest
/// place on the way which does; where a key is repeated, that of the last one.
pub fn line(text: &[u8], pointer: &Pointer) -> usize {
    let mut at = space(text, 0);
    let mut inside = at;
    for token in pointer.tokens() {
        let found = match text.get(inside) {
            Some(b'{') => member(text, inside, token),
            Some(b'[') => element(text, inside, token),
            _ => None,
        };
        let Some((begin, value)) = found else { break };
        at = begin;
        inside = value;
    }
    1 + text.iter().take(at).filter(|byte| **byte == b'\n').count()
}

/// Where the key of the last member `token` begins, and where its value does.
fn member(text: &[u8], object: usize, token: &Text) -> Option<(usize, usize)> {
    let mut found = None;
    let mut at = space(text, object + 1);
    while text.get(at) == Some(&b'"') {
        let end = skip(text, at);
        let value = space(text, space(text, end) + 1);
        let key = read::json(text.get(at..end)?).ok()?;
        if key.as_text() == Some(token) {
            found = Some((at, value));
        }
        at = next(text, value);
    }
    found
}

fn element(text: &[u8], array: usize, token: &Text) -> Option<(usize, usize)> {
    let index: usize = token.as_str()?.parse().ok()?;
    let mut at = space(text, array + 1);
    for _ in 0..index {
        at = next(text, at);
    }
    text.get(at).filter(|byte| **byte != b']').map(|_| (at, at))
}

/// Where the value after the one at `at` begins.
fn next(text: &[u8], at: usize) -> usize {
    let end = space(text, skip(text, at));
    if text.get(end) == Some(&b',') { space(text, end + 1) } else { end }
}

fn space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Where the value that begins at `at` ends.
fn skip(text: &[u8], at: usize) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (offset, byte) in text.get(at..).unwrap_or_default().iter().enumerate() {
        if quoted {
            quoted = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            if !quoted && depth == 0 {
                return at + offset + 1;
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return at + offset + depth,
            b'}' | b']' => depth -= 1,
            b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return at + offset,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "{\n \"a\": [1,\n  {\"b\\\"/\": \"]}\",\n   \"c\": []}\n ],\n \"d\": 2,\n \"d\": 3\n}";

    fn line_of(pointer: &str) -> usize {
        line(TEXT.as_bytes(), &Pointer::parse(pointer).unwrap())
    }

    #[test]
    fn places_are_found_where_their_keys_stand() {
        assert_eq!(line_of(""), 1);
        assert_eq!(line_of("/a"), 2);
        assert_eq!(line_of("/a/0"), 2);
        assert_eq!(line_of("/a/1"), 3);
        assert_eq!(line_of("/a/1/b\"~1"), 3);
        assert_eq!(line_of("/a/1/c"), 4);
        assert_eq!(line_of("/d"), 7);
    }

    #[test]
    fn a_place_that_is_not_there_gives_the_deepest_that_is() {
        assert_eq!(line_of("/a/1/x/y"), 3);
        assert_eq!(line_of("/a/7"), 2);
        assert_eq!(line_of("/x"), 1);
        assert_eq!(line_of("/d/x"), 7);
        assert_eq!(line(b"", &Pointer::parse("/a").unwrap()), 1);
        assert_eq!(line(b"{\"a\":", &Pointer::parse("/a/b").unwrap()), 1);
    }
}
