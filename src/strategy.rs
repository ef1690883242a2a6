//! Calls of an operation as a `proptest` strategy, for people who test handlers in process.
//!
//! Responsible for the face alone: the values come from [`generate`](crate::generate), they are made
//! smaller by [`shrink`](crate::shrink).

use std::sync::Arc;

use proptest::prelude::Rng as _;
use proptest::strategy::{NewTree, Strategy};
use proptest::test_runner::TestRunner;

use crate::case::Call;
use crate::choice::{Item, Rng, Source};
use crate::generate::{confirm, input};
use crate::shrink::driver::ShrinkTree;
use crate::shrink::{Candidate, Cost, Shrinker};
use crate::spec::Operation;

/// How often a call is drawn until one is surely valid.
const ATTEMPTS: usize = 100;

/// The calls of an operation that its contract allows. What [`strategy`] gives.
#[derive(Clone, Debug)]
pub struct Calls {
    operation: Arc<Operation>,
}

/// Valid calls of an operation, as a strategy for `proptest`.
///
/// Boundaries, odd characters and absent optional parts are likely; a failing call is made smaller
/// by the shrinker of the command line, so it ends with the same small cases: fewest members, then
/// the simplest values. [`wire::render`](crate::wire::render) turns a call into a request.
///
/// ```
/// use phi_fuzz::{spec::load, value::Value, wire::render};
/// use proptest::test_runner::{Config, TestError, TestRunner};
///
/// let document = r#"
/// openapi: 3.1.0
/// info: { title: shop, version: "1" }
/// paths:
///   /orders:
///     post:
///       requestBody:
///         required: true
///         content:
///           application/json:
///             schema:
///               type: object
///               required: [qty]
///               properties:
///                 qty: { type: integer, minimum: 1, maximum: 5000 }
///                 note: { type: string }
///       responses: { "201": { description: made } }
/// "#;
/// let shop = load::alone("shop.yaml", document.as_bytes())?.service;
/// let order = shop.operation("POST /orders").ok_or("no such operation")?;
///
/// // The handler under test breaks at large orders.
/// let qty = |body: &[u8]| phi_fuzz::value::read::json(body).ok()?.get("qty")?.as_i64();
/// let handler = |body: &[u8]| if qty(body) < Some(1000) { 201 } else { 500 };
///
/// let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
/// let failed = runner.run(&phi_fuzz::strategy(order), |call| {
///     let request = render::request(&call, "")?;
///     proptest::prop_assert_eq!(handler(&request.body), 201);
///     Ok(())
/// });
/// let Err(TestError::Fail(_, call)) = failed else { panic!("it does not break: {failed:?}") };
/// let body = render::request(&call, "")?.body;
/// assert_eq!(body, r#"{"qty":1000}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What nests more than some two hundred deep is not drawn, so that it fits the stack of a test's
/// thread.
///
/// In `proptest!` it stands where every strategy does: `fn holds(call in phi_fuzz::strategy(&order))`.
pub fn strategy(operation: &Operation) -> Calls {
    Calls { operation: Arc::new(operation.clone()) }
}

impl Strategy for Calls {
    type Tree = ShrinkTree<Call, Regenerate>;
    type Value = Call;

    /// A valid call.
    ///
    /// # Errors
    /// None was found in many attempts: the contract may allow none.
    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let operation = &self.operation;
        let first = (0..ATTEMPTS)
            .find_map(|_| candidate(operation, Source::random(Rng::new(runner.rng().next_u64()))));
        let first =
            first.ok_or_else(|| format!("no valid input was found for {}", operation.name))?;
        let operation = Arc::clone(operation);
        let regenerate: Regenerate =
            Box::new(move |items| candidate(&operation, Source::replay(items)));
        Ok(ShrinkTree::new(Shrinker::new(first, None, regenerate)))
    }
}

/// Makes a call of choices again.
pub type Regenerate = Box<dyn Fn(&[Item]) -> Option<Candidate<Call>>>;

fn candidate(operation: &Operation, source: Source<'_>) -> Option<Candidate<Call>> {
    let (call, trace) = source.shallow().run(|source| input::draw(operation, "s1", source)).ok()?;
    let key = format!("{call:?}");
    confirm::confirms(operation, &call).then(|| Candidate::new(call, trace, key, Cost::default()))
}

#[cfg(test)]
mod tests {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::{Config, TestError};

    use super::*;
    use crate::spec::load;

