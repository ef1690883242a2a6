//! What does not matter in a case that was made small: places in which other values fail, too.

use std::sync::Arc;

use crate::case::{Case, value_at};
use crate::choice::{Choice, Domain, Item, Node};
use crate::generate::case::differences;
use crate::shrink::{Candidate, Edit, Shrinker};
use crate::value::Text;

/// With so many other values in its place a failure has to stay for a place not to matter.
const MOST_OTHERS: usize = 5;

/// More live calls than this are not spent on it.
const MOST_TRIALS: usize = 40;

/// The places that do not matter. `fails` tells of a case whether it fails, nothing once there is no
/// time left.
pub(super) async fn irrelevant<R: Fn(&[Item]) -> Option<Candidate<Arc<Case>>>>(
    shrinker: &Shrinker<Arc<Case>, R>,
    fails: impl AsyncFn(&Arc<Case>) -> Option<bool>,
) -> Vec<String> {
    let best = shrinker.best();
    let mut irrelevant: Vec<String> = Vec::new();
    let mut trials = MOST_TRIALS;
    'places: for place in shrinker.irrelevant() {
        let Some(node) = place.find_choice(&best.trace) else { continue };
        let others = others(&best.trace.nodes[node]).into_iter();
        let variants: Vec<_> =
            others.filter_map(|other| shrinker.variant(&Edit::new().set(node, other))).collect();
        if variants.is_empty() || variants.len() > trials {
            continue;
        }
        trials -= variants.len();
        for variant in &variants {
            match fails(&variant.value).await {
                Some(true) => {}
                Some(false) => continue 'places,
                None => break 'places,
            }
        }
        irrelevant.extend(differences(&best.value, &variants[0].value));
    }
    irrelevant.retain(|place| can_be_told(&best.value, place));
    irrelevant.sort();
    irrelevant.dedup();
    irrelevant
}

/// Whether a place of a case does not matter where other values in it fail, too: what is broken there
/// on purpose does matter, and what is not there says nothing.
fn can_be_told(case: &Case, place: &str) -> bool {
    let Some((id, within)) = place.split_once('/') else { return false };
    let Some(call) = case.call(id) else { return false };
    let broken = call.deviations.iter().any(|deviation| deviation.at.as_deref() == Some(within));
    !broken && value_at(call, within).is_some()
}

/// Other choices in the place of one, as unlike as can be, to see whether it matters.
fn others(node: &Node) -> Vec<Choice> {
    let mut others: Vec<Choice> = match (&node.choice, &node.domain) {
        (Choice::Bool(bool), _) => vec![Choice::Bool(!bool)],
        (Choice::Int(int), Domain::Int { min, max, .. }) => {
            [int + 1, *min, *max, i128::midpoint(*min, *max)]
                .into_iter()
                .filter(|int| (min..=max).contains(&int))
                .map(Choice::Int)
                .collect()
        }
        (Choice::Float(float), _) => {
            [float + 1.5, -float, 1e9].into_iter().map(Choice::Float).collect()
        }
        (Choice::Branch(_), Domain::Branch(count)) => (0..*count).map(Choice::Branch).collect(),
        (Choice::Text(text), _) => {
            let same_length = text.code_points().map(|p| if p == 0x31 { 0x32 } else { 0x31 });
            let longer = text.code_points().chain([0x31]);
            [Text::from_code_points(same_length), Text::from_code_points(longer)]
                .into_iter()
                .chain(["x", "200", "Zażółć"].map(Text::from))
                .map(Choice::Text)
                .collect()
        }
        _ => Vec::new(),
    };
    others.dedup();
    others.retain(|other| *other != node.choice);
    others.truncate(MOST_OTHERS);
    others
}
