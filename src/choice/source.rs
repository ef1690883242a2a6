//! Where choices come from, and the one interface generators draw through.

use std::sync::Arc;
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};

use super::{Alphabet, Choice, Domain, Item, Label, Node, Rng, Span, Trace, rank};
use crate::value::Text;

/// More choices than this make no case that anyone would read; the draw is given up.
const MOST_CHOICES: usize = 20_000;

/// Spans nest at most this deep: what nests deeper cannot be drawn again on the stack of a worker.
const DEEPEST: usize = 1_200;

/// The same for the stack of a test's thread, of which some is left to the test.
const SHALLOW: usize = 500;

/// A draw was given up: too many choices, too deep, or what was drawn cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overrun;

/// What drawing gives.
pub type Draw<T> = Result<T, Overrun>;

/// A source of choices: records what is drawn from it.
#[derive(Debug)]
pub struct Source<'a> {
    mode: Mode<'a>,
    trace: Trace,
    open: Vec<usize>,
    /// Number of children each span has so far.
    children: Vec<usize>,
    /// The names given so far, in order.
    names: Vec<Arc<str>>,
    /// The depth of the span inside which everything is the simplest.
    trivial: Option<usize>,
    /// Whether what an attempt does not accept is searched for at random.
    searches: bool,
    /// Spans nest at most this deep.
    deepest: usize,
}

