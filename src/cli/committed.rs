//! Which committed cases are about which services of a run.

use crate::corpus::Stored;
use crate::report::words::listed;

/// Names that are told of services which a run is not about.
const MOST: usize = 6;

/// The cases of each service, and what the person should know of those that are left. A corpus that
/// knows one service alone is about the only one of a run, unless that is another of the `configured`
/// ones: titles of documents change.
pub(super) fn share(
    cases: &[Stored],
    services: &[String],
    configured: &[String],
) -> (Vec<Vec<Stored>>, Option<String>) {
    let about = |stored: &Stored, name: &str| {
        let own = stored.finding.service();
        own.is_empty() || own == name
    };
    let of = |name: &String| cases.iter().filter(|stored| about(stored, name)).cloned().collect();
    let mut shares: Vec<Vec<Stored>> = services.iter().map(of).collect();
    let mut left: Vec<Stored> = cases.to_vec();
    left.retain(|stored| !services.iter().any(|name| about(stored, name)));
    let mut others: Vec<String> =
        left.iter().map(|stored| stored.finding.service().to_owned()).collect();
    others.sort();
    others.dedup();
    let note = match (&others[..], services, &mut shares[..]) {
        ([], ..) => None,
        ([other], [name], [own])
            if !configured.contains(other)
                && own.iter().all(|stored| stored.finding.service().is_empty()) =>
        {
            for stored in &mut left {
                stored.finding.case.service.clone_from(name);
            }
            own.append(&mut left);
            own.sort_by(|a, b| a.path.cmp(&b.path));
            Some(format!(
                "the committed cases are about `{other}` and no other service: they are replayed \
                 against `{name}`"
            ))
        }
        _ => Some(format!(
            "{} of {} committed cases are about other services, and not replayed: {}",
            left.len(),
            cases.len(),
            listed(&others, MOST)
        )),
    };
    (shares, note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Call, Case, Finding, Reproduced};

    fn stored(service: &str) -> Stored {
        let call = Call { id: "s1".to_owned(), ..Call::default() };
        let finding = Finding {
            check: "hang".to_owned(),
            at: "s1".to_owned(),
            why: String::new(),
            known: None,
            case: Case::of(service, call),
            boundary: None,
            irrelevant: Vec::new(),
            reproduced: Reproduced::default(),
            replays: 1,
            minimal: true,
            also: Vec::new(),
        };
        Stored { path: format!("{service}.json").into(), finding }
    }

    /// The files of each service, and the note.
    fn shared(cases: &[&str], services: &[&str], configured: &[&str]) -> (Vec<String>, String) {
        let cases: Vec<Stored> = cases.iter().map(|name| stored(name)).collect();
        let [services, configured] = [services, configured]
            .map(|names| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        let (shares, note) = share(&cases, &services, &configured);
        let told = |share: &Vec<Stored>| {
            let names = share.iter().map(|stored| stored.path.display().to_string());
            names.collect::<Vec<_>>().join(" ")
        };
        (shares.iter().map(told).collect(), note.unwrap_or_default())
    }

    #[test]
    fn each_service_gets_its_own_and_what_names_none() {
        let (shares, note) = shared(&["", "a", "b"], &["a", "b"], &[]);
        assert_eq!(shares, [".json a.json", ".json b.json"]);
        assert_eq!(note, "");
    }

    #[test]
    fn the_only_service_of_a_corpus_is_the_only_one_of_a_run() {
        let (shares, note) = shared(&["", "old", "old"], &["new"], &[]);
        assert_eq!(shares, [".json old.json old.json"]);
        assert!(note.contains("about `old`") && note.contains("against `new`"), "{note}");
        let (shares, _) = share(&[stored("old")], &["new".to_owned()], &[]);
        assert_eq!(shares[0][0].finding.service(), "new");
    }

    #[test]
    fn what_is_about_others_is_told() {
        for (cases, services, configured, count) in [
            (&["old", "older"][..], &["new"][..], &[][..], "2 of 2"),
            (&["old", "new"], &["new"], &[], "1 of 2"),
            (&["old"], &["new", "newer"], &[], "1 of 1"),
            (&["old"], &["new"], &["old", "new"], "1 of 1"),
        ] {
            let (shares, note) = shared(cases, services, configured);
            assert!(shares.iter().all(|share| !share.contains("old")), "{shares:?}");
            assert!(note.starts_with(count) && note.contains("not replayed: old"), "{note}");
        }
    }
}
