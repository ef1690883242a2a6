//! One branch of a `oneOf` that the code does not know.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, case};

const OPERATION: &str = "POST /payments";

/// Ways to pay, told apart by a discriminator.
#[derive(Debug)]
pub(crate) struct Branch {
    healthy: bool,
    pub(crate) discriminator: &'static str,
    /// The kinds: `card` first, the others in any order.
    kinds: [&'static str; 4],
    /// Index of the kind without code, never the first.
    unknown: usize,
}

impl Branch {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let [second, third, fourth] =
            dice.shuffled("branch kinds", ["transfer", "voucher", "wallet"]);
        Self {
            healthy,
            discriminator: dice.pick("branch discriminator", &["kind", "type", "method", "via"]),
            kinds: ["card", second, third, fourth],
            unknown: dice.within("branch unknown", 1, 3) as usize,
        }
    }

    /// The fee in cents.
    pub(crate) fn fee(&self, kind: &str) -> Result<i64, Reply> {
        match self.kinds.iter().position(|known| *known == kind) {
            Some(index) if index != self.unknown || self.healthy => Ok(30 * index as i64),
            _ => Err(crash("unhandled payment variant")),
        }
    }

    /// The simplest payment of a kind.
    fn simplest(&self, kind: usize) -> Value {
        let kind = self.kinds[kind];
        match kind {
            "card" => {
                json!({ self.discriminator: kind, "amount": 1, "number": "0000000000000000" })
            }
            "transfer" => json!({ self.discriminator: kind, "amount": 1, "account": 1 }),
            "voucher" => json!({ self.discriminator: kind, "amount": 1, "code": "0" }),
            _ => json!({ self.discriminator: kind, "amount": 1, "confirmed": false }),
        }
    }
}

/// The schema in the document that describes a kind.
fn schema(kind: &str) -> String {
    let mut name = kind[..1].to_uppercase();
    name.push_str(&kind[1..]);
    name
}

impl Fault for Branch {
    fn words(&self) -> Vec<(&'static str, String)> {
        let reference = |kind: &&str| format!("{{$ref: '#/components/schemas/{}'}}", schema(kind));
        let mapping = |kind: &&str| format!("{kind}: '#/components/schemas/{}'", schema(kind));
        vec![
            ("branch.discriminator", self.discriminator.into()),
            ("branch.branches", self.kinds.iter().map(reference).collect::<Vec<_>>().join(", ")),
            ("branch.mapping", self.kinds.iter().map(mapping).collect::<Vec<_>>().join(", ")),
        ]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |kind: usize| case(OPERATION, &json!({ "json": self.simplest(kind) }));
        vec![Planted {
            name: "branch",
            check: "not_a_server_error",
            operation: OPERATION.into(),
            case: with(self.unknown),
            neighbours: (0..4).filter(|kind| *kind != self.unknown).map(with).collect(),
        }]
    }
}