#[derive(Debug)]
enum Mode<'a> {
    Random(Rng),
    Bytes(Unstructured<'a>),
    Replay { items: &'a [Item], at: usize },
}

/// A place in a trace to go back to.
#[derive(Debug)]
struct Mark {
    nodes: usize,
    spans: usize,
    children: usize,
    names: usize,
}

impl<'a> Source<'a> {
    /// Choices from a seeded generator.
    pub fn random(rng: Rng) -> Self {
        Self::new(Mode::Random(rng))
    }

    /// Choices from octets, as `cargo fuzz` gives them; the simplest ones where they run out.
    pub fn bytes(bytes: &'a [u8]) -> Self {
        Self::new(Mode::Bytes(Unstructured::new(bytes)))
    }

    /// Recorded choices; the simplest ones where they run out or do not fit.
    pub fn replay(items: &'a [Item]) -> Self {
        Self::new(Mode::Replay { items, at: 0 })
    }

    /// The simplest choices after the given ones; where an [attempt](Self::attempt) does not accept
    /// what they give, others are tried there, always the same.
    pub fn simplest(items: &'a [Item]) -> Self {
        Self { searches: true, ..Self::replay(items) }
    }

    fn new(mode: Mode<'a>) -> Self {
        let trace = Trace { nodes: Vec::with_capacity(64), spans: Vec::with_capacity(64) };
        Self {
            mode,
            trace,
            open: Vec::new(),
            children: Vec::new(),
            names: Vec::new(),
            trivial: None,
            searches: false,
            deepest: DEEPEST,
        }
    }

    /// Gives up what nests deeper than a test's thread can hold, whose stack is 2 MiB.
    #[must_use]
    pub fn shallow(self) -> Self {
        Self { deepest: SHALLOW, ..self }
    }

    /// Draws with `generate` inside the root span; gives its result and what it drew.
    pub fn run<T>(mut self, generate: impl FnOnce(&mut Self) -> Draw<T>) -> Draw<(T, Trace)> {
        let value = self.span(Label::Root, generate)?;
        Ok((value, self.trace))
    }

    /// Draws inside a span.
    pub fn span<T>(&mut self, label: Label, draw: impl FnOnce(&mut Self) -> Draw<T>) -> Draw<T> {
        let depth = self.open.len();
        if depth >= self.deepest {
            return Err(Overrun);
        }
        let parent = self.open.last().copied().unwrap_or(0);
        let place = self.children.get_mut(parent).map_or(0, |count| {
            *count += 1;
            *count - 1
        });
        let span = self.trace.spans.len();
        let start = self.trace.nodes.len();
        self.trace.spans.push(Span { label, start, end: start, depth, parent, place });
        self.children.push(0);
        self.open.push(span);
        let opened_trivial = self.trivial.is_none() && self.takes_trivial(depth);
        if opened_trivial {
            self.trivial = Some(depth);
        }
        let drawn = draw(self);
        if opened_trivial {
            self.trivial = None;
        }
        self.open.pop();
        self.trace.spans[span].end = self.trace.nodes.len();
        drawn
    }

    fn takes_trivial(&mut self, depth: usize) -> bool {
        let Mode::Replay { items, at } = &mut self.mode else { return false };
        let here = items.get(*at) == Some(&Item::Trivial(depth));
        *at += usize::from(here);
        here
    }

    /// What decides at random, for what only makes later choices more or less likely and is no choice
    /// itself; `None` where choices are given.
    pub fn dice(&mut self) -> Option<&mut Rng> {
        if let Mode::Random(rng) = &mut self.mode { Some(rng) } else { None }
    }

    /// The number of the span that is opened next.
    pub fn next_span(&self) -> usize {
        self.trace.spans.len()
    }

    /// Draws once more what was drawn in a span that is closed, a sibling of what is drawn here. What
    /// it gave is given again; whoever asks has it still.
    ///
    /// # Errors
    /// There is no such span, or too many choices were drawn.
    pub fn repeat(&mut self, span: usize) -> Draw<()> {
        let first = self.trace.spans.get(span).cloned().ok_or(Overrun)?;
        let inside = |inner: &Span| inner.depth > first.depth;
        let count = 1 + self.trace.spans[span + 1..].iter().take_while(|s| inside(s)).count();
        let (nodes, spans) = (self.trace.nodes.len(), self.trace.spans.len());
        let parent = self.open.last().copied().ok_or(Overrun)?;
        if first.depth != self.open.len() || nodes + first.end - first.start > MOST_CHOICES {
            return Err(Overrun);
        }
        self.trace.nodes.extend_from_within(first.start..first.end);
        for index in span..span + count {
            let mut copy = self.trace.spans[index].clone();
            copy.start = copy.start - first.start + nodes;
            copy.end = copy.end - first.start + nodes;
            if index == span {
                (copy.parent, copy.place) = (parent, self.children[parent]);
                self.children[parent] += 1;
            } else {
                copy.parent = copy.parent - span + spans;
            }
            self.trace.spans.push(copy);
            self.children.push(self.children[index]);
        }
        Ok(())
    }

    /// How many spans are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// How many choices were drawn so far.
    pub fn drawn(&self) -> usize {
        self.trace.nodes.len()
    }

    /// Whether the choices are recorded ones: then what they give is taken as it is, since whoever
    /// replays judges the result.
    pub fn is_replay(&self) -> bool {
        matches!(self.mode, Mode::Replay { .. }) && !self.searches
    }

    /// Draws until `draw` gives something, at most `times`; forgets what it drew in vain.
    ///
    /// A replay draws once and takes what comes, by `draw`'s second argument.
    pub fn attempt<T>(
        &mut self,
        times: usize,
        mut draw: impl FnMut(&mut Self, bool) -> Draw<Option<T>>,
    ) -> Draw<T> {
        let last = if self.is_replay() { 1 } else { times.max(1) };
        let searches = matches!(self.mode, Mode::Replay { .. });
        for attempt in 1..=last {
            // The first attempt is the simplest, the others are random.
            let random = Mode::Random(Rng::new(attempt as u64));
            let calm = (searches && attempt > 1).then(|| std::mem::replace(&mut self.mode, random));
            let mark = Mark {
                nodes: self.trace.nodes.len(),
                spans: self.trace.spans.len(),
                children: self.open.last().map_or(0, |span| self.children[*span]),
                names: self.names.len(),
            };
            let drawn = draw(self, attempt == last);
            if let Some(calm) = calm {
                self.mode = calm;
            }
            if let Some(drawn) = drawn? {
                return Ok(drawn);
            }
            self.trace.nodes.truncate(mark.nodes);
            self.trace.spans.truncate(mark.spans);
            self.children.truncate(mark.spans);
            self.names.truncate(mark.names);
            if let Some(span) = self.open.last() {
                self.children[*span] = mark.children;
            }
        }
        Err(Overrun)
    }

    /// Takes a mark ([`Choice::Raw`], [`Choice::Extra`]), where it stands here. Only a replay has
    /// them.
    pub fn mark(&mut self, mark: &Choice) -> bool {
        if self.trivial.is_some() {
            return false;
        }
        let Mode::Replay { items, at } = &mut self.mode else { return false };
        let here = matches!(items.get(*at), Some(Item::Choice(choice)) if choice == mark);
        *at += usize::from(here);
        if here {
            self.trace.nodes.push(Node { choice: mark.clone(), domain: Domain::Mark });
        }
        here
    }

    /// The next recorded choice, where there is one and it is to be used.
    fn recorded(&mut self) -> Option<Choice> {
        if self.trivial.is_some() {
            return None;
        }
        let Mode::Replay { items, at } = &mut self.mode else { return None };
        let Some(Item::Choice(choice)) = items.get(*at) else { return None };
        *at += 1;
        Some(choice.clone())
    }

    fn record(&mut self, choice: Choice, domain: Domain) -> Draw<()> {
        if self.trace.nodes.len() >= MOST_CHOICES {
            return Err(Overrun);
        }
        self.trace.nodes.push(Node { choice, domain });
        Ok(())
    }

    /// An integer of `min..=max`, simplest at `toward`.
    pub fn int(&mut self, min: i128, max: i128, toward: i128) -> Draw<i128> {
        self.int_from(min, max, toward, &[])
    }

    /// An integer of `min..=max`, simplest at `toward`; random draws favour the ends, small numbers
    /// and the given constants.
    pub fn int_from(&mut self, min: i128, max: i128, toward: i128, often: &[i128]) -> Draw<i128> {
        let toward = toward.clamp(min, max);
        let int = match &mut self.mode {
            Mode::Random(rng) => random_int(rng, min, max, toward, often),
            Mode::Bytes(bytes) => int_of_bytes(bytes, min, max, toward),
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Int(int)) if (min..=max).contains(&int) => int,
                _ => toward,
            },
        };
        self.record(Choice::Int(int), Domain::Int { min, max, toward })?;
        Ok(int)
    }

    /// An integer of `0..count`, every one as likely.
    pub fn uniform(&mut self, count: u128) -> Draw<u128> {
        let max = count.saturating_sub(1) as i128;
        let int = match &mut self.mode {
            Mode::Random(rng) => rng.int(0, max),
            Mode::Bytes(bytes) => int_of_bytes(bytes, 0, max, 0),
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Int(int)) if (0..=max).contains(&int) => int,
                _ => 0,
            },
        };
        self.record(Choice::Int(int), Domain::Int { min: 0, max, toward: 0 })?;
        Ok(int as u128)
    }

    /// A finite float of `min..=max`, simplest at `toward`.
    pub fn float(&mut self, min: f64, max: f64, toward: f64) -> Draw<f64> {
        let toward = toward.clamp(min, max);
        let float = match &mut self.mode {
            Mode::Random(rng) => random_float(rng, min, max, toward),
            Mode::Bytes(bytes) => {
                let float = given(bytes).unwrap_or(toward);
                if f64::is_finite(float) { float.clamp(min, max) } else { toward }
            }
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Float(float)) if (min..=max).contains(&float) => float,
                _ => toward,
            },
        };
        self.record(Choice::Float(float), Domain::Float { min, max, toward })?;
        Ok(float)
    }

    /// Yes with this probability; no is simpler.
    pub fn bool(&mut self, probability: f64) -> Draw<bool> {
        self.bool_toward(false, probability)
    }

    /// Yes with this probability; a replay that has run out gives `simplest`.
    pub fn bool_toward(&mut self, simplest: bool, probability: f64) -> Draw<bool> {
        let bool = match &mut self.mode {
            Mode::Random(rng) => rng.chance(probability),
            Mode::Bytes(bytes) => {
                given(bytes).map_or(simplest, |octet: u8| f64::from(octet) < probability * 255.0)
            }
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Bool(bool)) => bool,
                _ => simplest,
            },
        };
        self.record(Choice::Bool(bool), Domain::Bool)?;
        Ok(bool)
    }

    /// One of `count` ways on, every one as likely; 0 is simplest. Nothing is recorded for one way.
    pub fn branch(&mut self, count: usize) -> Draw<usize> {
        if count <= 1 {
            return Ok(0);
        }
        let branch = match &mut self.mode {
            Mode::Random(rng) => rng.index(count),
            Mode::Bytes(bytes) => int_of_bytes(bytes, 0, count as i128 - 1, 0) as usize,
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Branch(branch)) if (branch as usize) < count => branch as usize,
                _ => 0,
            },
        };
        self.record(Choice::Branch(branch as u32), Domain::Branch(count as u32))?;
        Ok(branch)
    }

    /// One of the ways on that `allowed` names among `count`; the simplest is its first.
    ///
    /// A replay may take any of the `count`, so that a lifted value need not keep to a budget.
    pub fn branch_among(&mut self, count: usize, allowed: &[usize]) -> Draw<usize> {
        if count <= 1 {
            return Ok(0);
        }
        let simplest = allowed.first().copied().unwrap_or(0);
        let branch = match &mut self.mode {
            Mode::Random(rng) => rng.pick(allowed).copied().unwrap_or(simplest),
            Mode::Bytes(bytes) => {
                let pick = int_of_bytes(bytes, 0, allowed.len() as i128 - 1, 0) as usize;
                allowed.get(pick).copied().unwrap_or(simplest)
            }
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Branch(branch)) if (branch as usize) < count => branch as usize,
                _ => simplest,
            },
        };
        self.record(Choice::Branch(branch as u32), Domain::Branch(count as u32))?;
        Ok(branch)
    }

    /// A text of `min..=max` code points.
    pub fn text(&mut self, min: usize, max: usize, alphabet: Alphabet) -> Draw<Text> {
        self.text_from(min, max, alphabet, &[])
    }

    /// A text of `min..=max` code points; random draws take one of the given texts now and then,
    /// where it fits.
    pub fn text_from(
        &mut self,
        min: usize,
        max: usize,
        alphabet: Alphabet,
        often: &[Text],
    ) -> Draw<Text> {
        let text = match &mut self.mode {
            Mode::Random(rng) => {
                let constant =
                    if often.is_empty() || !rng.chance(0.1) { None } else { rng.pick(often) };
                match constant.filter(|text| (min..=max).contains(&text.len())) {
                    Some(constant) => constant.clone(),
                    None => random_text(rng, min, max, alphabet),
                }
            }
            Mode::Bytes(bytes) => text_of_bytes(bytes, min, max, alphabet),
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Text(text)) if (min..=max).contains(&text.len()) => text,
                _ => "0".repeat(min).into(),
            },
        };
        self.record(Choice::Text(text.clone()), Domain::Text { min, max, alphabet })?;
        Ok(text)
    }

    /// Octets, `min..=max` of them.
    pub fn octets(&mut self, min: usize, max: usize) -> Draw<Vec<u8>> {
        let octets = match &mut self.mode {
            Mode::Random(rng) => {
                let length = random_length(rng, min, max);
                (0..length).map(|_| rng.next_u64() as u8).collect()
            }
            Mode::Bytes(bytes) => {
                let length = length_of_bytes(bytes, min, max.min(min + 255));
                (0..length).map(|_| given(bytes).unwrap_or(0)).collect()
            }
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Bytes(octets)) if (min..=max).contains(&octets.len()) => octets,
                _ => vec![0; min],
            },
        };
        self.record(Choice::Bytes(octets.clone()), Domain::Bytes { min, max })?;
        Ok(octets)
    }

    /// A length of time up to `max`, random ones on the grid 1·2·5×10^k µs.
    pub fn duration(&mut self, max: Duration) -> Draw<Duration> {
        let micros = max.as_micros().max(1);
        let pick = |random: u128| {
            let decades = u128::from(micros.ilog10()) + 1;
            let step =
                [1, 2, 5][(random % 3) as usize] * 10_u128.pow((random / 3 % decades) as u32);
            Duration::from_micros(step.min(micros) as u64)
        };
        let duration = match &mut self.mode {
            Mode::Random(rng) => pick(u128::from(rng.next_u64())),
            Mode::Bytes(bytes) => {
                given(bytes).map_or(Duration::ZERO, |random: u16| pick(u128::from(random)))
            }
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Duration(duration)) if duration <= max => duration,
                _ => Duration::ZERO,
            },
        };
        self.record(Choice::Duration(duration), Domain::Duration(max))?;
        Ok(duration)
    }

    /// A name for a thing that later choices can refer to: the prefix and a number.
    ///
    /// A replay keeps the recorded name, so that references to it hold whatever else is deleted;
    /// what is new there gets a name that stands nowhere in the recording.
    pub fn name(&mut self, prefix: &str) -> Draw<Arc<str>> {
        let name = match self.recorded() {
            Some(Choice::Name(name)) if !self.names.contains(&name) => name,
            _ => self.fresh_name(prefix),
        };
        self.names.push(name.clone());
        self.record(Choice::Name(name.clone()), Domain::Name)?;
        Ok(name)
    }

    fn fresh_name(&self, prefix: &str) -> Arc<str> {
        let items = if let Mode::Replay { items, .. } = &self.mode { *items } else { &[] };
        let recorded = |name: &str| {
            items
                .iter()
                .any(|item| matches!(item, Item::Choice(Choice::Name(other)) if **other == *name))
        };
        let most = 2 * self.names.len() + items.len() + 1;
        (self.names.len() + 1..=most)
            .map(|number| format!("{prefix}{number}"))
            .find(|name| !recorded(name) && !self.names.iter().any(|other| **other == **name))
            .unwrap_or_default()
            .into()
    }

    /// One of several earlier things by name; the first is simplest. `Overrun` where there are none.
    pub fn reference(&mut self, names: &Arc<[Arc<str>]>) -> Draw<Arc<str>> {
        let first = names.first().ok_or(Overrun)?.clone();
        let name = match &mut self.mode {
            Mode::Random(rng) => rng.pick(names).cloned().unwrap_or(first),
            Mode::Bytes(bytes) => {
                let pick = int_of_bytes(bytes, 0, names.len() as i128 - 1, 0) as usize;
                names.get(pick).cloned().unwrap_or(first)
            }
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Reference(name)) if names.contains(&name) => name,
                _ => first,
            },
        };
        self.record(Choice::Reference(name.clone()), Domain::Reference(names.clone()))?;
        Ok(name)
    }

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

