//! URIs with an authority, simplest `https://example.com`.

use std::fmt::Write as _;

use super::{Lifted, hostname, int, list};
use crate::choice::{Alphabet, Choice, Draw, Source};
use crate::schema::format::Format;

const SCHEMES: [&str; 4] = ["https", "http", "ftp", "ws"];

/// The usual host; any other is drawn.
const HOST: &str = "example.com";

/// Segments of a path, and members of a query.
pub(super) const MOST_PARTS: usize = 8;

/// Characters of a part.
pub(super) const MOST: usize = 255;

pub(super) fn draw(source: &mut Source<'_>) -> Draw<String> {
    let mut text = format!("{}://", SCHEMES[source.branch(SCHEMES.len())?]);
    if source.bool(0.3)? {
        text.push_str(&hostname::draw(source)?);
    } else {
        text.push_str(HOST);
    }
    if source.bool(0.1)? {
        let port = source.int_from(0, 65535, 80, &[443, 8080])?;
        let _ = write!(text, ":{port}");
    }
    text.push_str(&draw_tail(source)?);
    Ok(text)
}

/// A path from the root, a query and a fragment, each of which may be left out.
pub(super) fn draw_tail(source: &mut Source<'_>) -> Draw<String> {
    let mut text = String::new();
    let segments = source
        .list(0, MOST_PARTS, 1.0, |source, _| source.text(0, MOST, Alphabet::Alphanumeric))?;
    for segment in segments {
        let _ = write!(text, "/{segment}");
    }
    if source.bool(0.2)? {
        let members = source.list(0, MOST_PARTS, 1.0, |source, _| {
            let key = source.text(1, MOST, Alphabet::Alphanumeric)?;
            Ok(format!("{key}={}", source.text(0, MOST, Alphabet::Alphanumeric)?))
        })?;
        let _ = write!(text, "?{}", members.join("&"));
    }
    if source.bool(0.1)? {
        let _ = write!(text, "#{}", source.text(0, MOST, Alphabet::Alphanumeric)?);
    }
    Ok(text)
}

pub(super) fn lift(text: &str) -> Lifted {
    if Format::Uri.valid(text) { lift_parts(text) } else { None }
}

/// The same without a judgement of what stands in the parts.
pub(super) fn lift_parts(text: &str) -> Lifted {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = SCHEMES.iter().position(|known| *known == scheme)?;
    let mut choices = vec![Choice::Branch(scheme as u32)];
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    choices.push(Choice::Bool(host != HOST));
    if host != HOST {
        choices.extend(hostname::lift(host)?);
    }
    choices.push(Choice::Bool(port.is_some()));
    if let Some(port) = port {
        let number: u16 = port.parse().ok()?;
        choices.push(Some(int(number)).filter(|_| number.to_string() == port)?);
    }
    choices.extend(lift_tail(tail)?);
    Some(choices)
}

/// The choices of a path from the root, a query and a fragment.
pub(super) fn lift_tail(text: &str) -> Lifted {
    let (rest, fragment) = match text.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (text, None),
    };
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    if !path.is_empty() && !path.starts_with('/') {
        return None;
    }
    let part = |text: &str, min: usize| {
        let fits = (min..=MOST).contains(&text.chars().count());
        fits.then(|| Choice::Text(text.into()))
    };
    let segments: Option<_> =
        path.split('/').skip(1).map(|text| Some(vec![part(text, 0)?])).collect();
    let mut choices = list(segments?, 0, MOST_PARTS)?;
    choices.push(Choice::Bool(query.is_some()));
    if let Some(query) = query {
        let member = |text: &str| {
            let (key, value) = text.split_once('=')?;
            Some(vec![part(key, 1)?, part(value, 0)?])
        };
        let members: Option<Vec<_>> =
            query.split('&').filter(|_| !query.is_empty()).map(member).collect();
        choices.extend(list(members?, 0, MOST_PARTS)?);
    }
    choices.push(Choice::Bool(fragment.is_some()));
    if let Some(fragment) = fragment {
        choices.push(part(fragment, 0)?);
    }
    Some(choices)
}
