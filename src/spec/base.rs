//! Under which base address the operations live, where `--url`, `servers` and the paths leave doubt.
//!
//! Pure: [`candidates`] says what to try, [`probes`] what to send there, and [`choose`] judges the
//! answers. Sending is for others.

use super::{Location, Operation, Service, StatusPattern};
use crate::schema::address;

/// Prefixes under which services often live although their document does not say so.
const USUAL: [&str; 6] = ["/api", "/api/v1", "/v1", "/api/v2", "/v2", "/api/v3"];

/// Addresses that may be the base, the likeliest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// What may be tried, without a final `/`.
    pub bases: Vec<String>,
    /// What the document names on hosts that the user did not: not to be contacted.
    pub foreign: Vec<String>,
}

/// A path that no service has: what is answered there is answered everywhere.
pub const NOWHERE: &str = "/phi-fuzz-asks-for-a-path-that-is-not-there";

/// An answer to a probe: its status and media type; `None` stands for no answer at all.
pub type Answer = Option<(u16, Option<String>)>;

/// What one candidate answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// To [`NOWHERE`].
    pub nowhere: Answer,
    /// To each of the [`probes`].
    pub probes: Vec<Answer>,
}

/// The base that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The base, without a final `/`.
    pub base: String,
    /// Why, for a person: a lower-case fragment.
    pub why: String,
    /// Whether a probe was answered as only the operation itself answers; if not, there is doubt.
    pub sure: bool,
}

/// The addresses that may be the base of `service`, whose document was read from `document`.
///
/// `url` is what the user gave: an origin, or a base. Without it only hosts of the document's own
/// address and of this machine are tried; others that the document names are `foreign`.
pub fn candidates(service: &Service, document: &str, url: Option<&str>) -> Candidates {
    let mut found = Candidates::default();
    let servers: Vec<String> = service.servers.iter().map(|server| trim(server)).collect();
    let Some(url) = url.map(trim) else {
        return without_url(service, &servers, document);
    };
    let origin = address::origin(&url).unwrap_or_else(|| url.clone());
    if service.is_rpc() {
        return Candidates { bases: vec![origin], ..found };
    }
    let own = trim(address::path(&url));
    // As written: without its slash, `/` would mean the document itself.
    let named: Vec<String> = service
        .servers
        .iter()
        .map(|server| trim(address::path(&address::join(&url_of(document), server.trim()))))
        .filter(|path| !path.is_empty())
        .collect();
    let mut push = |base: String| {
        if !found.bases.contains(&base) {
            found.bases.push(base);
        }
    };
    if own.is_empty() {
        // An origin: the document knows the base, and where it does not, `/` is likeliest.
        for path in &named {
            push(format!("{origin}{path}"));
        }
        push(url.clone());
        if address::origin(document).is_some_and(|o| o == origin)
            && let Some((folder, _)) = address::path(document).rsplit_once('/')
        {
            push(format!("{origin}{folder}"));
        }
        if named.is_empty() {
            for prefix in USUAL {
                push(format!("{origin}{prefix}"));
            }
        }
    } else {
        let begins = |path: &str| path == own || path.starts_with(&format!("{own}/"));
        let inside = service.operations.iter().filter(|operation| begins(&operation.path)).count();
        let doubled = inside > 0 && 2 * inside >= service.operations.len();
        if doubled {
            push(origin.clone());
        }
        // A gateway's prefix may stand before what the document calls the base.
        push(url.clone());
        for path in &named {
            if *path != own && !own.ends_with(path.as_str()) {
                push(format!("{url}{path}"));
                push(format!("{origin}{path}"));
            }
        }
        push(origin);
    }
    found
}

/// Without `--url`, the host of the document counts as named, else this machine does.
fn without_url(service: &Service, servers: &[String], document: &str) -> Candidates {
    let home = address::origin(document);
    let mut found = match &home {
        Some(home) => candidates(service, document, Some(home)),
        None => Candidates::default(),
    };
    for base in servers {
        let Some(origin) = address::origin(base) else { continue };
        let list = match &home {
            Some(home) if *home == origin => continue,
            None if address::is_loopback(&origin) => &mut found.bases,
            _ => &mut found.foreign,
        };
        if !list.contains(base) {
            list.push(base.clone());
        }
    }
    found
}

/// The document's address, where relative servers can be resolved against it.
fn url_of(document: &str) -> String {
    if address::is_http(document) { document.to_owned() } else { String::new() }
}

fn trim(text: &str) -> String {
    text.trim().trim_end_matches('/').to_owned()
}

