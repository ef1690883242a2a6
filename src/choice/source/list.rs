//! Lists: elements that can be deleted one by one while what follows stays aligned.

use super::{Draw, Mode, Source};
use crate::choice::{Choice, Domain, Item, Label};

impl Source<'_> {
    /// A list of `min..=max` elements, about `usual` more than `min` of them.
    ///
    /// Each element lies with its "one more" bit in a span of its own, and a bit in a span of its own
    /// ends the list, also where the length leaves no choice: so any element can be deleted and what
    /// follows the list stays aligned. Where a recorded list ends too early, the elements it lacks
    /// are the simplest.
    pub fn list<T>(
        &mut self,
        min: usize,
        max: usize,
        usual: f64,
        mut draw: impl FnMut(&mut Self, usize) -> Draw<T>,
    ) -> Draw<Vec<T>> {
        let more = usual / (1.0 + usual);
        let mut list = Vec::new();
        loop {
            let length = list.len();
            let element = self.span(Label::Element, |source| {
                if length < min {
                    source.missing_element(|source| draw(source, length)).map(Some)
                } else if length >= max {
                    source.forced(false)?;
                    Ok(None)
                } else if source.bool(more)? {
                    draw(source, length).map(Some)
                } else {
                    Ok(None)
                }
            })?;
            match element {
                Some(element) => list.push(element),
                None => return Ok(list),
            }
        }
    }

    /// Draws an element that must be there; a trivial one where the recorded list ends here.
    fn missing_element<T>(&mut self, draw: impl FnOnce(&mut Self) -> Draw<T>) -> Draw<T> {
        let ends = match &self.mode {
            Mode::Replay { items, at } => {
                items.get(*at) == Some(&Item::Choice(Choice::Bool(false)))
            }
            _ => false,
        };
        if !ends || self.trivial.is_some() {
            self.forced(true)?;
            return draw(self);
        }
        self.trivial = Some(self.open.len());
        let drawn = self.forced(true).and_then(|()| draw(self));
        self.trivial = None;
        drawn
    }

    /// A yes or no that is none.
    fn forced(&mut self, bool: bool) -> Draw<()> {
        self.recorded();
        self.record(Choice::Bool(bool), Domain::Bool)
    }
}
