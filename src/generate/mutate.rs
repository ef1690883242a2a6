//! Calls like another one: an accepted or recorded call with a few of its choices drawn anew.

use super::{confirm, input};
use crate::case::{Call, Label};
use crate::choice::{Draw, Item, Overrun, Rng, Source};
use crate::spec::Operation;

/// At most so many choices are drawn anew.
const MOST: usize = 3;

/// A call like another one of the same operation, confirmed; it is sent by the same caller.
///
/// # Errors
/// The other one cannot be drawn, or what came of it is not allowed.
pub fn mutated(operation: &Operation, like: &Call, mut rng: Rng) -> Draw<Call> {
    let mut items = Vec::new();
    if !input::lift(operation, like, &mut items) {
        return Err(Overrun);
    }
    let draw = |items: &[Item]| {
        Source::replay(items).run(|source| input::draw(operation, &like.id, source))
    };
    let (_, trace) = draw(&items)?;
    let mut items = trace.items();
    for _ in 0..=rng.index(MOST) {
        let at = rng.index(trace.nodes.len());
        let choice = trace.nodes.get(at).and_then(|node| node.domain.random(&mut rng));
        if let (Some(choice), Some(item)) = (choice, items.get_mut(at)) {
            *item = Item::Choice(choice);
        }
    }
    let (mut call, _) = draw(&items)?;
    call.auth.clone_from(&like.auth);
    confirm::lawful(operation, call, Label::Valid).ok_or(Overrun)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Body;
    use crate::generate::catalogue;
    use crate::generate::fixture::{json, taking};

    #[test]
    fn most_of_a_call_stays_and_something_changes() {
        let schema = r#"{"type":"object","required":["name","size","tags"],"properties":{
            "name":{"type":"string"},"size":{"type":"integer","minimum":0,"maximum":99},
            "tags":{"type":"array","items":{"type":"string"}},"on":{"type":"boolean"}}}"#;
        let operation = taking(schema, "");
        let mut like = catalogue::baseline(&operation).unwrap();
        let body = r#"{"name":"Ada Lovelace","size":42,"tags":["a","b"]}"#;
        like.body = Some(Body::Json(json(body)));
        let (mut changed, mut kept) = (0, 0);
        for seed in 0..200 {
            let Ok(call) = mutated(&operation, &like, Rng::new(seed)) else { continue };
            let value = call.body.as_ref().and_then(Body::value).unwrap();
            changed += usize::from(value.to_string() != body);
            kept += usize::from(value.get("name").and_then(|n| n.as_str()) == Some("Ada Lovelace"));
        }
        assert!(changed > 100 && kept > 80, "{changed} {kept}");
    }
}
