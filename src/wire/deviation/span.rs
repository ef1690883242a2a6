//! Where a value stands in a JSON text.

use std::ops::Range;

use crate::value::{Pointer, Text, Value, read};

/// The octets of the value at a pointer, in a JSON text that is not damaged there; the last one where
/// a key is repeated.
pub(super) fn find(text: &[u8], pointer: &Pointer) -> Option<Range<usize>> {
    let mut scan = Scan { text, at: 0 };
    scan.locate(pointer.tokens())
}

/// The first member of the object whose text begins at `at`: its key, and the member as a whole.
pub(super) fn first_member(text: &[u8], at: usize) -> Option<(Range<usize>, Range<usize>)> {
    let mut scan = Scan { text, at };
    scan.expect(b'{')?;
    scan.space();
    let begin = scan.at;
    let key = scan.string()?;
    scan.space();
    scan.expect(b':')?;
    scan.space();
    scan.skip()?;
    Some((key, begin..scan.at))
}

struct Scan<'t> {
    text: &'t [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, octet: u8) -> Option<()> {
        (self.peek()? == octet).then(|| self.at += 1)
    }

    /// The text of a string with its quotes.
    fn string(&mut self) -> Option<Range<usize>> {
        let begin = self.at;
        self.expect(b'"')?;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(begin..self.at)
    }

    /// Passes over a value, without recursion: texts may be nested deeply.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            self.space();
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                _ => {
                    let begin = self.at;
                    while self.peek().is_some_and(|octet| !b",:]}[{\" \t\r\n".contains(&octet)) {
                        self.at += 1;
                    }
                    if self.at == begin {
                        return None;
                    }
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn locate(&mut self, path: &[Text]) -> Option<Range<usize>> {
        self.space();
        let begin = self.at;
        let Some((token, rest)) = path.split_first() else {
            self.skip()?;
            return Some(begin..self.at);
        };
        let object = self.peek()? == b'{';
        self.expect(if object { b'{' } else { b'[' })?;
        let mut found = None;
        let mut index = 0_usize;
        loop {
            self.space();
            match self.peek()? {
                b'}' | b']' => return found,
                b',' => {
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            let here = if object {
                let key = self.string()?;
                self.space();
                self.expect(b':')?;
                matches!(read::json(&self.text[key]), Ok(Value::String(key)) if key == *token)
            } else {
                token.as_str() == Some(&*index.to_string())
            };
            index += 1;
            self.space();
            let begin = self.at;
            if here {
                found = Scan { text: self.text, at: begin }.locate(rest);
            }
            self.skip()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_pointer() {
        let text = br#" {"a~/":[1, {"b":"x\"]"}, -2.5e3], "c": {"":true}, "c":null}"#;
        let at = |pointer: &str| {
            find(text, &Pointer::parse(pointer).unwrap())
                .map(|range| std::str::from_utf8(&text[range]).unwrap())
        };
        assert_eq!(at("/a~0~1/0"), Some("1"));
        assert_eq!(at("/a~0~1/1"), Some(r#"{"b":"x\"]"}"#));
        assert_eq!(at("/a~0~1/1/b"), Some(r#""x\"]""#));
        assert_eq!(at("/a~0~1/2"), Some("-2.5e3"));
        assert_eq!(at("/c"), Some("null"));
        assert_eq!(at("/a~0~1/3"), None);
        assert_eq!(at("/x"), None);
        assert_eq!(at("").unwrap().len(), text.len() - 1);
    }

    #[test]
    fn damaged_texts_give_nothing_and_end() {
        for text in ["", "{", "{\"a", "{\"a\"", "{\"a\":", "[", "[1", "}", "{a:1}", "[,,", "\"\\"] {
            for pointer in ["", "/a", "/0", "/a/b"] {
                let _ = find(text.as_bytes(), &Pointer::parse(pointer).unwrap());
            }
            assert_eq!(find(text.as_bytes(), &Pointer::parse("/a").unwrap()), None, "{text}");
        }
    }
}
