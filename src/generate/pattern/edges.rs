//! Texts at the edges of patterns, and texts one edit outside of them.

use super::Texts;
use crate::choice::{Choice, Domain, Item, Rng, Source};
use crate::value::Text;

/// Most texts of either kind.
const MOST: usize = 64;

/// Longest text that is made for being long.
const LONGEST: usize = 4096;

/// Characters that stand in for another in a near miss: a space, a digit, letters, a sign, a line
/// break, a letter beyond ASCII, a character beyond 16 bits.
const INTRUDERS: [u32; 8] = [0x20, 0x30, 0x41, 0x61, 0x2D, 0x0A, 0xE9, 0x1_F600];

impl Texts {
    /// Texts that match, at the edges: the class of the edge, and the text. The simplest and the
    /// shortest one, the longest, and, each a single choice away from the simplest, the other
    /// branches, one element more, and the last of each class of characters.
    pub fn edges(&self) -> Vec<(&'static str, Text)> {
        let mut edges = Vec::new();
        let mut add = |class, text: Text| {
            if edges.len() < MOST
                && self.holds(&text)
                && edges.iter().all(|(_, other)| *other != text)
            {
                edges.push((class, text));
            }
        };
        let baseline = self.replayed(&[]);
        if let Some((text, _)) = &baseline {
            add("simplest", text.clone());
        }
        if let Some(text) = self.of_length(self.plan.min.max(self.room.low)) {
            add("shortest", text);
        }
        // The plan may have room for what look-around only looks at.
        let bounds = self.patterns.iter().map(|pattern| pattern.longest());
        let longest = bounds.fold(self.plan.max.min(self.room.high), usize::min);
        if let Some(text) = Some(longest).filter(|l| *l <= LONGEST).and_then(|l| self.of_length(l))
        {
            add("longest", text);
        }
        for (class, items) in baseline.map(|(_, trace)| variants(&trace)).unwrap_or_default() {
            let Some((text, trace)) = self.replayed(&items) else { continue };
            add(class, text);
            // What an element more brings in has edges of its own.
            if class == "one more" {
                for (class, items) in variants(&trace) {
                    if let Some((text, _)) = self.replayed(&items) {
                        add(class, text);
                    }
                }
            }
        }
        edges
    }

    /// Texts one edit away from one that matches, and that do not match: the class of the edit, and
    /// the text. Their length keeps to the bounds, so that only a pattern is broken.
    pub fn near_misses(&self) -> Vec<(&'static str, Text)> {
        let mut misses: Vec<(&'static str, Text)> = Vec::new();
        for (_, text) in self.edges().into_iter().take(8) {
            let points: Vec<u32> = text.code_points().take(LONGEST).collect();
            for (class, edited) in edits(&points) {
                let edited = Text::from_code_points(edited);
                let fits = (self.room.low..=self.room.high).contains(&edited.len());
                let known = misses.iter().any(|(_, other)| *other == edited);
                if fits && !known && misses.len() < MOST && !self.matches(&edited) {
                    misses.push((class, edited));
                }
            }
        }
        misses
    }

    fn matches(&self, text: &Text) -> bool {
        self.patterns.iter().all(|pattern| pattern.matches(text))
    }

    fn replayed(&self, items: &[Item]) -> Option<(Text, crate::choice::Trace)> {
        Source::replay(items).run(|source| self.draw(source)).ok()
    }

    /// A text of exactly this length.
    fn of_length(&self, length: usize) -> Option<Text> {
        let exact = Self::new(&self.patterns, length, length)?;
        let simplest = exact.replayed(&[]).map(|(text, _)| text).filter(|text| exact.holds(text));
        simplest.or_else(|| {
            let source = Source::random(Rng::new(0));
            source.run(|source| exact.draw(source)).ok().map(|(text, _)| text)
        })
    }
}

/// The choices of a trace with one of them changed and the simplest ones after it.
fn variants(trace: &crate::choice::Trace) -> Vec<(&'static str, Vec<Item>)> {
    let mut variants = Vec::new();
    let items = trace.items();
    for (index, node) in trace.nodes.iter().enumerate() {
        let mut vary = |class, choice| {
            let mut items = items[..index].to_vec();
            items.push(Item::Choice(choice));
            variants.push((class, items));
        };
        match (&node.domain, &node.choice) {
            (Domain::Branch(count), Choice::Branch(taken)) => (0..*count)
                .filter(|branch| branch != taken)
                .for_each(|branch| vary("another branch", Choice::Branch(branch))),
            (Domain::Bool, Choice::Bool(false)) => vary("one more", Choice::Bool(true)),
            (Domain::Int { max, .. }, Choice::Int(int)) if int < max => {
                vary("the last of a class", Choice::Int(*max));
            }
            _ => {}
        }
    }
    variants
}

/// Every edit that makes a near miss likely, at both ends and in the middle.
fn edits(points: &[u32]) -> Vec<(&'static str, Vec<u32>)> {
    let mut edits = vec![("nothing", Vec::new())];
    let mut places = vec![0, points.len() / 2, points.len().saturating_sub(1)];
    places.dedup();
    for place in places.into_iter().filter(|place| *place < points.len()) {
        let mut shorter = points.to_vec();
        shorter.remove(place);
        edits.push(("a character short", shorter));
        for intruder in INTRUDERS {
            let mut other = points.to_vec();
            other[place] = intruder;
            edits.push(("another character", other));
        }
    }
    for intruder in INTRUDERS {
        edits.push(("a character behind", points.iter().copied().chain([intruder]).collect()));
        edits.push((
            "a character in front",
            [intruder].into_iter().chain(points.iter().copied()).collect(),
        ));
    }
    edits.push(("twice", points.repeat(2)));
    let swapped = |point: u32| match char::from_u32(point) {
        Some(c) if c.is_ascii_uppercase() => c.to_ascii_lowercase().into(),
        Some(c) if c.is_ascii_lowercase() => c.to_ascii_uppercase().into(),
        _ => point,
    };
    edits.push(("the other case", points.iter().copied().map(swapped).collect()));
    edits
}
