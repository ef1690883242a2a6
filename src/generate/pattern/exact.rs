//! Texts of a given length, however long, made without choices.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::Texts;
use super::plan::{Next, Part, Plan, Room, next, room_of_next};
use crate::choice::{Rng, Source};
use crate::value::Text;

/// How often a text is searched for at random, and where look-around or several patterns must agree.
const ATTEMPTS: u64 = 20;
const ATTEMPTS_WHERE_JUDGED: u64 = 200;

/// Longer texts are not searched for at random.
const LONGEST_SEARCHED: usize = 4096;

/// The simplest text of a length that patterns ask for, which need not be a length that they come with.
#[derive(Clone, Debug)]
pub struct Exact {
    texts: Arc<Texts>,
    length: usize,
}

impl Exact {
    /// `None` where the patterns cannot give a text of that length.
    pub fn new(texts: &Arc<Texts>, length: usize) -> Option<Self> {
        let room = Room { low: length, high: length };
        room.fits(&texts.plan).then(|| Self { texts: Arc::clone(texts), length })
    }

    /// The text, where there is one after all.
    pub fn text(&self) -> Option<Text> {
        self.texts.of_length(self.length)
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.texts, &other.texts) && self.length == other.length
    }
}

impl Eq for Exact {}

impl Hash for Exact {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (Arc::as_ptr(&self.texts), self.length).hash(state);
    }
}

impl Texts {
    /// The simplest text of exactly this length; `None` where none is found.
    pub(super) fn of_length(&self, length: usize) -> Option<Text> {
        let room = Room { low: length, high: length };
        if !room.fits(&self.plan) {
            return None;
        }
        let right = |text: &Text| text.len() == length && self.matches(text);
        let mut points = Vec::with_capacity(length);
        fill(&self.plan, room, &mut points);
        let simplest = Some(Text::from_code_points(points)).filter(right);
        simplest.or_else(|| {
            let drawn = |seed| {
                let source = Source::random(Rng::new(seed));
                source.run(|source| self.draw_within(source, room)).ok().map(|(text, _)| text)
            };
            let attempts = if self.judges.is_empty() { ATTEMPTS } else { ATTEMPTS_WHERE_JUDGED };
            let mut seeds = 0..if length <= LONGEST_SEARCHED { attempts } else { 0 };
            seeds.find_map(|seed| drawn(seed).filter(right))
        })
    }
}

/// Writes the simplest text of a plan that keeps to the room: what drawing gives where every choice is
/// the simplest.
fn fill(plan: &Plan, room: Room, points: &mut Vec<u32>) {
    match &plan.part {
        Part::Literal(text) => points.extend(text),
        Part::Class(class) => points.push(class.at(0)),
        Part::Concat(steps) => {
            let start = points.len();
            for step in steps {
                fill(&step.plan, room.after(points.len() - start).of_step(step), points);
            }
        }
        Part::Alternate(branches) => {
            let fitting = branches.iter().find(|branch| room.fits(branch));
            if let Some(branch) = fitting.or_else(|| branches.first()) {
                fill(branch, room, points);
            }
        }
        Part::Repeat { plan, min, max } => {
            let start = points.len();
            for count in 0.. {
                let before = points.len();
                let room = room.after(before - start);
                if next(plan, *min, *max, count, room) != Next::Forced {
                    break;
                }
                fill(plan, room_of_next(plan, *min, *max, count, room), points);
                if points.len() == before && count >= *min {
                    break;
                }
            }
        }
    }
}
