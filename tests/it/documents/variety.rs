//! How many different valid values an input gets.

use std::collections::HashSet;

use phi_fuzz::choice::{Rng, Source};
use phi_fuzz::generate::input;
use phi_fuzz::generate::value::{Place, draw};
use phi_fuzz::schema::Schema;
use phi_fuzz::schema::shape::{Branch, Grid, NodeId};
use phi_fuzz::spec::Operation;

use super::Found;

/// So many are wanted of each input.
const WANTED: usize = 20;

/// So many are drawn for that.
const DRAWN: u64 = 200;

pub(super) fn look(operation: &Operation, name: &str, found: &mut Found) {
    let parameters = input::parameters(operation);
    let parameters = parameters.map(|p| (input::place_of(p), &p.schema, input::parameter_place(p)));
    let contents = operation.body.iter().flat_map(|body| &body.contents);
    let bodies = contents.filter_map(|content| {
        let schema = content.schema.as_ref()?;
        Some((content.media_type.clone(), schema, input::body_place(content)?))
    });
    for (slot, schema, place) in parameters.chain(bodies) {
        if size(place, place.node, 8) < WANTED {
            continue;
        }
        found.inputs += 1;
        let distinct = distinct(schema, place);
        if distinct < WANTED {
            found.monotonous.push(format!("{name} {slot}: {distinct}"));
        }
    }
}

fn distinct(schema: &Schema, place: Place<'_>) -> usize {
    let mut seen = HashSet::new();
    for seed in 0..DRAWN {
        if seen.len() >= WANTED {
            break;
        }
        if let Ok((value, _)) = Source::random(Rng::new(seed)).run(|source| draw(place, source))
            && schema.accepts_formats(&value)
        {
            seen.insert(value);
        }
    }
    seen.len()
}

/// How many values a place has at most, counted to what is wanted.
fn size(place: Place<'_>, node: NodeId, depth: usize) -> usize {
    let Some(node) = place.shapes.node(node) else { return WANTED };
    if depth == 0 {
        return WANTED;
    }
    let inner = |id: NodeId| size(place, id, depth - 1);
    let of = |branch: &Branch| match branch {
        Branch::Null => 1,
        Branch::Bool => 2,
        Branch::Constants(values) => values.len(),
        Branch::Number(shape) => match shape.grid() {
            Some(Grid::Multiples { min, max, .. }) => (max - min + 1).min(1000) as usize,
            Some(Grid::Floats { min, max, .. }) if min >= max => 1,
            Some(Grid::Floats { .. }) => WANTED,
            None => 0,
        },
        Branch::String(shape) if shape.max == Some(0) => 1,
        Branch::String(_) => WANTED,
        Branch::Array(shape) => {
            let most = shape.max.unwrap_or(WANTED).min(WANTED);
            let element = shape.node_of(0).map_or(0, inner);
            let lengths = most.saturating_sub(shape.min) + 1;
            if element <= 1 && shape.unique {
                2.min(lengths)
            } else if element <= 1 {
                lengths
            } else if shape.unique && element < 5 {
                1 << element.min(most)
            } else {
                element.saturating_pow(most as u32).max(lengths)
            }
        }
        Branch::Object(shape) if shape.additional.is_some() && shape.open => {
            let _ = shape;
            WANTED
        }
        Branch::Object(shape) => {
            let patterned = if shape.patterns.is_empty() { 1 } else { WANTED };
            let members = shape.members.iter().filter(|member| !member.read_only);
            members.fold(patterned, |size, member| {
                let own = inner(member.node) + usize::from(!member.required);
                size.saturating_mul(own.min(WANTED)).min(1000)
            })
        }
    };
    node.branches.iter().map(|branch| of(branch).min(WANTED)).sum::<usize>().min(WANTED)
}
