//! A list that loses a thing at the edge of each page.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::{Fault, Planted, call, history, shorter, upon};

const BOARD: &str = "POST /boards";
const CARD: &str = "POST /boards/{id}/cards";
const LIST: &str = "GET /boards/{id}/cards";

/// The most things on a page; who asks for more gets so many.
const MOST: usize = 50;

/// How many things a page has where no one says.
const USUAL: usize = 10;

/// The pages of a list.
///
/// Only those of a size that was asked for begin too late: where a page begins does not show it alone,
/// and the shortest history has one thing on a page.
#[derive(Debug)]
pub(crate) struct PageEdge {
    healthy: bool,
    /// How many things a page has.
    pub(crate) size: &'static str,
    /// Where it begins, or which one it is.
    pub(crate) start: &'static str,
}

impl PageEdge {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let names = [("limit", "offset"), ("per_page", "page"), ("size", "page")];
        let (size, start) = dice.pick("page_edge names", &names);
        Self { healthy, size, start }
    }

    /// The first value of `start`: pages are counted from 1.
    fn first(&self) -> usize {
        usize::from(self.start == "page")
    }

    /// What of a list is on a page.
    pub(crate) fn of<'l, T>(&self, list: &'l [T], asked: Option<usize>, start: usize) -> &'l [T] {
        let size = asked.unwrap_or(USUAL).clamp(1, MOST);
        let before = start.saturating_sub(self.first());
        let width = if self.first() == 1 { size } else { 1 };
        let mut from = before.saturating_mul(width);
        if from > 0 && asked.is_some() && !self.healthy {
            from = from.saturating_add(1);
        }
        let rest = list.get(from..).unwrap_or_default();
        &rest[..size.min(rest.len())]
    }
}

impl Fault for PageEdge {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![
            ("page_edge.size", self.size.into()),
            ("page_edge.start", self.start.into()),
            ("page_edge.first", self.first().to_string()),
        ]
    }

    fn planted(&self) -> Vec<Planted> {
        let board = call(BOARD, &json!({ "json": {} }));
        let card = upon(CARD, &json!({ "json": {} }));
        let list = |query: Value| upon(LIST, &json!({ "query": query }));
        let shortest = [board, card.clone(), card, list(json!({ self.size: 1 }))];
        let mut neighbours = shorter(&shortest);
        let second = json!({ self.start: self.first() + 1 });
        let others = [json!({ self.size: 2 }), second, json!({})].map(list);
        neighbours.extend(others.map(|list| history(&[&shortest[..3], &[list]].concat())));
        vec![Planted {
            name: "page_edge",
            check: "collection_consistency",
            operation: LIST.into(),
            case: history(&shortest),
            neighbours,
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_from_one_and_offsets_from_zero() {
        let pages = |size, start| PageEdge { healthy: true, size, start };
        let list = [1, 2, 3, 4, 5];
        let by_page = pages("size", "page");
        assert_eq!(
            [by_page.of(&list, Some(2), 1), by_page.of(&list, Some(2), 3)],
            [&list[..2], &list[4..]]
        );
        let by_offset = pages("limit", "offset");
        assert_eq!(
            [by_offset.of(&list, Some(2), 0), by_offset.of(&list, Some(2), 3)],
            [&list[..2], &list[3..]]
        );
        assert_eq!(by_page.of(&list, Some(usize::MAX), usize::MAX), [0; 0]);
    }

    #[test]
    fn what_is_lost_is_lost_at_every_edge() {
        let broken = PageEdge { healthy: false, size: "size", start: "page" };
        let list = [1, 2, 3, 4, 5];
        let pages: Vec<&[i32]> = (1..4).map(|page| broken.of(&list, Some(2), page)).collect();
        assert_eq!(pages, [&list[..2], &list[3..], &[]]);
        let by_offset = PageEdge { healthy: false, size: "limit", start: "offset" };
        assert_eq!(by_offset.of(&list, None, 1), &list[1..]);
    }
}