fn random_int(rng: &mut Rng, min: i128, max: i128, toward: i128, often: &[i128]) -> i128 {
    if max - min <= 16 {
        return rng.int(min, max);
    }
    if !often.is_empty() && rng.chance(0.1) {
        let constant = rng.pick(often).copied().unwrap_or(toward);
        return (constant + rng.int(-1, 1)).clamp(min, max);
    }
    match rng.index(10) {
        0 => {
            let edges = [min, max, min + 1, max - 1, toward, toward + 1, toward - 1];
            rng.pick(&edges).copied().unwrap_or(toward).clamp(min, max)
        }
        1..=4 => (toward + rng.int(-16, 16)).clamp(min, max),
        5 => rng.int(min, max),
        _ => {
            let bits = 128 - (max - min).unsigned_abs().leading_zeros();
            let width = rng.int(1, i128::from(bits.min(100))) as u32;
            let distance = rng.int(0, (1 << width) - 1);
            let int = if rng.chance(0.5) { toward + distance } else { toward - distance };
            if (min..=max).contains(&int) { int } else { rng.int(min, max) }
        }
    }
}

fn random_float(rng: &mut Rng, min: f64, max: f64, toward: f64) -> f64 {
    let float = match rng.index(10) {
        0 => *rng.pick(&[min, max, toward, min.next_up(), max.next_down()]).unwrap_or(&toward),
        1..=3 => toward + rng.int(-16, 16) as f64,
        4..=6 => toward + rng.int(-100_000, 100_000) as f64 / 100.0,
        7 => f64::from_bits(rng.next_u64()),
        _ => min + (max - min) * rng.unit(),
    };
    if float.is_finite() { float.clamp(min, max) } else { toward }
}