    fn operation(parameters: &str) -> Operation {
        let document = format!(
            r#"{{"openapi":"3.1.0","info":{{"title":"t","version":"1"}},"paths":{{"/a":{{"get":{{
            "parameters":[{parameters}],"responses":{{"200":{{"description":""}}}}}}}}}}}}"#
        );
        let loaded = load::alone("t.json", document.as_bytes()).unwrap();
        loaded.service.operation("GET /a").unwrap().clone()
    }

    #[test]
    fn every_call_is_valid_and_the_failing_one_is_the_smallest() {
        let operation = operation(
            r#"{"name":"n","in":"query","schema":{"type":"integer","minimum":3,"maximum":900}},
            {"name":"s","in":"query","schema":{"type":"string","minLength":2}}"#,
        );
        let config = Config { failure_persistence: None, cases: 200, ..Config::default() };
        let failed = TestRunner::new(config).run(&strategy(&operation), |call| {
            assert!(confirm::confirms(&operation, &call));
            let n = call.query.iter().find(|(name, _)| name == "n").map(|(_, n)| n.to_string());
            proptest::prop_assert!(n.is_none_or(|n| n.len() < 2), "two digits");
            Ok(())
        });
        let Err(TestError::Fail(_, call)) = failed else { panic!("{failed:?}") };
        assert_eq!(call.query, [("n".to_owned(), 10.into())]);
    }

    #[test]
    fn a_contract_that_allows_nothing_is_refused_by_name() {
        let operation = operation(r#"{"name":"n","in":"query","required":true,"schema":false}"#);
        let refused = strategy(&operation).new_tree(&mut TestRunner::deterministic()).err();
        let refused = refused.map(|reason| reason.message().to_owned());
        assert_eq!(refused.as_deref(), Some("no valid input was found for GET /a"));
    }

    /// What becomes of a body that needs so much nesting, on a thread with the stack of a test's: the
    /// depth of what is drawn and shrunk, or why nothing is.
    fn on_a_small_stack(levels: usize) -> Result<usize, String> {
        let mut schemas = r#""S0":{"type":"integer"}"#.to_owned();
        for level in 1..=levels {
            let below = format!(r##"{{"$ref":"#/components/schemas/S{}"}}"##, level - 1);
            let object =
                format!(r#"{{"type":"object","required":["a"],"properties":{{"a":{below}}}}}"#);
            schemas += &format!(r#","S{level}":{object}"#);
        }
        let body = format!(r##"{{"schema":{{"$ref":"#/components/schemas/S{levels}"}}}}"##);
        let document = format!(
            r#"{{"openapi":"3.1.0","info":{{"title":"t","version":"1"}},
            "components":{{"schemas":{{{schemas}}}}},"paths":{{"/a":{{"post":{{"requestBody":
            {{"required":true,"content":{{"application/json":{body}}}}},"responses":{{}}}}}}}}}}"#
        );
        let shrunk = move || {
            let loaded = load::alone("t.json", document.as_bytes()).map_err(|e| e.to_string())?;
            let operation = loaded.service.operation("POST /a").ok_or("no such operation")?;
            let tree = strategy(operation).new_tree(&mut TestRunner::deterministic());
            let mut tree = tree.map_err(|reason| reason.message().to_owned())?;
            while tree.simplify() {}
            let call = tree.current();
            let mut value = call.body.as_ref().and_then(|body| body.value());
            let mut depth = 0;
            while let Some(inner) = value.and_then(|value| value.get("a")) {
                (value, depth) = (Some(inner), depth + 1);
            }
            Ok(depth)
        };
        std::thread::Builder::new().stack_size(2 << 20).spawn(shrunk).unwrap().join().unwrap()
    }

    #[test]
    fn what_nests_deep_does_not_exhaust_the_stack_of_a_test() {
        assert_eq!(on_a_small_stack(100), Ok(100));
        let refused = Err("no valid input was found for POST /a".to_owned());
        assert_eq!(on_a_small_stack(1_000), refused);
    }

    #[test]
    fn one_seed_gives_one_sequence_of_calls() {
        let operation = operation(r#"{"name":"n","in":"query","schema":{"type":"integer"}}"#);
        let draw = || {
            let mut runner = TestRunner::deterministic();
            let calls = strategy(&operation);
            (0..20).map(|_| calls.new_tree(&mut runner).unwrap().current()).collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
    }
}
