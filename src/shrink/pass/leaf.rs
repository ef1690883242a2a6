//! Choices at places, seen as integers or as characters.

use super::{Flow, Place, Trial};
use crate::choice::{Choice, Domain, Label, Node, Trace};
use crate::shrink::Edit;
use crate::shrink::place::{leaves, owners};
use crate::value::Text;

/// An integer, or a yes or no or a branch seen as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Int {
    pub(super) value: i128,
    pub(super) min: i128,
    pub(super) max: i128,
    pub(super) toward: i128,
}

impl Int {
    pub(super) fn of(node: &Node) -> Option<Self> {
        Some(match (&node.choice, &node.domain) {
            (Choice::Int(value), Domain::Int { min, max, toward }) => {
                Self { value: *value, min: *min, max: *max, toward: *toward }
            }
            (Choice::Bool(bool), Domain::Bool) => {
                Self { value: i128::from(*bool), min: 0, max: 1, toward: 0 }
            }
            (Choice::Branch(branch), Domain::Branch(count)) => {
                Self { value: i128::from(*branch), min: 0, max: i128::from(*count) - 1, toward: 0 }
            }
            _ => return None,
        })
    }

    pub(super) fn at(trace: &Trace, place: &Place) -> Option<Self> {
        Self::of(&trace.nodes[place.find_choice(trace)?])
    }

    /// Whether another integer is drawn alike.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.min, self.max, self.toward) == (other.min, other.max, other.toward)
    }

    /// How far from the simplest it is.
    pub(super) fn distance(&self) -> i128 {
        (self.value - self.toward).abs()
    }

    fn choice_like(node: &Node, int: i128) -> Option<Choice> {
        let like = Self::of(node)?;
        (like.min..=like.max).contains(&int).then_some(())?;
        Some(match node.choice {
            Choice::Bool(_) => Choice::Bool(int == 1),
            Choice::Branch(_) => Choice::Branch(u32::try_from(int).ok()?),
            _ => Choice::Int(int),
        })
    }
}

/// An edit that gives each place its integer; `None` where one does not fit.
pub(super) fn with_ints<'p>(
    trace: &Trace,
    ints: impl IntoIterator<Item = (&'p Place, i128)>,
) -> Option<Edit> {
    ints.into_iter().try_fold(Edit::new(), |edit, (place, int)| {
        let node = place.find_choice(trace)?;
        Some(edit.set(node, Int::choice_like(&trace.nodes[node], int)?))
    })
}

/// Tries one integer at all these places.
pub(super) fn try_int(trial: &mut Trial<'_>, places: &[Place], int: i128) -> Flow<bool> {
    trial.attempt(|trace| with_ints(trace, places.iter().map(|place| (place, int))))
}

/// A text or octets, seen as characters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chars {
    pub(super) points: Vec<u32>,
    pub(super) octets: bool,
}

impl Chars {
    pub(super) fn of(node: &Node) -> Option<Self> {
        Some(match &node.choice {
            Choice::Text(text) => Self { points: text.code_points().collect(), octets: false },
            Choice::Bytes(bytes) => {
                Self { points: bytes.iter().map(|byte| u32::from(*byte)).collect(), octets: true }
            }
            _ => return None,
        })
    }

    pub(super) fn at(trace: &Trace, place: &Place) -> Option<Self> {
        Self::of(&trace.nodes[place.find_choice(trace)?])
    }

    /// The simplest character.
    pub(super) fn zero(&self) -> u32 {
        if self.octets { 0 } else { 0x30 }
    }

    fn into_choice(self) -> Choice {
        if self.octets {
            Choice::Bytes(self.points.into_iter().map(|point| point as u8).collect())
        } else {
            Choice::Text(Text::from_code_points(self.points))
        }
    }
}

/// Tries a change of the characters at all these places, which are equal.
pub(super) fn try_chars(
    trial: &mut Trial<'_>,
    places: &[Place],
    change: impl FnOnce(&mut Vec<u32>),
) -> Flow<bool> {
    trial.attempt(|trace| {
        let mut chars = Chars::at(trace, places.first()?)?;
        change(&mut chars.points);
        let choice = chars.into_choice();
        places.iter().try_fold(Edit::new(), |edit, place| {
            Some(edit.set(place.find_choice(trace)?, choice.clone()))
        })
    })
}

/// The places of the choices that are not the simplest and that `wanted` wants, in order.
pub(super) fn leaves_where(trace: &Trace, wanted: impl Fn(&Node) -> bool) -> Vec<Place> {
    let structural = structural(trace);
    leaves(trace)
        .into_iter()
        .zip(&trace.nodes)
        .zip(structural)
        .filter(|((_, node), structural)| !structural && !node.is_simplest() && wanted(node))
        .map(|((place, _), _)| place)
        .collect()
}

/// Which choices say what is drawn next, so that they change with what they govern or not at all:
/// the bits of list elements and fields, and branches before their alternative.
pub(super) fn structural(trace: &Trace) -> Vec<bool> {
    let owners = owners(trace);
    let mut structural = vec![false; trace.nodes.len()];
    for (index, span) in trace.spans.iter().enumerate() {
        let at = match span.label {
            // A required field has no bit: its first choice belongs to a span inside it.
            Label::Element | Label::Field if owners.get(span.start) == Some(&index) => span.start,
            Label::Alternative if span.start > 0 => span.start - 1,
            _ => continue,
        };
        structural[at] |= match trace.nodes[at].choice {
            Choice::Branch(_) => span.label == Label::Alternative,
            Choice::Bool(_) => span.label != Label::Alternative,
            _ => false,
        };
    }
    structural
}
