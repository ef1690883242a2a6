//! Edges by the names of path parameters: `/profiles/{user_id}` ← `User.id`.

use super::survey::{Part, Survey, Taken};
use super::tally::Tally;
use super::{Why, words};

/// Belief by how much the names have in common.
const WITH_KIND: f64 = 0.6;
const END: f64 = 0.45;
const OF_KIND: f64 = 0.4;
const ALONE: f64 = 0.3;

pub(super) fn find(survey: &Survey<'_>, tally: &mut Tally<'_, '_>) {
    for taken in survey.taken.iter().filter(|taken| matches!(taken.part, Part::Path(_))) {
        let name = words::key(&taken.words);
        let mut offer = |key: &str, belief| tally.offer(taken, key, &Why::Name, belief);
        if taken.words == ["id"] {
            for kind in &taken.kinds {
                offer(&format!("{kind}id"), WITH_KIND);
            }
        } else if words::ends_in_id(&taken.words) {
            offer(&name, WITH_KIND);
            for kind in &taken.kinds {
                offer(&format!("{kind}id"), END);
            }
            ends(taken, &mut offer);
        } else {
            by_kind(taken, &name, &mut offer);
        }
    }
}

/// `{username}` of users, `{product}` of products.
fn by_kind(taken: &Taken<'_>, name: &str, offer: &mut dyn FnMut(&str, f64) -> bool) {
    for kind in &taken.kinds {
        offer(&format!("{kind}{name}"), WITH_KIND);
    }
    if !is_generic(&taken.words) {
        offer(name, ALONE);
    }
    if taken.kinds.iter().any(|kind| kind == name) {
        offer(&format!("{name}id"), OF_KIND);
        for naming in words::NAMING {
            offer(&format!("{name}{}", words::key(&words::words(naming))), OF_KIND);
        }
    }
}

/// `billing_account_id` is also an `account_id`.
pub(super) fn ends(taken: &Taken<'_>, offer: &mut dyn FnMut(&str, f64) -> bool) {
    for from in 1..taken.words.len().saturating_sub(1) {
        if offer(&words::key(&taken.words[from..]), END) {
            return;
        }
    }
}

/// Whether a name is the same for things of any kind.
fn is_generic(words: &[String]) -> bool {
    const COMMON: [&str; 15] = [
        "id", "type", "kind", "version", "path", "value", "date", "year", "month", "day", "format",
        "language", "locale", "status", "text",
    ];
    let [word] = words else { return words.is_empty() };
    let naming = words::is_any(&words::NAMING, word) && word != "usernam";
    naming || words::is_any(&COMMON, word)
}
