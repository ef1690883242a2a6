//! How much nesting a value needs at least, so that drawing ends and what cannot be is left out.

use super::{Branch, Node, NodeId, Shapes};

/// Sets every node's height and removes what nothing satisfies.
pub(super) fn measure(nodes: &mut [Node]) {
    for node in nodes.iter_mut() {
        node.height = u32::MAX;
    }
    loop {
        let heights: Vec<u32> = nodes.iter().map(|node| node.height).collect();
        let mut changed = false;
        for node in nodes.iter_mut() {
            let height = node
                .branches
                .iter()
                .map(|b| branch_height(b, &of(&heights)))
                .min()
                .unwrap_or(u32::MAX);
            changed |= height < node.height;
            node.height = node.height.min(height);
        }
        if !changed {
            break;
        }
    }
    let heights: Vec<u32> = nodes.iter().map(|node| node.height).collect();
    for node in nodes.iter_mut() {
        node.branches.retain(|branch| branch_height(branch, &of(&heights)) < u32::MAX);
        for branch in &mut node.branches {
            prune(branch, &heights);
        }
    }
}

/// Looks heights up in a list.
fn of(heights: &[u32]) -> impl Fn(NodeId) -> u32 {
    |id| {
        if id == Shapes::ANY { 0 } else { heights.get(id.0 as usize).copied().unwrap_or(u32::MAX) }
    }
}

/// The least nesting of a branch, by the heights of the nodes below it; an array or object counts as
/// one, though it may be empty.
pub(super) fn branch_height(branch: &Branch, height: &dyn Fn(NodeId) -> u32) -> u32 {
    let of = |id: &NodeId| height(*id);
    let deepest =
        |children: &mut dyn Iterator<Item = u32>| children.max().unwrap_or(0).saturating_add(1);
    match branch {
        Branch::Null
        | Branch::Bool
        | Branch::Constants(_)
        | Branch::Number(_)
        | Branch::String(_) => 0,
        Branch::Array(array) => {
            let prefix = array.prefix.iter().take(array.min).map(of);
            let rest =
                (array.min > array.prefix.len()).then(|| array.rest.as_ref().map_or(u32::MAX, of));
            let contains =
                array.contains.iter().filter(|(_, least, _)| *least > 0).map(|(n, _, _)| of(n));
            deepest(&mut prefix.chain(rest).chain(contains))
        }
        Branch::Object(object) => {
            deepest(&mut object.members.iter().filter(|m| m.required).map(|m| of(&m.node)))
        }
    }
}

/// Removes optional parts that nothing satisfies.
fn prune(branch: &mut Branch, heights: &[u32]) {
    let height = of(heights);
    let possible = |id: &NodeId| height(*id) < u32::MAX;
    match branch {
        Branch::Object(object) => {
            let impossible = object.members.iter().filter(|member| !possible(&member.node));
            object.forbidden.extend(impossible.map(|member| member.name.clone()));
            object.members.retain(|member| possible(&member.node));
            object.patterns.retain(|patterned| possible(&patterned.node));
            if object.additional.is_some_and(|node| !possible(&node)) {
                object.additional = None;
            }
        }
        Branch::Array(array) => {
            if array.rest.is_some_and(|node| !possible(&node)) {
                array.rest = None;
            }
            if let Some(first) = array.prefix.iter().position(|node| !possible(node)) {
                array.max = Some(array.max.map_or(first, |max| max.min(first)));
                array.prefix.truncate(first);
                array.rest = None;
            }
        }
        _ => {}
    }
}
