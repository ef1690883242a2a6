//! Pages neither lose nor repeat: what one page shows, several show, each thing once.

use crate::case::{Call, Case, Step};
use crate::check::listing::Listing;
use crate::check::paging::{Paging, Start, is_next};
use crate::check::{Seen, View, look};
use crate::spec::Parameter;
use crate::spec::graph::Resource;
use crate::value::{Pointer, Reference, Source, Value};

/// Looks at the whole in one page.
const WHOLE: &str = "whole";

/// The whole once more, after its pages; the first page by no number; the pages.
const AGAIN: &str = "again";
const FIRST: &str = "first";
const PAGE: &str = "page";

/// More pages are not asked for.
const MOST_PAGES: usize = 12;

/// Pages in which all is asked for, the largest that is allowed.
const LARGEST: [usize; 6] = [100, 50, 25, 20, 10, 5];

/// How the pages of a list are asked for.
pub(super) struct Pages<'a> {
    start: Start<'a>,
    sized: &'a Parameter,
    /// As the list call asks, or the default.
    pub(super) size: usize,
    /// Things in the collection as far as the history tells.
    count: usize,
    /// Where an answer says how to go on.
    next: Option<Pointer>,
}

impl<'a> Pages<'a> {
    /// The pages of a list that shows of so many things, where there may be more than one.
    pub(super) fn of(
        paging: &Paging<'a>,
        call: &Call,
        listing: &Listing<'_>,
        count: usize,
    ) -> Option<Self> {
        let (start, sized, size) = (paging.start?, paging.size?, paging.size_of(call)?);
        let next = match start {
            Start::Cursor(_) => Some(next(listing.whole)?),
            Start::Offset(_) | Start::Page(_) => None,
        };
        let fits = count >= 2 && size <= count && count.div_ceil(size) <= MOST_PAGES;
        fits.then_some(Self { start, sized, size, count, next })
    }

    /// Asks for the whole in one page, for its pages, and for the whole once more.
    pub(super) fn ask(&self, view: &View<'_>, case: &mut Case, call: &Call) -> Option<()> {
        let accepts =
            |size: usize| self.sized.schema.accepts(&Value::int(size as i128)).then_some(size);
        let largest = LARGEST.into_iter().filter(|size| *size > self.count).find_map(accepts)?;
        let first = without(call, self.start.parameter());
        let whole = with(without(&first, self.sized), self.sized, Value::int(largest as i128));
        look::add(view, case, &whole, WHOLE);
        let mut push = |call: Call, id: String| {
            case.steps.push(Step::Call(Call { id, wait: None, want: None, saw: None, ..call }));
        };
        let numbers = 1..=self.asked();
        match self.start {
            Start::Offset(offset) => numbers.for_each(|page| {
                let skipped = Value::int(((page - 1) * self.size) as i128);
                push(with(first.clone(), offset, skipped), format!("{PAGE}{page}"));
            }),
            Start::Page(number) => {
                push(first.clone(), FIRST.to_owned());
                // Whether pages count from 0 or from 1 is seen from the answers, where nobody tells.
                let least = usize::from(!number.schema.accepts(&Value::int(0)));
                (least..=self.asked()).for_each(|page| {
                    let page_number = Value::int(page as i128);
                    push(with(first.clone(), number, page_number), format!("{PAGE}{page}"));
                });
            }
            Start::Cursor(cursor) => numbers.for_each(|page| {
                let before = Reference {
                    call: format!("{PAGE}{}", page - 1),
                    source: Source::Body(self.next.clone().unwrap_or_default()),
                    matching: None,
                };
                let call = match page {
                    1 => first.clone(),
                    _ => with(first.clone(), cursor, before.symbol()),
                };
                push(call, format!("{PAGE}{page}"));
            }),
        }
        push(whole, AGAIN.to_owned());
        Some(())
    }

    /// So many pages are asked for: one more than should be needed, since something may have moved
    /// there.
    fn asked(&self) -> usize {
        (self.count.div_ceil(self.size) + 1).min(MOST_PAGES)
    }

