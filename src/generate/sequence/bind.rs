//! Where the values of a call come from: earlier answers, what an earlier call was given.

use super::build::Builder;
use crate::case::{self, Call};
use crate::choice::{Draw, Source};
use crate::spec::graph::{Edge, EdgeId, Given};
use crate::value::{Reference, Symbol, Value};

/// An edge has to be believed so far for a call to be made for it where the place is optional.
const WORTH_A_CALL: f64 = 0.35;

/// How often a place that could take a value of an earlier answer does.
const TAKES: f64 = 0.8;

impl Builder<'_> {
    /// Gives a call what it takes from earlier ones; makes what its path needs.
    pub(super) fn bind(
        &mut self,
        operation: usize,
        call: &mut Call,
        depth: usize,
        source: &mut Source<'_>,
    ) -> Draw<()> {
        let graph = self.service.graph();
        let allowed = |(_, edge): &(EdgeId, &Edge)| !self.known.denied.contains(&edge.from);
        let edges: Vec<(EdgeId, &Edge)> = graph.producers(operation).filter(allowed).collect();
        let mut from = 0;
        while from < edges.len() {
            let place = edges[from].1.place.as_str();
            let to = from + edges[from..].iter().take_while(|(_, e)| e.place == place).count();
            let mut here: Vec<(f64, &Edge)> = edges[from..to]
                .iter()
                .map(|(id, edge)| (self.known.belief(*id, edge.belief), *edge))
                .collect();
            here.sort_by(|a, b| b.0.total_cmp(&a.0));
            from = to;
            let in_path = self.service.operations[operation].is_in_path(place);
            self.bind_place(call, (place, in_path), &here, depth, source)?;
        }
        Ok(())
    }

    fn bind_place(
        &mut self,
        call: &mut Call,
        (place, in_path): (&str, bool),
        edges: &[(f64, &Edge)],
        depth: usize,
        source: &mut Source<'_>,
    ) -> Draw<()> {
        let there = case::value_at(call, place).is_some();
        if !in_path && (!there || !source.bool(TAKES)?) {
            return Ok(());
        }
        let made = |builder: &Self, edge: &Edge| builder.latest(edge.from);
        let mut found = edges.iter().find_map(|(_, edge)| Some((*edge, made(self, edge)?)));
        if found.is_none()
            && let Some((belief, edge)) = edges.first()
            && depth > 0
            && (in_path || *belief >= WORTH_A_CALL)
        {
            self.call(edge.from, depth - 1, false, source)?;
            found = made(self, edge).map(|step| (*edge, step));
        }
        let Some((edge, mut step)) = found else { return Ok(()) };
        // Now and then an earlier one of several.
        let all: Vec<usize> = self.all(edge.from).collect();
        if all.len() > 1 && source.bool(0.15)? {
            step = all[source.branch(all.len())?];
        }
        if let Some(value) = self.given(edge, step) {
            case::set_value_at(call, place, Some(value));
        }
        Ok(())
    }

    /// What an edge takes from a step.
    fn given(&self, edge: &Edge, step: usize) -> Option<Value> {
        let producer = self.steps.get(step)?;
        Some(match &edge.given {
            Given::Answer { source, matching } => {
                Value::Symbol(Box::new(Symbol::From(Reference {
                    call: producer.call.id.clone(),
                    source: source.clone(),
                    matching: matching.clone(),
                })))
            }
            Given::Input(place) => case::value_at(&producer.call, place)?.clone(),
        })
    }
}
