//! Simpler cases that choices do not reach: tried before a case is taken apart into them.

use std::sync::Arc;

use crate::case::{Auth, Call, Case, Label, Perturbation, Step};
use crate::check::Check;
use crate::generate::confirm::confirms;
use crate::spec::Service;

/// One way to say a case more simply; the simplest first.
pub(super) type Way = fn(&Service, &dyn Check, &Arc<Case>) -> Vec<Arc<Case>>;

/// All ways, in the order they are tried.
pub(super) const WAYS: [Way; 5] =
    [in_order, waited_before, unreserved, by_the_usual_caller, twinned];

/// With what is released together one after the other: then it does not hang on timing.
fn in_order(_: &Service, _: &dyn Check, case: &Arc<Case>) -> Vec<Arc<Case>> {
    let is_group = |step: &Step| matches!(step, Step::Together(_));
    if !case.steps.iter().any(is_group) {
        return Vec::new();
    }
    let steps = case.steps.iter().flat_map(Step::in_order).collect();
    vec![Arc::new(Case { steps, ..(**case).clone() })]
}

/// With a wait before a call in the place of silences in it: then it only hangs on how late it comes.
fn waited_before(_: &Service, check: &dyn Check, case: &Arc<Case>) -> Vec<Arc<Case>> {
    // What such a check looks at is what happens meanwhile.
    if check.looks() {
        return Vec::new();
    }
    let mut waiting = (**case).clone();
    let mut silences = 0;
    for step in &mut waiting.steps {
        let Step::Call(call) = step else { continue };
        let mut wait = call.wait.unwrap_or_default();
        call.perturb.retain(|bend| match bend {
            Perturbation::Stall { pause, .. } => {
                wait += *pause;
                silences += 1;
                false
            }
            _ => true,
        });
        call.wait = Some(wait).filter(|wait| !wait.is_zero());
    }
    (silences > 0).then(|| Arc::new(waiting)).into_iter().collect()
}

/// With the label of valid input, where it is unspecified and the contract admits it: what fails under the
/// label of what all must take is not doubtful.
fn unreserved(service: &Service, _: &dyn Check, case: &Arc<Case>) -> Vec<Arc<Case>> {
    if case.label() != Label::Unspecified {
        return Vec::new();
    }
    let mut plain = (**case).clone();
    for call in plain.own_calls_mut() {
        call.label = Label::Valid;
    }
    let admitted = |call: &Call| {
        service.operation(&call.operation).is_some_and(|operation| confirms(operation, call))
    };
    let admitted = plain.own_calls().all(admitted);
    admitted.then(|| Arc::new(plain)).into_iter().collect()
}

/// Sent by whoever is usual, where others send it and the check is not about that: who sends it matters to
/// few.
fn by_the_usual_caller(_: &Service, check: &dyn Check, case: &Arc<Case>) -> Vec<Arc<Case>> {
    let others = case.calls().any(|call| call.auth != Auth::Default);
    if !others || ["ignored_auth", "object_level_authorization"].contains(&check.name()) {
        return Vec::new();
    }
    let mut usual = (**case).clone();
    usual.own_calls_mut().for_each(|call| call.auth = Auth::Default);
    vec![Arc::new(usual)]
}

