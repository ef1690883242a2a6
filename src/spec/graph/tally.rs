//! Edges as they are found: one per place and producer, the best of them.

use std::collections::HashMap;

use super::scalar::Scalar;
use super::survey::{Part, Survey, Taken, Told};
use super::{Edge, Given, Why};
use crate::spec::Operation;

/// So many producers are kept for a place, the most believed ones; those that the document or a
/// person named are always kept.
const MOST: usize = 6;
/// From here on an edge is no guess.
const CERTAIN: f64 = 0.9;
/// A producer that is believed this much less than the best is not worth a try; what is certain counts
/// as the best guess here.
const WORTH: f64 = 0.75;
const BEST: f64 = 0.8;
/// How much less is believed what an answer only mentions, and what it lists.
const MENTIONED: f64 = 0.7;
const LISTED: f64 = 0.85;

/// All edges found so far.
pub(super) struct Tally<'t, 's> {
    survey: &'t Survey<'s>,
    best: HashMap<(usize, String), Vec<Edge>>,
    /// Creates of collections in which a place of theirs names another of the kind.
    circles: Vec<(usize, String)>,
}

impl<'t, 's> Tally<'t, 's> {
    pub(super) fn new(survey: &'t Survey<'s>) -> Self {
        Self { survey, best: HashMap::new(), circles: Vec::new() }
    }

    /// Takes in an edge, where nothing better is known of its ends.
    pub(super) fn add(&mut self, edge: Edge) {
        if edge.from == edge.to && !self.circles.contains(&(edge.to, edge.place.clone())) {
            return;
        }
        let edges = self.best.entry((edge.to, edge.place.clone())).or_default();
        match edges.iter_mut().find(|known| known.from == edge.from) {
            Some(known) if known.belief < edge.belief => *known = edge,
            Some(_) => {}
            None => edges.push(edge),
        }
    }

    /// Lets an operation fill a place of its own: there things nest in their like.
    pub(super) fn allow_circle(&mut self, operation: usize, place: &str) {
        self.circles.push((operation, place.to_owned()));
    }

    /// Adds an edge from everything that goes under a name and has the right type. Gives whether
    /// there was anything.
    pub(super) fn offer(&mut self, taken: &Taken<'_>, key: &str, why: &Why, belief: f64) -> bool {
        self.offer_where(taken, key, why, belief, |_| true)
    }

    /// The same for what goes under its own name, not for what only mentions it.
    pub(super) fn offer_own(
        &mut self,
        taken: &Taken<'_>,
        key: &str,
        why: &Why,
        belief: f64,
    ) -> bool {
        self.offer_where(taken, key, why, belief, |own| own)
    }

    fn offer_where(
        &mut self,
        taken: &Taken<'_>,
        key: &str,
        why: &Why,
        belief: f64,
        wanted: impl Fn(bool) -> bool,
    ) -> bool {
        let mut any = false;
        for (told, own) in self.survey.named(key).filter(|(_, own)| wanted(*own)) {
            let Some(fit) = fit(told, taken) else { continue };
            let listed = if told.listed { LISTED } else { 1.0 };
            let mentioned = if own { 1.0 } else { MENTIONED };
            any = true;
            self.add(Edge {
                from: told.operation,
                given: Given::body(&told.pointer),
                to: taken.operation,
                place: taken.place.clone(),
                why: why.clone(),
                belief: belief * fit * listed * mentioned,
            });
        }
        any
    }

    /// Removes the edges that are not wanted.
    pub(super) fn retain(&mut self, mut wanted: impl FnMut(&Edge) -> bool) {
        self.best.values_mut().for_each(|edges| edges.retain(&mut wanted));
    }

    /// The edges by who takes, place, and belief; what creates comes before what shows.
    pub(super) fn edges(self) -> Vec<Edge> {
        let operations = &self.survey.service.operations;
        let shows = |edge: &Edge| operations.get(edge.from).is_none_or(Operation::is_safe);
        let mut all: Vec<Edge> = Vec::new();
        for mut edges in self.best.into_values() {
            edges.sort_by(|a, b| {
                let order = b.belief.total_cmp(&a.belief);
                order.then(shows(a).cmp(&shows(b))).then(a.from.cmp(&b.from))
            });
            let best = edges.first().map_or(0.0, |edge| edge.belief).min(BEST);
            let kept = edges.into_iter().enumerate().filter(|(at, edge)| {
                edge.belief > CERTAIN || *at < MOST && edge.belief >= best * WORTH
            });
            all.extend(kept.map(|(_, edge)| edge));
        }
        // Stable: within a place the order stands.
        all.sort_by(|a, b| a.to.cmp(&b.to).then_with(|| a.place.cmp(&b.place)));
        all
    }
}

/// How far what an answer tells can stand at a place.
pub(super) fn fit(told: &Told<'_>, taken: &Taken<'_>) -> Option<f64> {
    fits(told.scalar, taken)
}

pub(super) fn fits(scalar: Scalar<'_>, taken: &Taken<'_>) -> Option<f64> {
    scalar.fits(taken.scalar, !matches!(taken.part, Part::Body(_)))
}
