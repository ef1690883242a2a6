//! `schema_after_race`: what calls released together leave behind fits its schema still.

use std::sync::Arc;

use super::race::{self, Race};
use super::response_schema_conformance::{breaches, keyword_paths, told};
use super::{Check, Failure, FollowUp, Occasion, Severity, View, look};
use crate::case::{History, Label};

/// What calls released together leave behind fits its schema still.
#[derive(Clone, Copy, Debug)]
pub(super) struct SchemaAfterRace;

const NAME: &str = "schema_after_race";

/// So often the calls are released together for one judgement, and as often sent one after the other.
const TIMES: usize = 2;

impl Check for SchemaAfterRace {
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

    fn asks_apart(&self) -> bool {
        true
    }

    fn needs(&self) -> &'static str {
        "valid calls that are released together, about what the history made, and an operation that shows \
         it; once per group of operations, the calls together and one after the other, twice each, with \
         looks at the end"
    }

    fn explanation(&self) -> &'static str {
        "
## What it verifies

What the document says of a thing holds after calls about it came at once, too: a `minimum` (no balance below
nothing), a `maxItems` (no room booked beyond its places), `uniqueItems`, whatever else the schema of its answer
states. The thing is looked at after the calls were released together, and after the same calls came one after
the other: it fails where the one look breaks the schema and the other does not. That two got what only one may
have (409 for the second) is told by `serial_equivalence`.

## When it is silent

- The thing breaks its schema also when the calls come one after the other: `response_schema_conformance` speaks.
- No operation shows the thing, or a look is not answered 2xx in JSON.
- A write in the group is about a thing that the history did not make: others may change it.

## How to mend the service

Check and write in one step: a transaction that is isolated enough, a row that is locked before it is read, a
condition in the write itself (`UPDATE … SET balance = balance - 10 WHERE balance >= 10`), a constraint in the
database.
"
    }

    fn occasion<'v>(&self, view: &'v View<'_>) -> Occasion<'v> {
        let race = shown(view).filter(Race::is_contested);
        race.map_or(Occasion::Never, |race| Occasion::once(race.key()))
    }

    fn follow_ups(&self, view: &View<'_>) -> Vec<FollowUp> {
        let Some(race) = shown(view) else { return Vec::new() };
        let order: Vec<usize> = (0..race.group.calls.len()).collect();
        let (together, serial) = (race.together(), race.one_after_the_other(&order));
        let both = || [together.clone(), serial.clone()];
        (0..TIMES).flat_map(|_| both()).map(|steps| race.follow_up(view, steps)).collect()
    }

    fn judge(&self, view: &View<'_>, further: &[Arc<History>]) -> Vec<Failure> {
        shown(view).and_then(|race| broken(&race, &view.of_all(further))).into_iter().collect()
    }
}

/// Calls released together at the end of a history that leave something to look at.
fn shown<'v, 'a>(view: &'v View<'a>) -> Option<Race<'v, 'a>> {
    race::at_end(view).filter(|race| race.read.is_some())
}

/// What only the calls at once break.
fn broken(race: &Race<'_, '_>, further: &[View<'_>]) -> Option<Failure> {
    let looks = further.iter().map(|view| look::last_shown(view, look::NAME));
    let looks = looks.collect::<Option<Vec<_>>>().filter(|looks| looks.len() == 2 * TIMES)?;
    let serial = looks.iter().skip(1).step_by(2);
    if serial.into_iter().any(|look| !breaches(look).is_empty()) {
        return None;
    }
    let together = looks.iter().step_by(2).map(|look| (look, breaches(look)));
    let (look, violations) = together.into_iter().find(|(_, violations)| !violations.is_empty())?;
    let why = format!(
        "after {} released together {} shows what its schema forbids: {}; one after the other they do not \
         break it",
        race.told(),
        look.title(),
        told(&violations)
    );
    let failure = Failure::new(NAME, race.last_write()?, Severity::Error, "breaks_schema", why);
    Some(failure.saying(keyword_paths(&violations)))
}

#[cfg(test)]
mod tests {
    use super::super::stage::races::{anew, changes, made, of_board, together};
    use super::super::stage::{Asked, Reply, Store};
    use super::*;
    use crate::value::Value;

    /// The title of a board becomes a number, where this is so of who changes it.
    fn breaks(store: &mut Store, asked: &Asked, is_so: bool) -> Reply {
        let reply = store.answer(asked);
        if asked.method == "PUT"
            && is_so
            && let Some(Value::Object(board)) = store.find(&asked.path).map(|board| &mut board.body)
        {
            board.set("title", Value::int(-2));
        }
        reply
    }

    #[test]
    fn what_only_calls_at_once_break_fails() {
        let stage = anew(|store, asked| breaks(store, asked, asked.at_once));
        assert_eq!(
            stage.occasion(&SchemaAfterRace, &changes()),
            "PUT /boards/{board} PUT /boards/{board}"
        );
        let failure = stage.fails(&SchemaAfterRace, &changes());
        assert_eq!((&*failure.at, &*failure.outcome), ("c2", "breaks_schema"));
        insta::assert_snapshot!(failure.why);
    }

    #[test]
    fn what_is_right_or_always_wrong_is_silent() {
        anew(Store::answer).silent(&SchemaAfterRace, &changes());
        anew(|store, asked| breaks(store, asked, true)).silent(&SchemaAfterRace, &changes());
    }

    #[test]
    fn nothing_is_tried_where_nothing_is_changed_or_shown() {
        let stage = anew(Store::answer);
        let reads = ["c1", "c2"].map(|id| of_board(id, "GET /boards/{board}", ""));
        assert_eq!(stage.occasion(&SchemaAfterRace, &together(made(), reads.into())), "never");
    }
}