fn random_length(rng: &mut Rng, min: usize, max: usize) -> usize {
    if max > min && max - min <= 4096 && rng.chance(0.03) {
        return max;
    }
    let mut length = min;
    while length < max && length < min + 64 && rng.chance(0.85) {
        length += 1;
    }
    length
}

fn random_text(rng: &mut Rng, min: usize, max: usize, alphabet: Alphabet) -> Text {
    let length = random_length(rng, min, max);
    Text::from_code_points((0..length).map(|_| random_point(rng, alphabet)))
}

/// Characters that programs trip over.
const ODD: [u32; 20] = [
    0, 9, 10, 13, 0x1B, 0x22, 0x25, 0x27, 0x3B, 0x5C, 0x7F, 0x85, 0xA0, 0xDF, 0x130, 0x202E,
    0xFEFF, 0xFFFD, 0x1F600, 0x10_FFFF,
];

fn random_point(rng: &mut Rng, alphabet: Alphabet) -> u32 {
    let within = |rng: &mut Rng, low: u32, high: u32| rng.int(low.into(), high.into()) as u32;
    match (alphabet, rng.index(24)) {
        (Alphabet::Any, 0) => *rng.pick(&ODD).unwrap_or(&0),
        (Alphabet::Any, 1) => match within(rng, 0, 0x10_FFFF) {
            point @ 0xD800..=0xDFFF => point - 0xD800,
            point => point,
        },
        (Alphabet::Any, 2) => within(rng, 0xA0, 0x2FF),
        (Alphabet::Any, 3..=5) => within(rng, 0x20, 0x7E),
        (Alphabet::Visible, 0..=5) => within(rng, 0x21, 0x7E),
        (_, 0..=11) => within(rng, 0x30, 0x39),
        (_, 12..=17) => within(rng, 0x41, 0x5A),
        _ => within(rng, 0x61, 0x7A),
    }
}

