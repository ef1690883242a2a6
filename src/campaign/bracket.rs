//! Where a failure begins, as its file tells it: the place, the value that fails and the nearest that passes.

use crate::case::{Boundary, Case, Step, value_at};
use crate::generate::case::differences;
use crate::value::{Value, duration};

/// The boundary between a case that fails and one that passes, where they differ in one value, or in how long
/// one step waits.
pub(super) fn bracket(fails: &Case, passes: &Case) -> Option<Boundary> {
    let of_both = |at: &str, value: &dyn Fn(&Case) -> Option<Value>| {
        Some(Boundary { at: at.to_owned(), passes: value(passes)?, fails: value(fails)? })
    };
    match (&*differences(fails, passes), &*waits(fails, passes)) {
        ([place], []) => of_both(place, &|case| {
            let (call, place) = place.split_once('/')?;
            value_at(case.call(call)?, place).cloned()
        }),
        ([], [step]) => of_both(&format!("{step}/wait"), &|case| {
            let step = case.steps.iter().find(|own| own.id() == *step)?;
            Some(Value::text(duration::write(step.wait().unwrap_or_default())))
        }),
        _ => None,
    }
}

/// The steps before which one waits for longer than the other.
fn waits<'c>(fails: &'c Case, passes: &Case) -> Vec<&'c str> {
    let both = fails.steps.iter().zip(&passes.steps);
    both.filter(|(a, b)| a.wait() != b.wait()).map(|(step, _)| Step::id(step)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Call;
    use std::time::Duration;

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
}
