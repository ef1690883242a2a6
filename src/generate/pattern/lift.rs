//! From a text back to the choices that draw it: a parse by the plan, with backtracking.

use super::plan::{Next, Part, Plan, Room, next, room_of_next};
use super::ranked::Ranked;
use crate::choice::{Choice, Item};
use crate::value::Text;

/// Parsing is given up after so many steps: nested repeats can be ambiguous without end.
const MOST_STEPS: usize = 50_000;

/// Parsing is given up at this depth, so that long texts cannot exhaust the stack.
const DEEPEST: usize = 600;

/// What follows a part: whether it can be parsed from this place.
type Rest<'r, 't> = &'r mut dyn FnMut(&mut Parser<'t>, usize) -> bool;

struct Parser<'t> {
    points: &'t [u32],
    items: Vec<Item>,
    steps: usize,
    depth: usize,
}

/// Appends the choices that draw `text` within `room`; `false` where none do.
pub(super) fn lift(plan: &Plan, room: Room, text: &Text, items: &mut Vec<Item>) -> bool {
    let points: Vec<u32> = text.code_points().collect();
    let end = points.len();
    let mut parser = Parser { points: &points, items: Vec::new(), steps: 0, depth: 0 };
    let found = parser.parse(plan, 0, room, &mut |_, at| at == end);
    if found {
        items.append(&mut parser.items);
    }
    found
}

impl<'t> Parser<'t> {
    /// Parses a part that begins at `at` and then the rest; leaves no items where that fails.
    fn parse(&mut self, plan: &Plan, at: usize, room: Room, rest: Rest<'_, 't>) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS || self.depth > DEEPEST {
            return false;
        }
        self.depth += 1;
        let items = self.items.len();
        let found = self.parse_part(&plan.part, at, room, rest);
        if !found {
            self.items.truncate(items);
        }
        self.depth -= 1;
        found
    }

    fn parse_part(&mut self, part: &Part, at: usize, room: Room, rest: Rest<'_, 't>) -> bool {
        match part {
            Part::Literal(text) => {
                self.points[at..].starts_with(text) && rest(self, at + text.len())
            }
            Part::Class(class) => self.take(class, at) && rest(self, at + 1),
            Part::Concat(steps) => self.concat(steps, at, at, room, rest),
            Part::Alternate(branches) => (0..branches.len()).any(|index| {
                let items = self.items.len();
                if branches.len() > 1 {
                    self.items.push(Item::Choice(Choice::Branch(index as u32)));
                }
                let found = self.parse(&branches[index], at, room, rest);
                if !found {
                    self.items.truncate(items);
                }
                found
            }),
            Part::Repeat { plan, min, max } => match &plan.part {
                Part::Class(class) => {
                    self.repeat_class(&Repeat { plan, min: *min, max: *max }, class, at, room, rest)
                }
                _ => self.repeat(&Repeat { plan, min: *min, max: *max }, at, at, 0, room, rest),
            },
        }
    }

    /// Takes the code point at `at`, where it is in the class.
    fn take(&mut self, class: &Ranked, at: usize) -> bool {
        let Some(index) = self.points.get(at).and_then(|point| class.index(*point)) else {
            return false;
        };
        if class.count() > 1 {
            self.items.push(Item::Choice(Choice::Int(index as i128)));
        }
        true
    }

    fn concat(
        &mut self,
        steps: &[super::plan::Step],
        start: usize,
        at: usize,
        room: Room,
        rest: Rest<'_, 't>,
    ) -> bool {
        let Some((step, after)) = steps.split_first() else { return rest(self, at) };
        let inner = room.after(at - start).of_step(step);
        self.parse(&step.plan, at, inner, &mut |parser, next| {
            parser.concat(after, start, next, room, rest)
        })
    }

    /// A repeat of single characters: as many as there are, then fewer; needs no depth.
    fn repeat_class(
        &mut self,
        repeat: &Repeat<'_>,
        class: &Ranked,
        at: usize,
        room: Room,
        rest: Rest<'_, 't>,
    ) -> bool {
        // The number of items after each count.
        let mut marks = vec![self.items.len()];
        while repeat.next(marks.len() - 1, room.after(marks.len() - 1)) != Next::Stop {
            let count = marks.len() - 1;
            if repeat.next(count, room.after(count)) == Next::Free {
                self.items.push(Item::Choice(Choice::Bool(true)));
            }
            if !self.take(class, at + count) {
                break;
            }
            marks.push(self.items.len());
        }
        while let Some(mark) = marks.pop() {
            self.items.truncate(mark);
            let count = marks.len();
            self.steps += 1;
            match repeat.next(count, room.after(count)) {
                Next::Forced => continue,
                Next::Free => self.items.push(Item::Choice(Choice::Bool(false))),
                Next::Stop => {}
            }
            if self.steps <= MOST_STEPS && rest(self, at + count) {
                return true;
            }
        }
        false
    }

    fn repeat(
        &mut self,
        repeat: &Repeat<'_>,
        start: usize,
        at: usize,
        count: usize,
        room: Room,
        rest: Rest<'_, 't>,
    ) -> bool {
        let left = room.after(at - start);
        let next = repeat.next(count, left);
        let items = self.items.len();
        if next != Next::Stop {
            if next == Next::Free {
                self.items.push(Item::Choice(Choice::Bool(true)));
            }
            let inner = room_of_next(repeat.plan, repeat.min, repeat.max, count, left);
            let owed = count < repeat.min;
            let more = self.parse(repeat.plan, at, inner, &mut |parser, after| {
                (after > at || owed) && parser.repeat(repeat, start, after, count + 1, room, rest)
            });
            if more {
                return true;
            }
            self.items.truncate(items);
        }
        match next {
            Next::Forced => false,
            Next::Free => {
                self.items.push(Item::Choice(Choice::Bool(false)));
                rest(self, at)
            }
            Next::Stop => rest(self, at),
        }
    }
}

struct Repeat<'p> {
    plan: &'p Plan,
    min: usize,
    max: usize,
}

impl Repeat<'_> {
    fn next(&self, count: usize, room: Room) -> Next {
        next(self.plan, self.min, self.max, count, room)
    }
}
