//! Where a failure begins, as its file tells it: the place, the value that fails and the nearest that passes.

use std::time::Duration;

use crate::case::{Boundary, Case, value_at};
use crate::generate::case::differences;
use crate::value::{Value, duration};

/// The boundary between a case that fails and one that passes, where they differ in one value, or in one length
/// of time: how long a step waits, how much later than others a call goes on, how long a bend is.
pub(super) fn bracket(fails: &Case, passes: &Case) -> Option<Boundary> {
    let (before, now) = (times(passes), times(fails));
    let is_alike = before.iter().map(|(at, _)| at).eq(now.iter().map(|(at, _)| at));
    let changed = now.iter().zip(&before).filter(|((_, now), (_, before))| now != before);
    match (&*differences(fails, passes), &*changed.collect::<Vec<_>>()) {
        ([at], []) if is_alike => {
            let value = |case: &Case| {
                let (call, place) = at.split_once('/')?;
                value_at(case.call(call)?, place).cloned()
            };
            Some(Boundary { at: at.clone(), passes: value(passes)?, fails: value(fails)? })
        }
        ([], [((at, fails), (_, passes))]) if is_alike => {
            let told = |time: &Duration| Value::text(duration::write(*time));
            Some(Boundary { at: at.clone(), passes: told(passes), fails: told(fails) })
        }
        _ => None,
    }
}

/// Every length of time in a case, by its place.
fn times(case: &Case) -> Vec<(String, Duration)> {
    let waits = case.steps.iter().map(|step| (format!("{}/wait", step.id()), step.wait()));
    let mut times: Vec<_> = waits.map(|(at, wait)| (at, wait.unwrap_or_default())).collect();
    for call in case.calls() {
        let skew = call.skew.unwrap_or_default();
        times.push((format!("{}/skew", call.id), skew));
        let bends = call.perturb.iter().enumerate();
        let bends = bends.filter_map(|(index, bend)| {
            Some((format!("{}/perturb/{index}", call.id), bend.length()?))
        });
        times.extend(bends);
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Call, Perturbation, Position, Step};

    fn case(limit: i64, wait: u64) -> Case {
        let wait = Some(Duration::from_millis(wait)).filter(|wait| !wait.is_zero());
        let query = vec![("limit".to_owned(), Value::int(limit))];
        let call = |id: &str| Call { id: id.to_owned(), ..Call::default() };
        let steps = vec![Step::Call(call("s1")), Step::Call(Call { wait, query, ..call("s2") })];
        Case { steps, ..Case::default() }
    }

    #[test]
    fn one_value_or_one_pause_is_told_with_what_fails_and_what_passes() {
        let told = |fails: &Case, passes: &Case| {
            let Boundary { at, passes, fails } = bracket(fails, passes)?;
            Some((at, fails, passes))
        };
        let place = "s2/query/limit".to_owned();
        assert_eq!(told(&case(5, 500), &case(4, 500)), Some((place, Value::int(5), Value::int(4))));
        let wait = |passes| ("s2/wait".to_owned(), Value::text("500ms"), Value::text(passes));
        assert_eq!(told(&case(5, 500), &case(5, 200)), Some(wait("200ms")));
        assert_eq!(told(&case(5, 500), &case(5, 0)), Some(wait("0ms")));
        assert_eq!(told(&case(5, 500), &case(4, 200)), None);
        assert_eq!(told(&case(5, 500), &case(5, 500)), None);
    }

    #[test]
    fn so_is_one_bend_where_it_is_the_same_one() {
        let bent = |perturb: Vec<Perturbation>| {
            Case::of("t", Call { id: "s1".to_owned(), perturb, ..Call::default() })
        };
        let stall = |at, pause| Perturbation::Stall { at, pause: Duration::from_millis(pause) };
        let long = bent(vec![stall(Position::Headers, 500)]);
        let told = bracket(&long, &bent(vec![stall(Position::Headers, 200)])).unwrap();
        assert_eq!(told.at, "s1/perturb/0");
        assert_eq!((told.fails, told.passes), (Value::text("500ms"), Value::text("200ms")));
        assert!(bracket(&long, &bent(vec![])).is_none());
    }
}
