//! The orders in which the calls of a group can have come.

use crate::case::Together;

/// Calls of a group by their numbers, one after the other.
pub(super) type Order = Vec<usize>;

/// Of so many calls every order is run, and every order of some of them; of more a sample.
pub(super) const MOST_IN_FULL: usize = 3;

/// The orders of a group.
#[derive(Debug)]
pub(super) struct Orders {
    /// Those to run: each once, where calls that are the same may stand for each other.
    pub(super) all: Vec<Order>,
    /// Those of them that hold all calls.
    pub(super) full: Vec<Order>,
    /// All there are, each with the one to run that is like it.
    pub(super) like: Vec<(Order, usize)>,
}

/// The orders of a group.
pub(super) fn of(group: &Together) -> Orders {
    let count = group.calls.len();
    // A call is what it repeats.
    let original = |at: &usize| {
        let same = group.calls[*at].same.as_ref();
        same.and_then(|id| group.calls.iter().position(|call| call.id == *id)).unwrap_or(*at)
    };
    let originals = |order: &Order| order.iter().map(original).collect::<Vec<_>>();
    let every = if count <= MOST_IN_FULL { selections(count) } else { sample(count) };
    let (mut all, mut like) = (Vec::<Order>::new(), Vec::new());
    for order in every {
        let known = all.iter().position(|other| originals(other) == originals(&order));
        let run = known.unwrap_or(all.len());
        if known.is_none() {
            all.push(order.clone());
        }
        like.push((order, run));
    }
    let full = all.iter().filter(|order| order.len() == count).cloned().collect();
    Orders { all, full, like }
}

/// Every order of every choice of some of so many things, the largest choices first.
fn selections(count: usize) -> Vec<Order> {
    fn extend(count: usize, order: &mut Order, all: &mut Vec<Order>) {
        for at in 0..count {
            if !order.contains(&at) {
                order.push(at);
                all.push(order.clone());
                extend(count, order, all);
                order.pop();
            }
        }
    }
    let mut all = Vec::new();
    extend(count, &mut Order::new(), &mut all);
    all.sort_by_key(|order| count - order.len());
    all
}

/// From each of so many things on, forwards and backwards: each comes first, and each comes last.
fn sample(count: usize) -> Vec<Order> {
    let from = |first: usize| {
        let forwards: Order = (first..count).chain(0..first).collect();
        let backwards = forwards.iter().rev().copied().collect();
        [forwards, backwards]
    };
    (0..count).flat_map(from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Call, Release};

    fn group(same: &[Option<&str>]) -> Together {
        let call = |(at, same): (usize, Option<&str>)| Call {
            id: format!("c{at}"),
            same: same.map(str::to_owned),
            ..Call::default()
        };
        let calls = same.iter().copied().enumerate().map(call).collect();
        Together { id: "g".to_owned(), wait: None, release: Release::Plain, calls }
    }

    #[test]
    fn up_to_three_calls_come_in_every_order_and_some_may_be_missing() {
        let Orders { all, full, like } = of(&group(&[None, None]));
        assert_eq!(all, [vec![0, 1], vec![1, 0], vec![0], vec![1]]);
        assert_eq!((full, like.len()), (vec![vec![0, 1], vec![1, 0]], 4));
        let Orders { all, full, .. } = of(&group(&[None, None, None]));
        assert_eq!((all.len(), full.len()), (15, 6));
    }

    #[test]
    fn what_is_the_same_may_stand_for_each_other() {
        let Orders { all, full, like } = of(&group(&[None, Some("c0")]));
        assert_eq!((all, full), (vec![vec![0, 1], vec![0]], vec![vec![0, 1]]));
        assert_eq!(like, [(vec![0, 1], 0), (vec![1, 0], 0), (vec![0], 1), (vec![1], 1)]);
    }

    #[test]
    fn of_many_calls_each_comes_first_and_last_in_some_orders() {
        let Orders { all, full, .. } = of(&group(&[None; 5]));
        assert_eq!((all.len(), &full), (10, &all));
        for place in [0, 4] {
            let there: std::collections::BTreeSet<usize> =
                all.iter().map(|order| order[place]).collect();
            assert_eq!(there.len(), 5);
        }
    }

    #[test]
    fn many_that_are_the_same_are_run_once() {
        let same = Some("c0");
        assert_eq!(of(&group(&[None, same, same, same])).full, [[0, 1, 2, 3]]);
        let mixed = of(&group(&[None, same, same, None]));
        assert_eq!((mixed.all.len(), mixed.like.len()), (4, 8));
    }
}
