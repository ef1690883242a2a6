//! A pattern's tree made ready to draw by: lengths known, characters ranked.

use super::ranked::Ranked;
use crate::schema::pattern::{Class, Tree};

/// A part of a text, and how long it can be.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) part: Part,
    /// Least length in code points.
    pub(super) min: usize,
    /// Greatest length in code points; `usize::MAX` for none.
    pub(super) max: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Part {
    /// Always this text.
    Literal(Vec<u32>),
    /// One of several code points.
    Class(Ranked),
    /// One after the other.
    Concat(Vec<Step>),
    /// One of several.
    Alternate(Vec<Plan>),
    /// Again and again.
    Repeat { plan: Box<Plan>, min: usize, max: usize },
}

/// A part of a concatenation, and how long what follows it can be.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) plan: Plan,
    pub(super) min_after: usize,
    pub(super) max_after: usize,
}

impl Plan {
    /// The plan of a tree's texts over an alphabet; `None` where there are none.
    pub(super) fn new(tree: &Tree, alphabet: &Class) -> Option<Self> {
        match tree {
            Tree::Class(class) => {
                let class = &class.intersection(alphabet);
                if let Some(point) = class.single().filter(|point| char::from_u32(*point).is_some())
                {
                    return Some(Self::literal(vec![point]));
                }
                let ranked = Ranked::new(class);
                (ranked.count() > 0).then_some(Self { part: Part::Class(ranked), min: 1, max: 1 })
            }
            Tree::Concat(parts) => Self::concat(parts, alphabet),
            Tree::Alternate(branches) => {
                let branches: Vec<Self> =
                    branches.iter().filter_map(|branch| Self::new(branch, alphabet)).collect();
                let min = branches.iter().map(|branch| branch.min).min()?;
                let max = branches.iter().map(|branch| branch.max).max()?;
                Some(Self { part: Part::Alternate(branches), min, max })
            }
            Tree::Repeat { tree, min, max } => {
                let (min, max) = (*min as usize, max.map_or(usize::MAX, |max| max as usize));
                let Some(plan) = Self::new(tree, alphabet) else {
                    return (min == 0).then(|| Self::literal(Vec::new()));
                };
                let longest = if plan.max == 0 { 0 } else { plan.max.saturating_mul(max) };
                let shortest = plan.min.saturating_mul(min);
                let part = Part::Repeat { plan: Box::new(plan), min, max };
                Some(Self { part, min: shortest, max: longest })
            }
        }
    }

    fn literal(text: Vec<u32>) -> Self {
        let length = text.len();
        Self { part: Part::Literal(text), min: length, max: length }
    }

    fn concat(parts: &[Tree], alphabet: &Class) -> Option<Self> {
        let mut plans: Vec<Self> = Vec::with_capacity(parts.len());
        for part in parts {
            let plan = Self::new(part, alphabet)?;
            match (plans.last_mut(), plan) {
                (
                    Some(Self { part: Part::Literal(before), min, max }),
                    Self { part: Part::Literal(text), .. },
                ) => {
                    before.extend(text);
                    (*min, *max) = (before.len(), before.len());
                }
                (_, plan) => plans.push(plan),
            }
        }
        if plans.len() == 1 {
            return plans.pop();
        }
        let (mut min, mut max) = (0_usize, 0_usize);
        let mut steps = Vec::with_capacity(plans.len());
        for plan in plans.into_iter().rev() {
            let step = Step { plan, min_after: min, max_after: max };
            min = min.saturating_add(step.plan.min);
            max = max.saturating_add(step.plan.max);
            steps.push(step);
        }
        steps.reverse();
        Some(Self { part: Part::Concat(steps), min, max })
    }
}

/// What a repeat does next, given how often it was drawn, how much text it gave, and what is wanted.
///
/// Drawing and lifting both go by this, so that they agree on which bits are choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Once more, and there is no choice.
    Forced,
    /// Once more if the bit says so.
    Free,
    /// No more, and there is no choice.
    Stop,
}

/// The lengths that a part may have, `low..=high` code points.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) low: usize,
    pub(super) high: usize,
}

impl Room {
    /// What is left of it after so many code points.
    pub(super) fn after(self, drawn: usize) -> Self {
        Self { low: self.low.saturating_sub(drawn), high: self.high.saturating_sub(drawn) }
    }

    /// The room of a step within what is left for it and all that follows.
    pub(super) fn of_step(self, step: &Step) -> Self {
        let low = self.low.saturating_sub(step.max_after);
        let high = self.high.saturating_sub(step.min_after);
        Self { low, high }
    }

    /// Whether a part fits.
    pub(super) fn fits(self, plan: &Plan) -> bool {
        plan.min <= self.high && plan.max >= self.low
    }
}

/// What a repeat of `plan` does after `count` times, with this room left.
pub(super) fn next(plan: &Plan, min: usize, max: usize, count: usize, room: Room) -> Next {
    if count < min {
        return Next::Forced;
    }
    if count >= max || plan.max == 0 || room.high < plan.min.max(1) {
        return Next::Stop;
    }
    if room.low > 0 { Next::Forced } else { Next::Free }
}

/// The room of one more time, with this room left for it and all that follow.
pub(super) fn room_of_next(plan: &Plan, min: usize, max: usize, count: usize, room: Room) -> Room {
    let most_after = plan.max.saturating_mul(max.saturating_sub(count + 1));
    let least_after = plan.min.saturating_mul(min.saturating_sub(count + 1));
    // What is not owed is there to add text.
    let useful = usize::from(count >= min && plan.max > 0);
    let low = room.low.saturating_sub(most_after).max(useful);
    Room { low, high: room.high.saturating_sub(least_after) }
}