    /// What the pages do with the things that one page shows.
    pub(super) fn fault(
        &self,
        looks: &View<'_>,
        resource: &Resource,
    ) -> Option<(&'static str, String)> {
        let ids = |seen: &Seen<'_>| Listing::of(seen, resource)?.ids();
        let [_, once, whole] = look::three(looks, WHOLE)?;
        let (once, whole) = (ids(once)?, ids(whole)?);
        let again = match looks.call(AGAIN) {
            Some(again) => ids(again)?,
            // A cursor that leads no further ends the history.
            None => once.clone(),
        };
        let needed = whole.len().div_ceil(self.size);
        let single = |id: &String| whole.iter().filter(|other| *other == id).count() == 1;
        let is_stable = once == whole && again == whole && whole.iter().all(single);
        if !is_stable || needed > self.asked() {
            return None;
        }
        let from = self.begin(looks, &ids)?;
        let mut pages: Vec<Vec<String>> = Vec::new();
        let mut ended = self.next.is_none();
        for number in from..from + self.asked() {
            let seen = looks.call(&format!("{PAGE}{number}"))?;
            match ids(seen) {
                Some(page) if page.len() <= self.size => pages.push(page),
                // There is none behind the last one.
                None if pages.len() >= needed => {}
                _ => return None,
            }
            if !self.goes_on(seen) {
                ended = true;
                break;
            }
        }
        let shown = |id: &String| pages.iter().flatten().any(|other| other == id);
        let twice = |id: &String| {
            pages.iter().take(needed).flatten().filter(|other| *other == id).count() > 1
        };
        let (count, size) = (whole.len(), self.size);
        let told =
            |how: &str| format!("shows {count} things in one page, and {how} in pages of {size}");
        if !whole.iter().all(shown) {
            // Pages by a cursor may be shorter than asked for, and more.
            ended.then(|| ("lost between pages", told("loses one of them")))
        } else if whole.iter().any(twice) {
            Some(("twice in pages", told("shows one of them twice")))
        } else {
            None
        }
    }

    /// The number of the first page.
    fn begin(
        &self,
        looks: &View<'_>,
        ids: &dyn Fn(&Seen<'_>) -> Option<Vec<String>>,
    ) -> Option<usize> {
        if !matches!(self.start, Start::Page(_)) {
            return Some(1);
        }
        let page = |id: &str| looks.call(id).and_then(ids);
        let first = page(FIRST)?;
        let is_first = |number: &usize| page(&format!("{PAGE}{number}")).as_ref() == Some(&first);
        [1, 0].into_iter().find(is_first)
    }

    /// Whether another page follows one; a cursor says where, or that there is none.
    fn goes_on(&self, page: &Seen<'_>) -> bool {
        let leads = |next: &Pointer| {
            let next = page.json().and_then(|whole| next.find(whole));
            next.is_some_and(|next| match next {
                Value::String(text) => !text.is_empty(),
                next => !matches!(next, Value::Null | Value::Bool(false)),
            })
        };
        self.next.as_ref().is_none_or(leads)
    }
}

/// The one place of an answer that tells where the next page begins.
fn next(whole: &Value) -> Option<Pointer> {
    let members = |at: &Pointer, value: &Value| -> Vec<(Pointer, Value)> {
        let members = value.as_object().into_iter().flatten();
        members.map(|(key, value)| (at.child(key.clone()), value.clone())).collect()
    };
    let root = Pointer::root();
    let mut places = members(&root, whole);
    let inner: Vec<_> = places.iter().flat_map(|(at, value)| members(at, value)).collect();
    places.extend(inner);
    places.retain(|(at, value)| {
        let name = at.tokens().last().map(|token| token.lossy().into_owned()).unwrap_or_default();
        let text = value.as_str().is_some_and(|text| !text.is_empty() && !text.contains('/'));
        is_next(&name) && (text || value.as_number().is_some())
    });
    match &*places {
        [(place, _)] => Some(place.clone()),
        _ => None,
    }
}

/// The call without a parameter of its query.
fn without(call: &Call, parameter: &Parameter) -> Call {
    let mut call = call.clone();
    call.query.retain(|(name, _)| *name != parameter.name);
    call
}

/// The call with a parameter of its query.
fn with(mut call: Call, parameter: &Parameter, value: Value) -> Call {
    call.query.push((parameter.name.clone(), value));
    call
}
