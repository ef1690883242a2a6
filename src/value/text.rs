//! Text that may hold lone surrogates.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use smol_str::SmolStr;

/// A sequence of Unicode code points, lone surrogates included, as a JSON string can spell it
/// (RFC 8259, section 8.2). Held as UTF-8 where possible, else as WTF-8. A copy costs next to nothing:
/// what is short, as most names are, stands in the text itself, and what is long is shared.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Repr);

/// Invariant: `Wtf8` holds at least one lone surrogate, so that equal texts are equal in memory.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Repr {
    Utf8(SmolStr),
    Wtf8(Arc<[u8]>),
}

impl Text {
    /// The text of these code points; a high surrogate followed by a low one becomes the character
    /// they encode. Values above U+10FFFF become U+FFFD.
    pub fn from_code_points(points: impl IntoIterator<Item = u32>) -> Self {
        let mut bytes = Vec::new();
        let mut pending: Option<u32> = None;
        let mut lone = false;
        for point in points {
            if let Some(high) = pending.take() {
                if (0xDC00..=0xDFFF).contains(&point) {
                    push_point(&mut bytes, 0x1_0000 + ((high - 0xD800) << 10) + (point - 0xDC00));
                    continue;
                }
                push_point(&mut bytes, high);
                lone = true;
            }
            match point {
                0xD800..=0xDBFF => pending = Some(point),
                0xDC00..=0xDFFF => {
                    push_point(&mut bytes, point);
                    lone = true;
                }
                _ => push_point(&mut bytes, if point > 0x10_FFFF { 0xFFFD } else { point }),
            }
        }
        if let Some(high) = pending {
            push_point(&mut bytes, high);
            lone = true;
        }
        if lone {
            Self(Repr::Wtf8(bytes.into()))
        } else {
            String::from_utf8(bytes).unwrap_or_default().into()
        }
    }

    /// This text and another one after it; the halves of a surrogate pair that meet become a character.
    #[must_use]
    pub fn joined(&self, after: &Self) -> Self {
        match (&self.0, &after.0) {
            (Repr::Utf8(text), Repr::Utf8(after)) => [&**text, after].concat().into(),
            _ => Self::from_code_points(self.code_points().chain(after.code_points())),
        }
    }

    /// The text as a string slice; `None` where it holds a lone surrogate.
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Repr::Utf8(text) => Some(text),
            Repr::Wtf8(_) => None,
        }
    }

    /// UTF-8, or WTF-8 where a lone surrogate stands in it.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Utf8(text) => text.as_bytes(),
            Repr::Wtf8(bytes) => bytes,
        }
    }

    /// For a person: lone surrogates become U+FFFD.
    pub fn lossy(&self) -> Cow<'_, str> {
        match &self.0 {
            Repr::Utf8(text) => Cow::Borrowed(text),
            Repr::Wtf8(_) => Cow::Owned(
                self.code_points().map(|p| char::from_u32(p).unwrap_or('\u{FFFD}')).collect(),
            ),
        }
    }

    /// Length in code points: what `minLength` and `maxLength` count.
    pub fn len(&self) -> usize {
        match &self.0 {
            Repr::Utf8(text) => text.chars().count(),
            // Every code point has exactly one byte that is not a continuation byte.
            Repr::Wtf8(bytes) => bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count(),
        }
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// The code points in order.
    pub fn code_points(&self) -> CodePoints<'_> {
        CodePoints(self.as_bytes())
    }

    /// The part of it in these bytes of [`Self::as_bytes`], which begin and end at code points.
    #[must_use]
    pub(super) fn part(&self, range: std::ops::Range<usize>) -> Self {
        let bytes = self.as_bytes().get(range).unwrap_or_default();
        match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => Self::from_code_points(CodePoints(bytes)),
        }
    }

    /// Whether a lone surrogate stands in it.
    pub fn has_lone_surrogate(&self) -> bool {
        matches!(self.0, Repr::Wtf8(_))
    }
}

/// Iterator over the code points of a [`Text`].
#[derive(Clone, Debug)]
pub struct CodePoints<'a>(&'a [u8]);

impl Iterator for CodePoints<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let first = *self.0.first()?;
        let (width, lead) = match first {
            0x00..=0x7F => (1, u32::from(first)),
            0x80..=0xDF => (2, u32::from(first & 0x1F)),
            0xE0..=0xEF => (3, u32::from(first & 0x0F)),
            _ => (4, u32::from(first & 0x07)),
        };
        let point =
            self.0.iter().take(width).skip(1).fold(lead, |p, b| p << 6 | u32::from(b & 0x3F));
        self.0 = self.0.get(width..).unwrap_or_default();
        Some(point)
    }
}

/// Appends the (generalised) UTF-8 encoding of one code point.
fn push_point(bytes: &mut Vec<u8>, point: u32) {
    let tail = |shift: u32| 0x80 | (point >> shift & 0x3F) as u8;
    match point {
        0..=0x7F => bytes.push(point as u8),
        0x80..=0x7FF => bytes.extend([0xC0 | (point >> 6) as u8, tail(0)]),
        0x800..=0xFFFF => bytes.extend([0xE0 | (point >> 12) as u8, tail(6), tail(0)]),
        _ => bytes.extend([0xF0 | (point >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}

impl Default for Text {
    fn default() -> Self {
        Self(Repr::Utf8(SmolStr::default()))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Repr::Utf8(text.into()))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Repr::Utf8(text.into()))
    }
}

impl From<&Text> for Text {
    fn from(text: &Text) -> Self {
        text.clone()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::write::compact(&super::Value::String(self.clone())))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lossy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surrogate_pairs_become_one_character() {
        let text = Text::from_code_points([0xD83D, 0xDE00]);
        assert_eq!(text.as_str(), Some("😀"));
        assert_eq!(text.len(), 1);
    }

    #[test]
    fn lone_surrogates_are_kept_and_counted() {
        let text = Text::from_code_points([0x41, 0xD800, 0x42, 0xDC00]);
        assert_eq!(text.as_str(), None);
        assert_eq!(text.len(), 4);
        assert_eq!(text.code_points().collect::<Vec<_>>(), [0x41, 0xD800, 0x42, 0xDC00]);
    }
}
