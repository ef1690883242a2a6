//! The planted faults: one file each, the broken way and the mended way side by side.
//!
//! What breaks (a field's name, a threshold, an arm of an enumeration) is thrown from the seed.
//! Each file says how it words the document, how the operation goes on in both twins, and which
//! case is the shortest that shows the fault.

mod array;
mod branch;
mod calendar;
mod case_fold;
mod content_type;
mod coupon;
mod depth;
mod drift;
mod dropped;
mod enumeration;
mod header;
mod internal;
mod leak;
mod overflow;
mod pair;
mod quantity;
mod stall;
mod status;
mod unguarded;
mod utf16;

use serde_json::{Value, json};

use super::Shop;
use super::dice::Dice;

/// One planted fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Planted {
    /// Its name: the file it stands in, and which of several.
    pub name: &'static str,
    /// The check it fails.
    pub check: &'static str,
    /// The operation it is planted in: `POST /orders`.
    pub operation: String,
    /// The shortest case that shows it: `{"steps": [{…}]}`, each step as in a case file.
    pub case: Value,
    /// Cases one step smaller or beside it, which show nothing.
    pub neighbours: Vec<Value>,
}

/// A fault of one operation, thrown from a seed.
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
}

/// A case of one call: its operation, and its other members.
fn case(operation: &str, input: &Value) -> Value {
    let mut step = json!({ "id": "s1", "call": operation });
    if let (Value::Object(step), Value::Object(input)) = (&mut step, input) {
        step.extend(input.clone());
    }
    json!({ "steps": [step] })
}

/// An integer as case files write it (`$number` beyond ±2^53).
fn number(int: i64) -> Value {
    if int.unsigned_abs() > 1 << 53 { json!({ "$number": int.to_string() }) } else { json!(int) }
}
