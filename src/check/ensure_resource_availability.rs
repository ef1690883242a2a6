//! `ensure_resource_availability`: what was created is found.

use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::deed::{Act, Deed, deeds};
use super::{Check, Failure, FollowUp, Occasion, Severity, View, look, own, wording};
use crate::case::{History, Label};

/// What was created is found.
#[derive(Clone, Copy, Debug)]
pub(super) struct EnsureResourceAvailability;

const NAME: &str = "ensure_resource_availability";

impl Check for EnsureResourceAvailability {
    fn name(&self) -> &'static str {
        NAME
    }

    fn severity(&self) -> Severity {
        Severity::Error
    }

    fn labels(&self) -> &'static [Label] {
        &[Label::Valid]
    }

    fn looks(&self) -> bool {
        true
    }

    fn needs(&self) -> &'static str {
        "a history in which a thing is made and read"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

What was created (201, or another 2xx with `Location`) is found by a read of the same caller: it is not
answered with 404 or 410. It is looked at three times, with pauses and without optional parameters, before
the check fails.

## When it is silent

- The creation was answered 202: it happens later. Or its answer does not tell what the thing is called,
  or says by its `Location` that it is called something else.
- Something may have taken it away or renamed it in between: a deletion, a change of it or of what it is
  in, a call that nothing is known of.
- It is served at any of the looks: creations may take a moment (`settle` in phi-fuzz.toml).
- The read is refused for another reason: credentials, input, load. Or someone else reads.

## How to mend the service

Answer 201 once the thing can be found, or 202 while it cannot. Read from where you write; where reads come
from a copy or an index, write there before answering. Tell the id that the path of the thing takes.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        match missed(view) {
            Some((_, read)) => Occasion::Suspicious(read.seen.name().into()),
            None => Occasion::Never,
        }
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let Some((_, read)) = missed(view) else { return Vec::new() };
        // Without what else the read asked for: that may be what is not there.
        let looks = read.until(view).zip(read.read(view, look::NAME));
        looks.map(|(case, look)| look::after(view, case, &look)).into_iter().collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        let Some(history) = further.first() else { return Vec::new() };
        let Some((made, read)) = missed(view) else { return Vec::new() };
        let again = View::new(view.service, history, view.surroundings);
        let is_made_again = missed(&again)
            .is_some_and(|(other, _)| other.seen.exchange.call == made.seen.exchange.call);
        let looks = look::named(&again, look::NAME).unwrap_or_default();
        let is_missing = |status: Option<u16>| matches!(status, Some(404 | 410));
        if !is_made_again
            || looks.is_empty()
            || !looks.iter().all(|look| is_missing(look.exchange.status()))
        {
            return Vec::new();
        }
        let status = read.seen.exchange.status().unwrap_or_default();
        let promised = read.seen.operation.map(wording::statuses).unwrap_or_default();
        let mut want: Vec<String> = promised.into_iter().filter(|s| s.starts_with('2')).collect();
        if want.is_empty() {
            want.push("2XX".to_owned());
        }
        let why = format!(
            "{} answers {status} for what {} made ({}); what was created should be found",
            read.seen.title(),
            made.seen.title(),
            made.seen.exchange.status().unwrap_or_default(),
        );
        let outcome = format!("{status} after create");
        vec![Failure::new(NAME, read.seen, Severity::Error, outcome, why).wanting(want)]
    }
}

/// The first read that does not find what was made before, with what made it.
fn missed<'v, 'a>(view: &'v View<'a>) -> Option<(Deed<'v, 'a>, Deed<'v, 'a>)> {
    if view.seen().len() < 2 {
        return None;
    }
    let deeds = deeds(view);
    let missing = deeds.iter().filter(|deed| {
        deed.act == Act::Read
            && deed.seen.exchange.label == Label::Valid
            && matches!(deed.seen.exchange.status(), Some(404 | 410))
    });
    let mut missed = missing.filter_map(|read| {
        let thing = read.thing()?;
        let made = own::maker(&deeds, read.index, &thing)?;
        let between = made.index + 1..read.index;
        let is_same = made.seen.exchange.auth == read.seen.exchange.auth;
        let is_kept = own::changes(view.seen(), &deeds, between, &thing).next().is_none();
        (is_made(made) && is_same && is_kept).then_some((*made, *read))
    });
    missed.next()
}

