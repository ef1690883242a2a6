//! Ids of steps by their place: `s1`, `s2`, … as a person would number them.

use super::{Call, Case, Perturbation, Step};
use crate::value::{Symbol, Value};

/// Which id stands for which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renaming {
    /// The old one, then the new one.
    ids: Vec<(String, String)>,
    /// What the names of values that are new in each execution get behind them.
    mark: &'static str,
}

impl Renaming {
    /// The new id; the same one where it is not renamed.
    pub fn of<'i>(&'i self, id: &'i str) -> &'i str {
        self.ids.iter().find(|(old, _)| old == id).map_or(id, |(_, new)| new)
    }

    /// A place with its call, `s3/json/qty`, by the new id.
    pub fn place(&self, place: &str) -> String {
        let (id, rest) = place.split_once('/').map_or((place, None), |(id, rest)| (id, Some(rest)));
        rest.map_or_else(|| self.of(id).to_owned(), |rest| format!("{}/{rest}", self.of(id)))
    }

    fn call(&self, call: &mut Call) {
        call.id = self.of(&call.id).to_owned();
        call.same = call.same.take().map(|same| self.of(&same).to_owned());
        let lists = [&mut call.path, &mut call.query, &mut call.headers, &mut call.cookies];
        let values = lists.into_iter().flatten().map(|(_, value)| value);
        let body = call.body.as_mut().and_then(|body| body.value_mut());
        values.chain(body).for_each(|value| self.value(value));
        for perturbation in &mut call.perturb {
            if let Perturbation::Hold { until, .. } = perturbation {
                *until = self.of(until).to_owned();
            }
        }
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(object) => object.iter_mut().for_each(|(_, value)| self.value(value)),
            Value::Symbol(symbol) => match &mut **symbol {
                Symbol::From(reference) => reference.call = self.of(&reference.call).to_owned(),
                Symbol::Fresh(fresh) => fresh.name.push_str(self.mark),
                Symbol::Join(parts) => parts.iter_mut().for_each(|part| self.value(part)),
                _ => {}
            },
            _ => {}
        }
    }
}

impl Case {
    /// The case with its steps numbered in order, and what was called how. Calls of a group keep their
    /// own ids.
    pub fn numbered(&self) -> (Self, Renaming) {
        let numbers = self.steps.iter().zip(1..);
        let all = numbers.map(|(step, number)| (step.id().to_owned(), format!("s{number}")));
        let ids = all.filter(|(old, new)| old != new).collect();
        let renaming = Renaming { ids, ..Renaming::default() };
        if renaming.ids.is_empty() {
            return (self.clone(), renaming);
        }
        (self.renamed(&renaming), renaming)
    }

    /// The same about other things: its ids, and the names of what is new in each execution, end with
    /// this mark.
    #[must_use]
    pub fn copied(&self, mark: &'static str) -> Self {
        let steps = self.steps.iter().map(Step::id);
        let ids = steps.chain(self.calls().map(|call| &*call.id));
        let ids = ids.map(|id| (id.to_owned(), format!("{id}{mark}"))).collect();
        self.renamed(&Renaming { ids, mark })
    }

    fn renamed(&self, renaming: &Renaming) -> Self {
        let mut case = self.clone();
        for step in &mut case.steps {
            match step {
                Step::Call(call) => renaming.call(call),
                Step::Together(group) => {
                    group.id = renaming.of(&group.id).to_owned();
                    group.calls.iter_mut().for_each(|call| renaming.call(call));
                }
            }
        }
        case
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Reference, read};

    fn call(id: &str, from: &str) -> Step {
        let from = Symbol::From(Reference::parse(from).unwrap());
        let path = vec![("id".to_owned(), Value::Symbol(Box::new(from)))];
        Step::Call(Call { id: id.to_owned(), path, ..Call::default() })
    }

    #[test]
    fn references_follow_their_calls() {
        let steps = vec![call("s4", "x/status"), call("s2", "s4/body/id"), call("s3", "s2/status")];
        let (case, renaming) = Case { steps, ..Case::default() }.numbered();
        let ids: Vec<&str> = case.calls().map(|call| &*call.id).collect();
        assert_eq!(ids, ["s1", "s2", "s3"]);
        let of: Vec<Vec<&str>> = case.calls().map(Call::references).collect();
        assert_eq!(of, [["x"], ["s1"], ["s2"]]);
        assert_eq!(renaming.place("s4/json/qty"), "s1/json/qty");
        assert_eq!(renaming.place("s3"), "s3");
    }

    #[test]
    fn a_copy_is_about_other_things() {
        let fresh = read::json(br#"{"$fresh":"n1"}"#).unwrap();
        let path = vec![("id".to_owned(), Value::from_file(&fresh).unwrap())];
        let make = Call { id: "s1".to_owned(), path, ..Call::default() };
        let case =
            Case { steps: vec![Step::Call(make), call("s2", "s1/body/id")], ..Case::default() };
        let copy = case.copied("x");
        let ids: Vec<&str> = copy.calls().map(|call| &*call.id).collect();
        assert_eq!(ids, ["s1x", "s2x"]);
        assert_eq!(copy.call("s2x").unwrap().references(), ["s1x"]);
        let name = copy.call("s1x").unwrap().path[0].1.to_file().to_string();
        assert_eq!(name, r#"{"$fresh":"n1x"}"#);
    }

    #[test]
    fn parts_of_compound_values_are_renamed_too() {
        let file = read::json(br#"{"a":[{"$join":["x",{"$from":"s9/body"}]}]}"#).unwrap();
        let body = super::super::Body::Json(Value::from_file(&file).unwrap());
        let make = Call { id: "s9".to_owned(), ..Call::default() };
        let take = Call { id: "s1".to_owned(), body: Some(body), ..Call::default() };
        let steps = vec![Step::Call(make), Step::Call(take)];
        let (case, _) = Case { steps, ..Case::default() }.numbered();
        assert_eq!(case.call("s2").unwrap().references(), ["s1"]);
    }
}
