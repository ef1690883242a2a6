//! Texts at the edges of patterns, and texts one edit outside of them.

use super::ranked::Ranked;
use super::{Sheet, Texts, draw};
use crate::choice::{Choice, Domain, Item, Source, Trace};
use crate::value::Text;

/// Most texts of either kind.
const MOST: usize = 64;

/// Longest text that is made for being long.
const LONGEST: usize = 4096;

/// Ends of ranges of one class that are tried.
const MOST_ENDS: usize = 16;

/// Characters that stand in for another in a near miss: a space, a digit, letters, a sign, a line
/// break, a letter beyond ASCII, a character beyond 16 bits.
const INTRUDERS: [u32; 8] = [0x20, 0x30, 0x41, 0x61, 0x2D, 0x0A, 0xE9, 0x1_F600];

/// A text at an edge, and the class of the edge.
type Edge = (&'static str, Text);

impl Texts {
    /// Texts that match, at the edges: the class of the edge, and the text. The simplest one, and, each
    /// a single choice away from it, the other branches, one element more, and the ends of each range
    /// of each class of characters.
    pub fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        let Some((text, variants)) = self.replayed(&[]) else { return edges };
        let mut add = |class, text: Text| {
            if edges.len() < MOST
                && self.holds(&text)
                && edges.iter().all(|(_, other)| *other != text)
            {
                edges.push((class, text));
            }
        };
        add("simplest", text);
        for (class, items) in variants {
            let Some((text, further)) = self.replayed(&items) else { continue };
            add(class, text);
            // What an element more brings in has edges of its own.
            if class == "one more" {
                for (class, items) in further {
                    if let Some((text, _)) = self.replayed(&items) {
                        add(class, text);
                    }
                }
            }
        }
        edges
    }

    /// The least length of its texts.
    pub fn shortest(&self) -> usize {
        self.plan.min.max(self.room.low)
    }

    /// The greatest length of its texts.
    pub fn longest(&self) -> usize {
        // The plan may have room for what look-around only looks at.
        let bounds = self.patterns.iter().map(|pattern| pattern.longest());
        bounds.fold(self.plan.max.min(self.room.high), usize::min)
    }

    /// Texts one edit away from one that matches, and that do not match: the class of the edit, and
    /// the text. Their length keeps to the bounds, so that only a pattern is broken.
    pub fn near_misses(&self) -> Vec<Edge> {
        let mut misses: Vec<Edge> = Vec::new();
        let lengths = [self.shortest(), self.longest()];
        let ends = lengths.into_iter().filter(|length| *length <= LONGEST);
        let ends = ends.filter_map(|length| self.of_length(length));
        let edges = self.edges().into_iter().map(|(_, text)| text);
        for text in ends.chain(edges).take(8) {
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

    pub(super) fn matches(&self, text: &Text) -> bool {
        self.patterns.iter().all(|pattern| pattern.matches(text))
    }

    /// The text of these choices, and its variants: the choices with one of them changed and the
    /// simplest ones after it.
    fn replayed(&self, items: &[Item]) -> Option<(Text, Vec<Variant>)> {
        let drawn = Source::replay(items).run(|source| {
            let mut sheet = Sheet { points: Vec::new(), classes: Some(Vec::new()) };
            draw(&self.plan, source, self.room, &mut sheet)?;
            Ok((Text::from_code_points(sheet.points), sheet.classes.unwrap_or_default()))
        });
        let ((text, classes), trace) = drawn.ok()?;
        Some((text, variants(&trace, &classes)))
    }
}

/// Choices, and the class of what they give.
type Variant = (&'static str, Vec<Item>);

fn variants(trace: &Trace, classes: &[(usize, &Ranked)]) -> Vec<Variant> {
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
            (Domain::Int { max, .. }, Choice::Int(int)) => {
                if int < max {
                    vary("the last of a class", Choice::Int(*max));
                }
                let own = classes.iter().find(|(at, _)| *at == index);
                let ends = own.map(|(_, class)| class.ends()).unwrap_or_default();
                for end in ends.into_iter().take(MOST_ENDS).filter(|end| end != int && end != max) {
                    vary("an end of a range", Choice::Int(end));
                }
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