/// With one call in the place of all of its operation that are released with it.
fn twinned(_: &Service, _: &dyn Check, case: &Arc<Case>) -> Vec<Arc<Case>> {
    let mut all = Vec::new();
    for (at, step) in case.steps.iter().enumerate() {
        let Step::Together(group) = step else { continue };
        for call in group.calls.iter().filter(|call| call.same.is_none()) {
            let is_like = |other: &Call| other.same.is_none() && other.operation == call.operation;
            if group.calls.iter().filter(|other| is_like(other)).count() < 2 {
                continue;
            }
            let mut group = group.clone();
            let mut first: Option<String> = None;
            for other in &mut group.calls {
                let id = other.id.clone();
                let is_repeat = other.same.as_ref().is_some_and(|same| {
                    case.call(same).is_some_and(|own| own.operation == call.operation)
                });
                match &first {
                    _ if !is_repeat && other.operation != call.operation => {}
                    None => {
                        *other = Call { id: id.clone(), ..call.clone() };
                        first = Some(id);
                    }
                    Some(first) => {
                        *other = Call { id, same: Some(first.clone()), ..Call::default() };
                    }
                }
            }
            let mut simpler = (**case).clone();
            simpler.steps[at] = Step::Together(group);
            all.push(Arc::new(simpler));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Release, Together};

    #[test]
    fn what_comes_at_once_is_tried_one_after_the_other() {
        let call = |id: &str, same: Option<&str>| Call {
            id: id.to_owned(),
            operation: if same.is_some() { String::new() } else { "PUT /a".to_owned() },
            same: same.map(str::to_owned),
            ..Call::default()
        };
        let late = Call { skew: Some(std::time::Duration::from_millis(5)), ..call("b", Some("a")) };
        let calls = vec![call("a", None), late];
        let group = Together { id: "s1".to_owned(), wait: None, release: Release::Plain, calls };
        let case = Case { steps: vec![Step::Together(group)], ..Case::of("t", Call::default()) };
        let check = crate::check::named("hang").unwrap();
        let [simpler] = &*in_order(&Service::default(), check, &Arc::new(case)) else { panic!() };
        assert_eq!(
            simpler.steps,
            [
                Step::Call(call("a", None)),
                Step::Call(Call { id: "b".to_owned(), ..call("a", None) })
            ]
        );
        assert!(in_order(&Service::default(), check, simpler).is_empty());
    }

    #[test]
    fn a_silence_in_a_call_is_tried_as_a_wait_before_it() {
        use crate::case::Position;
        let ms = std::time::Duration::from_millis;
        let stall = Perturbation::Stall { at: Position::BeforeLastByte, pause: ms(500) };
        let bends = vec![stall, Perturbation::Cut(Position::Sent)];
        let call = Call { wait: Some(ms(20)), perturb: bends, ..Call::default() };
        let case = Arc::new(Case::of("t", call));
        let service = Service::default();
        let told =
            |check: &str| waited_before(&service, crate::check::named(check).unwrap(), &case);
        let [simpler] = &*told("not_a_server_error") else { panic!() };
        let call = simpler.calls().next().unwrap();
        assert_eq!(
            (call.wait, &*call.perturb),
            (Some(ms(520)), &[Perturbation::Cut(Position::Sent)][..])
        );
        assert!(waited_before(&service, crate::check::named("hang").unwrap(), simpler).is_empty());
        assert!(told("blocked_by_slow_client").is_empty());
    }

    #[test]
    fn of_calls_to_one_operation_each_may_stand_for_all() {
        let call = |id: &str, operation: &str, skew| Call {
            id: id.to_owned(),
            operation: operation.to_owned(),
            skew,
            ..Call::default()
        };
        let late = Some(std::time::Duration::from_millis(1));
        let calls = vec![
            call("a", "POST /a", None),
            call("b", "POST /b", None),
            call("c", "POST /a", late),
        ];
        let group = Together { id: "s1".to_owned(), wait: None, release: Release::Plain, calls };
        let case = Case { steps: vec![Step::Together(group)], ..Case::of("t", Call::default()) };
        let service = Service::default();
        let check = crate::check::named("serial_equivalence").unwrap();
        let told: Vec<String> = twinned(&service, check, &Arc::new(case))
            .iter()
            .map(|case| {
                let call =
                    |call: &Call| format!("{}={:?}{:?}", call.id, call.same, call.skew.is_some());
                case.calls().map(call).collect::<Vec<_>>().join(" ")
            })
            .collect();
        let like = |skew: bool| format!("a=None{skew} b=Nonefalse c=Some(\"a\")false");
        assert_eq!(told, [like(false), like(true)]);
    }
}
