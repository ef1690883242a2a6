//! Texts that match regular expressions, by construction.
//!
//! A [`Texts`] is made once for a schema. It draws from the most selective of its patterns, within
//! the bounds of length, and judges by the others; where a pattern has look-around, it draws from
//! the pattern without it, or with what it asks for in its place, and judges the result.

mod edges;
mod exact;
mod lift;
mod plan;
mod ranked;

use std::sync::Arc;

use crate::choice::{Draw, Item, Label, Overrun, Rng, Source};
use crate::schema::pattern::{Class, Pattern};
use crate::value::Text;
pub use exact::Exact;
use plan::{Next, Part, Plan, Room, next, room_of_next};
use ranked::Ranked;

/// How often a draw is tried that cannot be right by construction alone.
const ATTEMPTS: usize = 1000;

/// How often a draw is tried whose only doubt is its length.
const ATTEMPTS_FOR_LENGTH: usize = 20;

/// Texts of a length that match all of some patterns.
#[derive(Debug)]
pub struct Texts {
    patterns: Vec<Arc<Pattern>>,
    plan: Plan,
    /// What each drawn text is judged by.
    judges: Vec<Arc<Pattern>>,
    room: Room,
}

impl Texts {
    /// The texts of `min..=max` code points that match all patterns; `None` where there are no
    /// patterns or one of them cannot give a text of that length.
    pub fn new(patterns: &[Arc<Pattern>], min: usize, max: usize) -> Option<Self> {
        let room = Room { low: min, high: max };
        // What one pattern has no character for, no text of all of them can hold.
        let alphabet = patterns
            .iter()
            .fold(Class::any(), |all, pattern| all.intersection(&pattern.alphabet()));
        let candidates: Vec<Self> = patterns
            .iter()
            .enumerate()
            .map(|(lead, pattern)| {
                let plan = Plan::new(pattern.tree(), &alphabet).filter(|plan| room.fits(plan))?;
                let judged = |(index, other): (usize, &Arc<Pattern>)| {
                    (index != lead || !other.is_exact()).then(|| other.clone())
                };
                let judges = patterns.iter().enumerate().filter_map(judged).collect();
                Some(Self { patterns: patterns.to_vec(), plan, judges, room })
            })
            .collect::<Option<_>>()?;
        if candidates.len() == 1 {
            return candidates.into_iter().next();
        }
        // The most selective one is the one whose texts the others let pass.
        candidates.into_iter().rev().max_by_key(|texts| {
            (0..32)
                .filter(|seed| {
                    let source = Source::random(Rng::new(*seed));
                    source
                        .run(|source| texts.draw_once(source))
                        .is_ok_and(|(text, _)| texts.holds(&text))
                })
                .count()
        })
    }

    /// Draws one of the texts.
    ///
    /// # Errors
    /// None was found in many attempts.
    pub fn draw(&self, source: &mut Source<'_>) -> Draw<Text> {
        let times = if self.judges.is_empty() { ATTEMPTS_FOR_LENGTH } else { ATTEMPTS };
        source.attempt(times, |source, last| {
            let text = self.draw_once(source)?;
            Ok((last && source.is_replay() || self.holds(&text)).then_some(text))
        })
    }

    /// Appends the choices that draw exactly this text; `false`, and nothing appended, where it
    /// cannot be drawn.
    pub fn lift(&self, text: &Text, items: &mut Vec<Item>) -> bool {
        self.holds(text) && lift::lift(&self.plan, self.room, text, items)
    }

    fn holds(&self, text: &Text) -> bool {
        (self.room.low..=self.room.high).contains(&text.len())
            && self.judges.iter().all(|judge| judge.matches(text))
    }

    fn draw_once(&self, source: &mut Source<'_>) -> Draw<Text> {
        self.draw_within(source, self.room)
    }

    fn draw_within(&self, source: &mut Source<'_>, room: Room) -> Draw<Text> {
        let mut sheet = Sheet { points: Vec::with_capacity(32), classes: None };
        draw(&self.plan, source, room, &mut sheet)?;
        Ok(Text::from_code_points(sheet.points))
    }
}

/// What is drawn on.
struct Sheet<'p> {
    points: Vec<u32>,
    /// Which choices are of which classes, where that is asked for.
    classes: Option<Vec<(usize, &'p Ranked)>>,
}

fn draw<'p>(
    plan: &'p Plan,
    source: &mut Source<'_>,
    room: Room,
    sheet: &mut Sheet<'p>,
) -> Draw<()> {
    match &plan.part {
        Part::Literal(text) => sheet.points.extend(text),
        Part::Class(class) => {
            if let Some(classes) = &mut sheet.classes {
                classes.push((source.drawn(), class));
            }
            sheet.points.push(draw_point(class, source)?);
        }
        Part::Concat(steps) => {
            let start = sheet.points.len();
            for step in steps {
                let room = room.after(sheet.points.len() - start).of_step(step);
                draw(&step.plan, source, room, sheet)?;
            }
        }
        Part::Alternate(branches) => {
            let branch = draw_branch(branches, source, room)?;
            source.span(Label::Alternative, |source| draw(branch, source, room, sheet))?;
        }
        Part::Repeat { plan, min, max } => {
            let start = sheet.points.len();
            let more = likelihood_of_more(*min, *max);
            for count in 0.. {
                let before = sheet.points.len();
                let room = room.after(before - start);
                let next = next(plan, *min, *max, count, room);
                if next == Next::Stop {
                    break;
                }
                let inner = room_of_next(plan, *min, *max, count, room);
                let went_on = source.span(Label::Element, |source| {
                    if next == Next::Free && !source.bool(more)? {
                        return Ok(false);
                    }
                    draw(plan, source, inner, sheet)?;
                    Ok(true)
                })?;
                // A replay may have made an element empty that was to fill the length.
                if !went_on || sheet.points.len() == before && count >= *min {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Few characters are as likely each; of many, simple ones are more likely.
fn draw_point(class: &Ranked, source: &mut Source<'_>) -> Draw<u32> {
    let count = class.count();
    let index = match count {
        0 | 1 => 0,
        2..=128 => source.uniform(count as u128)? as usize,
        _ => source.int(0, count as i128 - 1, 0)? as usize,
    };
    Ok(class.at(index))
}

fn draw_branch<'p>(branches: &'p [Plan], source: &mut Source<'_>, room: Room) -> Draw<&'p Plan> {
    let index = if branches.iter().all(|branch| room.fits(branch)) {
        source.branch(branches.len())?
    } else {
        let fitting: Vec<usize> =
            (0..branches.len()).filter(|index| room.fits(&branches[*index])).collect();
        source.branch_among(branches.len(), &fitting)?
    };
    branches.get(index).ok_or(Overrun)
}

fn likelihood_of_more(min: usize, max: usize) -> f64 {
    let usual = ((max.saturating_sub(min)) as f64 / 2.0).min(4.0);
    usual / (1.0 + usual)
}

#[cfg(test)]
mod tests;
