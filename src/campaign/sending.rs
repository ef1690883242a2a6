//! What a case puts on the wire. One request is known again by it, however it is written down: a value
//! may render to the very octets that damage on the wire leaves of another one.

use crate::case::{Call, Case};
use crate::value::Value;
use crate::wire::{Request, render};

/// Whether two cases send the same: the same requests in the same steps, as the same identities, over
/// the same connections. A call that holds symbols (references, fresh values) is compared as it is
/// written down.
pub(super) fn is_same(a: &Case, b: &Case) -> bool {
    rendered(a) == rendered(b)
}

/// The requests of a case, and the case without what they tell.
fn rendered(case: &Case) -> (Vec<Option<Request>>, Case) {
    let mut rest = case.clone();
    let requests = rest.calls_mut().map(take_request).collect();
    (requests, rest)
}

/// Takes out of a call what it sends, where that is settled; and what it has to give in any case.
fn take_request(call: &mut Call) -> Option<Request> {
    (call.want, call.saw) = (None, None);
    let settled = call.values().all(Value::is_concrete);
    // The base is the same for all cases of a service.
    let request = settled.then(|| render::request(call, "").ok()).flatten()?;
    let Call { id, wait, service, auth, on, skew, .. } = std::mem::take(call);
    *call = Call { id, wait, service, auth, on, skew, ..Call::default() };
    Some(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Auth, Deviation, Label, Want};
    use crate::value::{Fresh, Symbol, Text};

    fn case(etag: Text) -> Case {
        let call = Call {
            id: "s1".to_owned(),
            operation: "GET /etag/{etag}".to_owned(),
            path: vec![("etag".to_owned(), Value::String(etag))],
            ..Call::default()
        };
        Case::of("t", call)
    }

    fn with(mut case: Case, change: impl Fn(&mut Call)) -> Case {
        case.calls_mut().for_each(change);
        case
    }

    fn nul() -> Case {
        case(Text::from("\0"))
    }

    #[test]
    fn a_value_and_damage_that_leave_the_same_octets_are_one_request() {
        let damaged = with(case(Text::from("0")), |call| {
            call.label = Label::Unspecified;
            let text = ("text".to_owned(), Value::text("%00"));
            call.deviations = vec![Deviation {
                at: Some("path/etag".to_owned()),
                with: vec![text],
                ..Deviation::wire("path_traversal")
            }];
        });
        assert!(is_same(&nul(), &damaged));
        assert!(!is_same(&case(Text::from("0")), &damaged));
    }

    #[test]
    fn what_came_and_what_should_have_come_is_not_sent() {
        assert!(is_same(&nul(), &with(nul(), |call| call.want = Some(Want::default()))));
    }

    #[test]
    fn who_sends_it_when_and_in_which_frame_makes_another_request() {
        let others: [fn(&mut Call); 4] = [
            |call| call.auth = Auth::None,
            |call| call.wait = Some(std::time::Duration::from_secs(1)),
            |call| call.on = Some("c1".to_owned()),
            |call| call.deviations = vec![Deviation::wire("length_and_chunked")],
        ];
        for other in others {
            assert!(!is_same(&nul(), &with(nul(), other)));
        }
    }

    #[test]
    fn symbols_are_compared_as_they_are_written_down() {
        let fresh = |name: &str| {
            let fresh = Symbol::Fresh(Fresh { name: name.to_owned(), like: None });
            with(nul(), |call| call.path[0].1 = Value::Symbol(Box::new(fresh.clone())))
        };
        assert!(is_same(&fresh("n1"), &fresh("n1")) && !is_same(&fresh("n1"), &fresh("n2")));
    }
}