/// A value of the octets that are left; `None` where none are. `Unstructured` itself goes on with
/// zeros, which would say yes for ever.
fn given<'a, T: Arbitrary<'a>>(bytes: &mut Unstructured<'a>) -> Option<T> {
    if bytes.is_empty() { None } else { bytes.arbitrary().ok() }
}

fn int_of_bytes(bytes: &mut Unstructured<'_>, min: i128, max: i128, simplest: i128) -> i128 {
    if bytes.is_empty() {
        return simplest;
    }
    bytes.int_in_range(min..=max.max(min)).unwrap_or(simplest)
}

fn length_of_bytes(bytes: &mut Unstructured<'_>, min: usize, max: usize) -> usize {
    int_of_bytes(bytes, min as i128, max as i128, min as i128) as usize
}

fn text_of_bytes(bytes: &mut Unstructured<'_>, min: usize, max: usize, alphabet: Alphabet) -> Text {
    let length = length_of_bytes(bytes, min, max.min(min + 64));
    Text::from_code_points((0..length).map(|_| {
        let point = given::<char>(bytes).map_or(0x30, u32::from);
        if alphabet == Alphabet::Any || rank(point) < 94 { point } else { 0x30 + point % 10 }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(source: &mut Source<'_>) -> Draw<Vec<(i128, Text)>> {
        source.list(0, 8, 4.0, |source, _| {
            Ok((source.int(-50, 1000, 0)?, source.text(0, 5, Alphabet::Any)?))
        })
    }

    #[test]
    fn a_replay_gives_what_was_drawn() {
        for seed in 0..200 {
            let (drawn, trace) = Source::random(Rng::new(seed)).run(pairs).unwrap();
            let items = trace.items();
            let (again, twin) = Source::replay(&items).run(pairs).unwrap();
            assert_eq!((drawn, trace), (again, twin));
        }
    }

    #[test]
    fn octets_drive_the_same_generator() {
        let octets: Vec<u8> = (0..=255).collect();
        let (list, trace) = Source::bytes(&octets).run(pairs).unwrap();
        assert_eq!(Source::replay(&trace.items()).run(pairs).unwrap().0, list);
    }

    #[test]
    fn an_exhausted_replay_is_the_simplest_case() {
        assert_eq!(Source::replay(&[]).run(pairs).unwrap().0, []);
    }

    #[test]
    fn exhausted_octets_do_not_say_yes_for_ever() {
        let draw = |source: &mut Source<'_>| {
            let ints = (source.int(-5, 5, 0)?, source.float(-1.0, 1.0, 0.5)?);
            Ok((pairs(source)?, source.bool(1.0)?, source.bool_toward(true, 0.0)?, ints))
        };
        assert_eq!(Source::bytes(&[]).run(draw).unwrap().0, (vec![], false, true, (0, 0.5)));
    }

    #[test]
    fn a_trivial_span_leaves_what_follows_aligned() {
        let both = |source: &mut Source<'_>| {
            let first = source.span(Label::Group, pairs)?;
            Ok((first, source.int(0, 9, 0)?))
        };
        let (drawn, trace) = (0..1000)
            .map(|seed| Source::random(Rng::new(seed)).run(both).unwrap())
            .find(|((list, int), _)| list.len() > 2 && *int > 0)
            .unwrap();
        let span = &trace.spans[1];
        let mut items = vec![Item::Trivial(span.depth)];
        items.extend(Trace::to_items(&trace.nodes[span.end..]));
        assert_eq!(Source::replay(&items).run(both).unwrap().0, (vec![], drawn.1));
    }

    #[test]
    fn names_stay_when_things_before_them_go() {
        let steps = |source: &mut Source<'_>| {
            source.list(3, 3, 0.0, |source, _| source.span(Label::Step, |source| source.name("s")))
        };
        let (drawn, trace) = Source::random(Rng::new(1)).run(steps).unwrap();
        assert_eq!(drawn.iter().map(|name| &**name).collect::<Vec<_>>(), ["s1", "s2", "s3"]);
        let kept = Trace::to_items(&trace.nodes[trace.spans[1].end..]);
        let again = Source::replay(&kept).run(steps).unwrap().0;
        assert_eq!(again.iter().map(|name| &**name).collect::<Vec<_>>(), ["s2", "s3", "s4"]);
    }

    #[test]
    fn a_list_that_lost_too_much_is_filled_up_and_leaves_what_follows_aligned() {
        let both = |source: &mut Source<'_>| {
            let list = source.list(2, 3, 1.0, |source, _| source.int(0, 999, 7))?;
            Ok((list, source.int(0, 999, 0)?))
        };
        let full = (0..1000)
            .map(|seed| Source::random(Rng::new(seed)).run(both).unwrap())
            .find(|((list, last), _)| list.len() == 3 && *last > 0);
        let ((list, last), trace) = full.unwrap();
        let without = |gone: std::ops::Range<usize>| {
            let mut items = trace.items();
            items.drain(trace.spans[gone.start + 1].start..trace.spans[gone.end].end);
            Source::replay(&items).run(both).unwrap().0
        };
        assert_eq!(without(0..1), (vec![list[1], list[2]], last));
        assert_eq!(without(0..2), (vec![list[2], 7], last));
    }

    #[test]
    fn what_is_repeated_replays_as_if_it_was_drawn_again() {
        let twice = |source: &mut Source<'_>| {
            source.span(Label::Group, |source| {
                let span = source.next_span();
                let first = source.span(Label::Value(1), pairs)?;
                if source.dice().is_some() {
                    source.repeat(span)?;
                    return Ok((first.clone(), first));
                }
                Ok((first, source.span(Label::Value(1), pairs)?))
            })
        };
        for seed in 0..50 {
            let (drawn, trace) = Source::random(Rng::new(seed)).run(twice).unwrap();
            assert_eq!(Source::replay(&trace.items()).run(twice).unwrap(), (drawn, trace));
        }
    }

    #[test]
    fn the_simplest_that_is_accepted_is_searched_for() {
        let odd = |source: &mut Source<'_>| {
            let free = source.int(0, 9, 4)?;
            let odd = source.attempt(100, |source, _| {
                let int = source.int(0, 1000, 0)?;
                Ok((int % 2 == 1).then_some(int))
            })?;
            Ok((free, odd, source.int(0, 9, 5)?))
        };
        let (drawn, trace) = Source::simplest(&[]).run(odd).unwrap();
        assert_eq!((drawn.0, drawn.1 % 2, drawn.2), (4, 1, 5));
        assert_eq!(Source::replay(&trace.items()).run(odd).unwrap().0, drawn);
    }

    #[test]
    fn what_is_drawn_in_vain_leaves_no_trace() {
        let even = |source: &mut Source<'_>| {
            source.attempt(100, |source, _| {
                source.span(Label::Group, |source| {
                    let int = source.int(0, 1000, 0)?;
                    Ok((int % 2 == 0).then_some(int))
                })
            })
        };
        for seed in 0..50 {
            let (int, trace) = Source::random(Rng::new(seed)).run(even).unwrap();
            assert_eq!((int % 2, trace.nodes.len(), trace.spans.len()), (0, 1, 2));
            assert_eq!(trace.spans[1].place, 0);
        }
    }
}
