//! The planted faults: one file each, the broken way and the mended way side by side.
//!
//! What breaks (a field's name, a threshold, an arm of an enumeration) is thrown from the seed.
//! Each file says how it words the document, how the operation goes on in both twins, and which
//! case is the shortest that shows the fault.
//!
//! Some show by one call, others only by a history: what was made before, and what was done to it.
//! Each of those has a kind of thing of its own.

mod appended;
mod array;
mod branch;
mod cached;
mod calendar;
mod case_fold;
mod charged;
mod content_type;
mod coupon;
mod crammed;
mod depth;
mod doubled;
mod drift;
mod dropped;
mod entangled;
mod enumeration;
mod expired;
mod foreign;
mod forgetful;
mod halfway;
mod header;
mod held;
mod internal;
mod leak;
mod mislaid;
mod misplaced;
mod overdrawn;
mod overflow;
mod overwritten;
mod page_edge;
mod pair;
mod peeping;
mod poisoned;
mod quantity;
mod stale;
mod stall;
mod status;
mod suspended;
mod torn;
mod undeleted;
mod unguarded;
mod utf16;

use serde_json::{Value, json};

use super::Shop;
use super::dice::Dice;
pub(crate) use stale::Stale;
pub(crate) use suspended::Suspended;

/// One planted fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Planted {
    /// Its name: the file it stands in, and which of several.
    pub name: &'static str,
    /// The check it fails.
    pub check: &'static str,
    /// The operation it is planted in: `POST /orders`; the last of a history.
    pub operation: String,
    /// The shortest case that shows it, at its last step: `{"steps": [{…}]}`, each as in a case file.
    pub case: Value,
    /// Cases one step smaller or beside it, which show nothing.
    pub neighbours: Vec<Value>,
}

/// A fault of one operation or of one kind of thing, thrown from a seed.
pub(crate) trait Fault {
    /// What the document's template calls things, and what they are here.
    fn words(&self) -> Vec<(&'static str, String)>;

    /// Its rows in the table.
    fn planted(&self) -> Vec<Planted>;
}

macro_rules! faults {
    ($($name:ident: $kind:ident),* $(,)?) => {
        /// All faults of a shop.
        #[derive(Debug)]
        pub(crate) struct Faults {
            $(pub(crate) $name: $name::$kind,)*
        }

        impl Faults {
            /// Throws them.
            pub(crate) fn of(shop: &Shop) -> Self {
                let dice = Dice::new(shop.seed);
                Self { $($name: $name::$kind::new(dice, shop.healthy),)* }
            }

            /// Each of them.
            pub(crate) fn all(&self) -> Vec<&dyn Fault> {
                vec![$(&self.$name,)*]
            }
        }
    };
}

faults! {
    quantity: Quantity,
    overflow: Overflow,
    calendar: Calendar,
    case_fold: CaseFold,
    internal: Internal,
    utf16: Utf16,
    enumeration: Enumeration,
    branch: Branch,
    array: Array,
    depth: Depth,
    pair: Pair,
    drift: Drift,
    status: Status,
    content_type: ContentType,
    header: Header,
    coupon: Coupon,
    unguarded: Unguarded,
    leak: Leak,
    dropped: Dropped,
    stall: Stall,
    undeleted: Undeleted,
    suspended: Suspended,
    crammed: Crammed,
    halfway: Halfway,
    appended: Appended,
    peeping: Peeping,
    foreign: Foreign,
    page_edge: PageEdge,
    stale: Stale,
    misplaced: Misplaced,
    forgetful: Forgetful,
    mislaid: Mislaid,
    overdrawn: Overdrawn,
    overwritten: Overwritten,
    doubled: Doubled,
    cached: Cached,
    entangled: Entangled,
    charged: Charged,
    expired: Expired,
    torn: Torn,
    held: Held,
    poisoned: Poisoned,
}

/// A case of one call: its operation, and its other members.
pub(super) fn case(operation: &str, input: &Value) -> Value {
    history(&[call(operation, input)])
}

/// A call: its operation, and its other members.
fn call(operation: &str, input: &Value) -> Value {
    joined(json!({ "call": operation }), input)
}

/// A call of what the first step made.
fn upon(operation: &str, input: &Value) -> Value {
    let thing = json!({ "path": { "id": { "$from": "s1/body/id" } } });
    joined(call(operation, &thing), input)
}

fn joined(mut members: Value, more: &Value) -> Value {
    if let (Value::Object(members), Value::Object(more)) = (&mut members, more) {
        members.extend(more.clone());
    }
    members
}

/// These calls at once: a step of a history.
fn together(calls: &[Value]) -> Value {
    let member = |(letter, call): (char, &Value)| joined(json!({ "id": letter }), call);
    let calls: Vec<Value> = ('a'..).zip(calls).map(member).collect();
    json!({ "release": "plain", "together": calls })
}

/// A call twice at once: a step of a history.
pub(super) fn twins(call: &Value) -> Value {
    together(&[call.clone(), json!({ "same": "a" })])
}

/// A case of these calls, one after the other.
pub(super) fn history(calls: &[Value]) -> Value {
    let step = |(number, call): (usize, _)| joined(json!({ "id": format!("s{number}") }), call);
    json!({ "steps": (1..).zip(calls).map(step).collect::<Vec<_>>() })
}

/// The same without one of the calls, each but the first in turn: without that one, which made what
/// the others are about, there is nothing to call.
pub(super) fn shorter(calls: &[Value]) -> Vec<Value> {
    let without = |left_out: usize| {
        let kept = (0..calls.len()).filter(|at| *at != left_out);
        history(&kept.map(|at| calls[at].clone()).collect::<Vec<_>>())
    };
    let mut all: Vec<Value> = (1..calls.len()).map(without).collect();
    all.dedup();
    all
}

/// An integer as case files write it (`$number` beyond ±2^53).
fn number(int: i64) -> Value {
    if int.unsigned_abs() > 1 << 53 { json!({ "$number": int.to_string() }) } else { json!(int) }
}
