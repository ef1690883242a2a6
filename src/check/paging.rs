//! How a list is paged, as the names of its parameters and its answers tell.

use super::Seen;
use super::listing::Listing;
use crate::case::Call;
use crate::spec::graph::words::{key, words};
use crate::spec::{Location, Operation, Parameter};
use crate::value::Value;

/// What the parameters of a list are for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Paging<'a> {
    /// How many things a page shows.
    pub(super) size: Option<&'a Parameter>,
    /// Where a page begins.
    pub(super) start: Option<Start<'a>>,
    /// Whether another parameter may leave things out.
    pub(super) filters: bool,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum Start<'a> {
    /// After so many things.
    Offset(&'a Parameter),
    /// At the page of this number.
    Page(&'a Parameter),
    /// Where the page before says.
    Cursor(&'a Parameter),
}

/// Names of parameters, as words.
const SIZES: [&str; 15] = [
    "limit",
    "size",
    "per page",
    "page size",
    "page limit",
    "count",
    "take",
    "top",
    "first",
    "rows",
    "max results",
    "max items",
    "items per page",
    "results per page",
    "number of items",
];
const OFFSETS: [&str; 6] = ["offset", "skip", "start", "start index", "from", "page offset"];
const PAGES: [&str; 6] = ["page", "page number", "page no", "page index", "current page", "p"];
const CURSORS: [&str; 10] = [
    "cursor",
    "page cursor",
    "page token",
    "next page token",
    "next token",
    "start cursor",
    "after",
    "continuation",
    "continuation token",
    "bookmark",
];
const MORE: [&str; 2] = ["more", "has more"];
const ORDERS: [&str; 7] =
    ["sort", "sort by", "order", "order by", "sort order", "direction", "sort direction"];

/// What an answer tells of how much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// There is more than it shows.
    More,
    /// It shows all.
    All,
    Nothing,
}

impl<'a> Paging<'a> {
    /// How an operation is paged.
    pub(super) fn of(operation: &'a Operation) -> Self {
        let mut paging = Self::default();
        for parameter in &operation.parameters {
            match parameter.location {
                Location::Query => {}
                Location::QueryString => paging.filters = true,
                Location::Path | Location::Header | Location::Cookie => continue,
            }
            let counts = counts(parameter);
            if counts && is_one_of(&SIZES, &parameter.name) {
                paging.size = paging.size.or(Some(parameter));
            } else if counts && is_one_of(&OFFSETS, &parameter.name) {
                paging.start = paging.start.or(Some(Start::Offset(parameter)));
            } else if counts && is_one_of(&PAGES, &parameter.name) {
                paging.start = paging.start.or(Some(Start::Page(parameter)));
            } else if is_one_of(&CURSORS, &parameter.name) {
                paging.start = paging.start.or(Some(Start::Cursor(parameter)));
            } else if !is_one_of(&ORDERS, &parameter.name) {
                paging.filters = true;
            }
        }
        paging
    }

    /// How many things a page of a call shows at most: as many as it asks for, else the default.
    pub(super) fn size_of(&self, call: &Call) -> Option<usize> {
        let size = self.size?;
        let asked = call.query.iter().find(|(name, _)| *name == size.name);
        let asked = asked.map(|(_, value)| value);
        let size = asked.or_else(|| size.schema.source()?.get("default"))?.as_i64()?;
        usize::try_from(size).ok().filter(|size| *size > 0)
    }

    /// Whether a call asks for the beginning of all, and leaves nothing out.
    pub(super) fn asks_for_all(&self, call: &Call) -> bool {
        call.query.iter().all(|(name, _)| {
            is_one_of(&ORDERS, name) || self.size.is_some_and(|size| size.name == *name)
        })
    }

    /// Whether a list shows all there is, by what was asked for and by what it tells.
    pub(super) fn is_whole(&self, seen: &Seen<'_>, listing: &Listing<'_>) -> bool {
        let count = listing.items.len();
        let told = match (links_on(seen), told(listing.whole, count, 3)) {
            (true, _) => Told::More,
            (false, told) => told,
        };
        let fits = || match self.size_of(seen.call) {
            Some(size) => count < size,
            None => self.size.is_none() && self.start.is_none(),
        };
        self.asks_for_all(seen.call)
            && (told == Told::All || told == Told::Nothing && fits() && !is_round(count))
    }
}

impl Start<'_> {
    pub(super) fn parameter(&self) -> &Parameter {
        match self {
            Self::Offset(parameter) | Self::Page(parameter) | Self::Cursor(parameter) => parameter,
        }
    }
}

/// Whether a list of this length may end there because of a limit that nobody tells.
fn is_round(count: usize) -> bool {
    count >= 10 && (count.is_multiple_of(5) || count.is_power_of_two())
}

/// Whether a parameter is a number of things.
fn counts(parameter: &Parameter) -> bool {
    let accepts = |value: Value| parameter.schema.accepts(&value);
    !accepts(Value::text("x")) && [1, 2, 10, 20].into_iter().any(|count| accepts(Value::int(count)))
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    let name = key(&words(name));
    names.iter().any(|known| key(&words(known)) == name)
}

