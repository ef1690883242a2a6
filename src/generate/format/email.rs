//! Addresses of mail, mostly in domains that belong to nobody; simplest `0@example.com`.

use super::{Lifted, hostname};
use crate::choice::{Alphabet, Choice, Draw, Source};
use crate::schema::format::Format;

/// RFC 2606, section 3.
const DOMAINS: [&str; 3] = ["example.com", "example.org", "example.net"];

/// Signs that part a local part in two.
const SIGNS: [&str; 5] = [".", "+", "-", "_", "'"];

/// Characters of each half, so that both and the sign stay within 64.
const MOST: usize = 31;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let mut text = source.text(1, MOST, Alphabet::Alphanumeric)?.lossy().into_owned();
    if source.bool(0.2)? {
        text.push_str(SIGNS[source.branch(SIGNS.len())?]);
        text.push_str(&source.text(1, MOST, Alphabet::Alphanumeric)?.lossy());
    }
    text.push('@');
    let domain = source.branch(DOMAINS.len() + 1)?;
    match DOMAINS.get(domain) {
        Some(domain) => text.push_str(domain),
        None => text.push_str(&hostname::draw(source)?),
    }
    Ok(text)
}

pub(super) fn lift(text: &str) -> Lifted {
    if !Format::Email.valid(text) {
        return None;
    }
    let (local, domain) = text.rsplit_once('@')?;
    let half = |text: &str| {
        let fits =
            (1..=MOST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| Choice::Text(text.into()))
    };
    let mut choices = match local.find(|c: char| !c.is_ascii_alphanumeric()) {
        None => vec![half(local)?, Choice::Bool(false)],
        Some(place) => {
            let (first, rest) = local.split_at(place);
            let sign = SIGNS.iter().position(|sign| rest.starts_with(sign))?;
            let second = half(&rest[SIGNS[sign].len()..])?;
            vec![half(first)?, Choice::Bool(true), Choice::Branch(sign as u32), second]
        }
    };
    let known = DOMAINS.iter().position(|known| *known == domain);
    choices.push(Choice::Branch(known.unwrap_or(DOMAINS.len()) as u32));
    if known.is_none() {
        choices.extend(hostname::lift(domain)?);
    }
    Some(choices)
}