/// Whether an answer says that something was made, and where it is does not contradict what it is
/// called.
fn is_made(deed: &Deed<'_, '_>) -> bool {
    let location = deed.seen.answer().and_then(|answer| answer.header("location"));
    let is_so_called = |location: &str| {
        let path = location.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let last = path.rsplit('/').next().unwrap_or_default();
        let named = percent_decode_str(last).decode_utf8_lossy();
        deed.thing().is_some_and(|thing| thing.id() == named)
    };
    deed.says_made() && location.is_none_or(is_so_called)
}

#[cfg(test)]
mod tests {
    use super::super::stage::{Asked, Serve, Stage, answer, described};
    use super::*;
    use crate::case::{Answer, Header};
    use crate::spec::Service;

    fn shop() -> Service {
        let thing = r#"{"content":{"application/json":{"schema":{"properties":{
            "id":{"type":"integer"},"name":{"type":"string"}}}}},"description":""}"#;
        described(&format!(
            r#"{{"/labels":{{"post":{{"responses":{{"201":{thing}}}}},
                             "get":{{"responses":{{"200":{{"description":""}}}}}}}},
                "/labels/{{id}}":{{
                    "parameters":[{{"name":"id","in":"path","required":true,
                                    "schema":{{"type":"integer"}}}}],
                    "get":{{"parameters":[{{"name":"view","in":"query","schema":{{}}}}],
                            "responses":{{"200":{thing}}}}},
                    "patch":{{"responses":{{"200":{thing}}}}},
                    "delete":{{"responses":{{"204":{{"description":""}}}}}}}},
                "/labels/{{id}}/archive":{{"post":{{"responses":{{"200":{thing}}}}}}},
                "/reset":{{"post":{{"responses":{{"204":{{"description":""}}}}}}}}}}"#
        ))
    }

    /// Judges a case against a service that answers reads of what it made so.
    fn judge(steps: &str, made: &Answer, reads: &[u16]) -> Vec<Failure> {
        let (made, reads) = (made.clone(), reads.to_vec());
        let serve = move || -> Serve {
            let (made, mut reads) = (made.clone(), reads.clone().into_iter());
            let mut last = 404;
            Box::new(move |asked: &Asked| match (&*asked.method, asked.depth()) {
                ("POST", 1) if asked.segment(0) == "labels" => made.clone(),
                ("GET", 2) if asked.query.is_empty() => {
                    last = reads.next().unwrap_or(last);
                    answer(last, r#"{"id":7}"#)
                }
                ("GET", 2) => answer(404, "{}"),
                ("DELETE", 2) => answer(204, ""),
                _ => answer(200, r#"{"id":7}"#),
            })
        };
        Stage::of(shop(), serve).judge(&EnsureResourceAvailability, steps)
    }

    fn created() -> Answer {
        answer(201, r#"{"id":7,"name":"a"}"#)
    }

    fn placed(status: u16, location: &str) -> Answer {
        let mut answer = answer(status, r#"{"id":7}"#);
        answer.headers.push(Header { name: "Location".into(), value: location.to_owned().into() });
        answer
    }

    const READ: &str =
        r#"{"id":"s9","call":"GET /labels/{id}","path":{"id":{"$from":"s1/body/id"}}}"#;

    fn then_read(between: &str) -> String {
        format!(r#"[{{"id":"s1","call":"POST /labels","json":{{}}}},{between}{READ}]"#)
    }

    fn on_it(call: &str) -> String {
        format!(r#"{{"id":"s2","call":"{call}","path":{{"id":{{"$from":"s1/body/id"}}}}}},"#)
    }

    #[test]
    fn what_was_created_and_is_never_found_fails_at_the_read() {
        let found = judge(&then_read(""), &created(), &[404]);
        assert_eq!(found.len(), 1);
        assert_eq!((&*found[0].at, &*found[0].outcome), ("s9", "404 after create"));
        assert_eq!(found[0].want, ["200"]);
        insta::assert_snapshot!(found[0].why, @"GET /labels/{id} answers 404 for what POST /labels made (201); what was created should be found");
        assert_eq!(judge(&then_read(""), &created(), &[410]).len(), 1);
        assert_eq!(judge(&then_read(""), &placed(200, "/labels/7"), &[404]).len(), 1);
    }

    #[test]
    fn silent_when_it_is_served_at_any_look() {
        for looks in [&[200][..], &[404, 200], &[404, 404, 200], &[404, 404, 404, 200]] {
            assert_eq!(judge(&then_read(""), &created(), looks), [], "{looks:?}");
        }
        assert_eq!(judge(&then_read(""), &created(), &[404, 200, 404]), []);
    }

    #[test]
    fn silent_when_nothing_says_that_it_was_created() {
        for made in [answer(202, r#"{"id":7}"#), answer(200, r#"{"id":7}"#), placed(202, "/x/7")] {
            assert_eq!(judge(&then_read(""), &made, &[404]), [], "{made:?}");
        }
        assert_eq!(judge(&then_read(""), &answer(201, r#"{"id":7,"error":"no"}"#), &[404]), []);
    }

    #[test]
    fn silent_when_its_id_cannot_be_told() {
        let steps = then_read("").replace(r#"{"$from":"s1/body/id"}"#, "7");
        assert_eq!(judge(&steps, &created(), &[404]).len(), 1);
        assert_eq!(judge(&steps, &answer(201, r#"{"name":"a"}"#), &[404]), []);
        assert_eq!(judge(&steps, &placed(201, "/jobs/8"), &[404]), []);
        assert_eq!(judge(&steps.replace('7', "8"), &created(), &[404]), []);
    }

    #[test]
    fn silent_when_something_in_between_may_have_taken_it_away() {
        for call in ["DELETE /labels/{id}", "PATCH /labels/{id}", "POST /labels/{id}/archive"] {
            assert_eq!(judge(&then_read(&on_it(call)), &created(), &[404]), [], "{call}");
        }
        let reset = r#"{"id":"s2","call":"POST /reset"},"#;
        assert_eq!(judge(&then_read(reset), &created(), &[404]), []);
        let list = r#"{"id":"s2","call":"GET /labels"},"#;
        assert_eq!(judge(&then_read(list), &created(), &[404]).len(), 1);
    }

    #[test]
    fn silent_when_the_read_is_refused_for_another_reason() {
        for status in [400, 401, 403, 429, 500, 503, 304] {
            assert_eq!(judge(&then_read(""), &created(), &[status]), [], "{status}");
        }
        assert_eq!(judge(&then_read(""), &created(), &[404, 404, 401, 404]), []);
    }

    #[test]
    fn silent_when_only_what_else_the_read_asks_for_is_missing() {
        let steps = then_read("").replace("\"path\"", "\"query\":{\"view\":\"x\"},\"path\"");
        assert_eq!(judge(&steps, &created(), &[200]), []);
    }

    #[test]
    fn silent_when_someone_else_reads() {
        let steps = then_read("").replace("\"s9\",", "\"s9\",\"auth\":\"bob\",");
        assert_eq!(judge(&steps, &created(), &[404]), []);
    }

    #[test]
    fn it_asks_where_a_read_missed() {
        let occasion = |status: u16| {
            let serve = move || -> Serve {
                Box::new(move |asked: &Asked| match &*asked.method {
                    "POST" => created(),
                    _ => answer(status, "{}"),
                })
            };
            Stage::of(shop(), serve).occasion(&EnsureResourceAvailability, &then_read(""))
        };
        assert_eq!((&*occasion(404), &*occasion(200)), ("always", "never"));
    }
}
