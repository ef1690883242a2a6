//! JSON Pointers, simplest the empty one.

use super::{Lifted, list};
use crate::choice::{Alphabet, Choice, Draw, Source};
use crate::schema::format::Format;

const MOST_TOKENS: usize = 8;
const MOST: usize = 255;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let tokens =
        source.list(0, MOST_TOKENS, 1.5, |source, _| source.text(0, MOST, Alphabet::Visible))?;
    let mut text = String::new();
    for token in tokens {
        text.push('/');
        text.push_str(&token.lossy().replace('~', "~0").replace('/', "~1"));
    }
    Ok(text)
}

pub(super) fn lift(text: &str) -> Lifted {
    if !Format::JsonPointer.valid(text) {
        return None;
    }
    let token = |text: &str| {
        let plain = text.replace("~1", "/").replace("~0", "~");
        (plain.chars().count() <= MOST).then(|| vec![Choice::Text(plain.into())])
    };
    let tokens: Option<_> = text.split('/').skip(1).map(token).collect();
    list(tokens?, 0, MOST_TOKENS)
}
