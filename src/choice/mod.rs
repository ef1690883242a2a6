//! The typed choice sequence: every random decision of a generator, recorded so that it can be
//! replayed, lifted from a value and made smaller.
//!
//! A generator draws through [`Source`]; what it drew is a [`Trace`]: typed choices with their
//! domains, and the spans they were drawn in. Replaying the choices gives the same result; replaying
//! changed ones gives a nearby result, because a choice that does not fit its domain any more is
//! punned to the simplest one. The idea is Hypothesis's internal reduction (MacIver and Donaldson,
//! ECOOP 2020), with the structural edits resolved by the generator instead of guessed.

mod order;
mod rng;
mod source;
mod trace;

pub use order::{cmp_choices, grid, rank, unrank};
pub use rng::Rng;
pub use source::{Draw, Overrun, Source};
pub use trace::{Item, Label, Node, Span, Trace};

use std::sync::Arc;
use std::time::Duration;

use crate::value::Text;

/// One decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// An integer.
    Int(i128),
    /// A finite float.
    Float(f64),
    /// A text.
    Text(Text),
    /// Octets.
    Bytes(Vec<u8>),
    /// A yes or no.
    Bool(bool),
    /// One of several ways on, counted from 0.
    Branch(u32),
    /// A length of time.
    Duration(Duration),
    /// The name of a thing that later choices can refer to. It stays when things before it go.
    Name(Arc<str>),
    /// One of several earlier things, by name.
    Reference(Arc<str>),
    /// Marks that what the schema node of this number gives here is any value at all. It names the
    /// node because nothing but it need stand between the value and the first one inside it.
    Raw(u32),
    /// Marks that an object of the schema node of this number ends with any members at all.
    Extra(u32),
    /// Marks that a part that has to be there is left out.
    Missing,
}

/// What a choice could have been.
#[derive(Clone, Debug, PartialEq)]
pub enum Domain {
    /// `min..=max`, simplest at `toward`; all within ±2^100.
    Int {
        /// Least.
        min: i128,
        /// Greatest.
        max: i128,
        /// Simplest.
        toward: i128,
    },
    /// Finite floats of `min..=max`, simplest at `toward`.
    Float {
        /// Least.
        min: f64,
        /// Greatest.
        max: f64,
        /// Simplest.
        toward: f64,
    },
    /// Texts of `min..=max` code points.
    Text {
        /// Least length.
        min: usize,
        /// Greatest length.
        max: usize,
        /// Which code points random texts are made of; a replayed text may hold any.
        alphabet: Alphabet,
    },
    /// Octets, `min..=max` of them.
    Bytes {
        /// Least length.
        min: usize,
        /// Greatest length.
        max: usize,
    },
    /// Yes or no; no is simpler.
    Bool,
    /// The first `n` numbers; earlier is simpler.
    Branch(u32),
    /// Up to `max`; zero is simplest, then the grid 1·2·5×10^k µs.
    Duration(Duration),
    /// Any name that is not taken; no one is simpler than another.
    Name,
    /// Names; earlier is simpler.
    Reference(Arc<[Arc<str>]>),
    /// The marks [`Choice::Raw`], [`Choice::Extra`] and [`Choice::Missing`].
    Mark,
}

/// Code points that random texts are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Alphabet {
    /// Mostly letters and digits, some of everything else but surrogates.
    #[default]
    Any,
    /// Printable ASCII without the space.
    Visible,
    /// `0-9A-Za-z`
    Alphanumeric,
}