/// Up to five operations that are safe to send as they stand: GET and HEAD without path parameters
/// and without anything required, those that promise a success first.
pub fn probes(service: &Service) -> Vec<&Operation> {
    let sendable = |operation: &&Operation| {
        matches!(&*operation.method, "GET" | "HEAD")
            && !operation.path.contains('{')
            && operation.servers.is_empty()
            && !operation.deprecated
    };
    let mut probes: Vec<&Operation> = service.operations.iter().filter(sendable).collect();
    let needs = |operation: &Operation| {
        operation.parameters.iter().any(|p| p.required && p.location != Location::Path)
    };
    // One that lacks something required may still be told apart from one that does not exist.
    probes.sort_by_key(|operation| needs(operation));
    probes.truncate(5);
    probes
}

/// The first candidate, unless another is clearly better: there is a probe that the first answers
/// with 404, not at all, or as it answers [`NOWHERE`], and that the other answers as the document
/// says; of several such the one that answered most like the document. What a candidate answers to
/// any path says nothing of it. `answers[c]` is what candidate `c` answered to `probes`.
///
/// Gives `None` where there are no candidates.
pub fn choose(probes: &[&Operation], bases: &[String], answers: &[Answers]) -> Option<Choice> {
    let first = bases.first()?;
    let silent = Answers::default();
    let answers = |index: usize| answers.get(index).unwrap_or(&silent);
    let points = |index: usize| -> Vec<u32> {
        let answers = answers(index);
        let all = probes.iter().zip(&answers.probes);
        all.map(|(probe, answer)| points(probe, answer.as_ref(), &answers.nowhere)).collect()
    };
    let missing: Vec<bool> = {
        let Answers { nowhere, probes } = answers(0);
        let is_missing = |answer: &Answer| {
            answer.as_ref().is_none_or(|(status, _)| *status == 404) || answer == nowhere
        };
        probes.iter().map(is_missing).collect()
    };
    let score = |index: usize| points(index).iter().sum::<u32>();
    let is_better = |index: &usize| {
        let shows = |(missing, points): (&bool, u32)| *missing && points >= TELLING;
        score(*index) > score(0) && missing.iter().zip(points(*index)).any(shows)
    };
    let better = (1..bases.len()).filter(is_better).rev().max_by_key(|index| score(*index));
    let index = better.unwrap_or(0);
    let seen = |index: usize| {
        let words = probes.iter().zip(&answers(index).probes).map(|(probe, answer)| match answer {
            Some((status, _)) => format!("{} {status}", probe.name),
            None => format!("{} no answer", probe.name),
        });
        words.collect::<Vec<_>>().join(", ")
    };
    let sure = {
        let Answers { nowhere, probes } = answers(index);
        let tells = |(points, answer): (u32, &Answer)| points >= TELLING && answer != nowhere;
        points(index).into_iter().zip(probes).any(tells)
    };
    let why = if bases.len() == 1 {
        "the only candidate".to_owned()
    } else if probes.is_empty() {
        "the likeliest; the document has no operation that is safe to try it with".to_owned()
    } else if score(index) == 0 {
        format!("a guess: no candidate answered as the document says ({})", seen(index))
    } else if index > 0 {
        format!("it answers as the document says: {}; under {first}: {}", seen(index), seen(0))
    } else {
        format!("the likeliest, and none answers better: {}", seen(index))
    };
    Some(Choice { base: bases[index].clone(), why, sure })
}

/// From so many points on an answer tells that the operation stands there.
const TELLING: u32 = 3;

/// How much an answer looks like one of the operation itself, of a candidate that gives this one
/// nowhere.
fn points(probe: &Operation, answer: Option<&(u16, Option<String>)>, nowhere: &Answer) -> u32 {
    let Some((status, media_type)) = answer else { return 0 };
    let promised = probe.responses.by_status.iter().any(|(pattern, _)| {
        *pattern == StatusPattern::Code(*status) || *pattern == StatusPattern::Range(status / 100)
    });
    let as_promised = || {
        let essence =
            |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let got = media_type.as_deref().map(essence).unwrap_or_default();
        probe.produces.is_empty()
            || probe.produces.iter().any(|promised| {
                let promised = essence(promised);
                promised == got
                    || promised.starts_with("*/")
                    || promised.strip_suffix('*').is_some_and(|start| got.starts_with(start))
                    || promised.contains("json") && got.contains("json")
            })
    };
    match status {
        // What is said to every path is not said of this one. (A refusal may come before any look.)
        200..300 if answer == nowhere.as_ref() => 1,
        200..300 if as_promised() => 8 + u32::from(promised),
        // A page for every path is how a front end answers, not an operation.
        200..300 => 1,
        401 | 403 => 4 + u32::from(promised),
        400 | 406 | 415 | 422 | 429 => 3 + u32::from(promised),
        300..400 => 1,
        405 => 1,
        500 | 501 => 1 + u32::from(promised),
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