/// Whether an answer links to a next page (RFC 8288).
fn links_on(seen: &Seen<'_>) -> bool {
    let links = seen.answer().into_iter().flat_map(|answer| &answer.headers);
    let mut links = links.filter(|field| field.name.eq_ignore_ascii_case("link"));
    links.any(|field| {
        let text = field.text().unwrap_or_default().to_ascii_lowercase().replace('"', "");
        text.split([';', ',']).any(|part| {
            let part = part.trim().strip_prefix("rel=");
            part.is_some_and(|rel| rel.split(' ').any(|rel| rel == "next"))
        })
    })
}

/// What the members of an answer tell, but for the things in it.
fn told(whole: &Value, count: usize, depth: usize) -> Told {
    let mut all = Told::Nothing;
    for (name, value) in whole.as_object().into_iter().flatten() {
        let name = name.lossy();
        let number = value.as_i64().and_then(|number| usize::try_from(number).ok());
        let more = match value {
            Value::Null | Value::Bool(false) | Value::Array(_) => false,
            Value::String(text) => !text.is_empty() && is_next(&name),
            Value::Bool(_) => is_next(&name) || is_one_of(&MORE, &name),
            Value::Object(_) => is_one_of(&["next"], &name),
            _ if is_one_of(&["total pages", "page count"], &name) => number > Some(1),
            _ if is_total(&name) || is_one_of(&["count"], &name) => number > Some(count),
            _ => is_next(&name),
        };
        let inner = if depth > 1 { told(value, count, depth - 1) } else { Told::Nothing };
        if more || inner == Told::More {
            return Told::More;
        }
        if inner == Told::All || is_total(&name) && number == Some(count) {
            all = Told::All;
        }
    }
    all
}

/// Whether a member tells how many things there are in all.
fn is_total(name: &str) -> bool {
    speaks_of(name, "total") && !speaks_of(name, "page")
}

/// Whether a member tells where the next page begins.
pub(super) fn is_next(name: &str) -> bool {
    let next = ["next", "cursor", "continuation"].iter().any(|word| speaks_of(name, word));
    next && !["prev", "previous", "self"].iter().any(|word| speaks_of(name, word))
}

/// Whether a word is one of those that a name is made of.
fn speaks_of(name: &str, word: &str) -> bool {
    let word = key(&words(word));
    words(name).contains(&word)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Promises, json, operation};
    use super::*;

    fn list(names: &[&str]) -> Operation {
        let take = |operation: Operation, name: &&str| {
            let text = CURSORS.contains(name) || ORDERS.contains(name) || *name == "state";
            let schema = if text { r#"{"type":"string"}"# } else { r#"{"type":"integer"}"# };
            operation.takes(Location::Query, name, false, schema)
        };
        names.iter().fold(operation("GET /a"), take)
    }

    #[test]
    fn parameters_are_told_by_their_names_however_they_are_written() {
        for (size, start, kind) in [
            ("limit", "offset", "offset"),
            ("$top", "$skip", "offset"),
            ("page[size]", "page[number]", "page"),
            ("perPage", "page", "page"),
            ("Page-Size", "PageNumber", "page"),
            ("max_results", "cursor", "cursor"),
        ] {
            let operation = list(&[start, size, "sort"]);
            let paging = Paging::of(&operation);
            let told = match paging.start {
                Some(Start::Offset(_)) => "offset",
                Some(Start::Page(_)) => "page",
                Some(Start::Cursor(_)) => "cursor",
                None => "none",
            };
            assert_eq!((told, paging.size.map(|size| &*size.name)), (kind, Some(size)));
            assert!(!paging.filters);
        }
        let operation = list(&["state"]);
        let paging = Paging::of(&operation);
        assert!(paging.filters && paging.size.is_none() && paging.start.is_none());
    }

    #[test]
    fn what_is_no_number_is_no_size() {
        let text = r#"{"type":"string"}"#;
        let operation = operation("GET /a").takes(Location::Query, "first", false, text);
        assert!(Paging::of(&operation).size.is_none());
    }

    #[test]
    fn a_size_is_asked_for_or_the_default() {
        let schema = r#"{"type":"integer","default":20}"#;
        let operation = operation("GET /a").takes(Location::Query, "limit", false, schema);
        let paging = Paging::of(&operation);
        let asking = |size: i64| Call {
            query: vec![("limit".to_owned(), Value::int(size))],
            ..Call::default()
        };
        assert_eq!(paging.size_of(&Call::default()), Some(20));
        assert_eq!(paging.size_of(&asking(3)), Some(3));
        assert_eq!(paging.size_of(&asking(0)), None);
    }

    #[test]
    fn answers_tell_how_much_there_is() {
        for (text, expected) in [
            (r#"{"total":9,"items":[]}"#, Told::More),
            (r#"{"total":2}"#, Told::All),
            (r#"{"meta":{"totalCount":2}}"#, Told::All),
            (r#"{"count":9}"#, Told::More),
            (r#"{"count":2}"#, Told::Nothing),
            (r#"{"total_pages":2,"total":2}"#, Told::More),
            (r#"{"nextPageToken":"x"}"#, Told::More),
            (r#"{"nextPageToken":""}"#, Told::Nothing),
            (r#"{"next":null,"previous":"y"}"#, Told::Nothing),
            (r#"{"has_more":true}"#, Told::More),
            ("[]", Told::Nothing),
        ] {
            assert_eq!(told(&json(text), 2, 3), expected, "{text}");
        }
    }
}
