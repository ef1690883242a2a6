//! On which line each place of a document stands.

use super::wide::Step;
use crate::value::{Pointer, Text, Value};

/// The lines of a document's places, in the order a walk through its value meets them.
///
/// Eight bytes a place: the line it begins on (that of its key, for a member), and how many places
/// lie at and below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines(Vec<Entry>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    line: u32,
    size: u32,
}

impl Lines {
    /// The lines of a JSON text that is known to be well formed.
    pub fn of_json(text: &[u8]) -> Self {
        let mut lines = Self::default();
        let mut line = 1;
        let mut open: Vec<usize> = Vec::new();
        // The line of the key before the value that comes next.
        let mut key = None;
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            at += 1;
            match byte {
                b'\n' => line += 1,
                b' ' | b'\t' | b'\r' | b',' | b':' => {}
                b'{' | b'[' => open.push(lines.begin(key.take().unwrap_or(line))),
                b'}' | b']' => {
                    if let Some(begun) = open.pop() {
                        lines.end(begun);
                    }
                }
                b'"' => {
                    at = end_of_string(text, at);
                    let colon =
                        text[at.min(text.len())..].iter().find(|b| !b.is_ascii_whitespace());
                    if colon == Some(&b':') {
                        key = Some(line);
                    } else {
                        lines.begin(key.take().unwrap_or(line));
                    }
                }
                _ => {
                    lines.begin(key.take().unwrap_or(line));
                    let rest = text[at..].iter();
                    at += rest
                        .take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
                        .count();
                }
            }
        }
        lines
    }

    /// Notes a place that begins on `line`; gives the number to [`Lines::end`] it by.
    pub fn begin(&mut self, line: usize) -> usize {
        self.0.push(Entry { line: u32::try_from(line).unwrap_or(u32::MAX), size: 1 });
        self.0.len() - 1
    }

    /// Notes that everything since lies below the place that `begin` gave this number to.
    pub fn end(&mut self, begun: usize) {
        let size = self.0.len() - begun;
        if let Some(entry) = self.0.get_mut(begun) {
            entry.size = u32::try_from(size).unwrap_or(u32::MAX);
        }
    }

    /// The line, counted from 1, of a place in `value`, whose lines these are; of the nearest place
    /// above it where it does not exist. `step` goes down from a value at the end of a way.
    pub(super) fn find<'v>(
        &self,
        value: &'v Value,
        at: &Pointer,
        step: impl Fn(&[Text], &'v Value, &Text) -> Option<Step<'v>>,
    ) -> Option<usize> {
        let mut here = 0;
        let mut value = value;
        for (depth, token) in at.tokens().iter().enumerate() {
            let Some(next) = step(&at.tokens()[..depth], value, token) else { break };
            if let Some(before) = next.before {
                here += before;
            } else {
                here += 1;
                for _ in 0..next.index {
                    here += self.0.get(here)?.size as usize;
                }
            }
            value = next.value;
        }
        self.0.get(here).map(|entry| entry.line as usize)
    }
}

/// Where a string that begins before `at` has ended.
fn end_of_string(text: &[u8], mut at: usize) -> usize {
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Documents, Location};
    use crate::value::read;

    #[test]
    fn every_place_of_a_json_text_has_the_line_of_its_key() {
        let text = "{\n \"a\\\"b\": [\n  1, {\"x\":\n null},\n  \"}\"\n ],\n \"c\":\n -1.5e+3, \"a\": true }";
        let value = read::json(text.as_bytes()).unwrap();
        let lines = Lines::of_json(text.as_bytes());
        let mut documents = Documents::new();
        let root = documents.add("a.json", value, Some(lines));
        for (pointer, line) in [
            ("", 1),
            ("/a\"b", 2),
            ("/a\"b/0", 3),
            ("/a\"b/1", 3),
            ("/a\"b/1/x", 3),
            ("/a\"b/2", 5),
            ("/c", 7),
            ("/a", 8),
            ("/c/nothing", 7),
        ] {
            let at = Location { pointer: Pointer::parse(pointer).unwrap(), ..root.clone() };
            assert_eq!(documents.line(&at), Some(line), "{pointer}");
        }
    }
}
