//! Something in a call that its contract forbids, and whether it is what a deviation says.

use crate::case::Deviation;
use crate::schema::measure::Bound;
use crate::schema::{Schema, Violation};
use crate::value::{Pointer, Text};

/// Something in a call that the contract forbids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Departure {
    /// The place.
    pub(super) at: String,
    /// The keyword that is broken.
    pub(super) keyword: String,
    /// The names of the members that are missing or too many, where it is about such.
    pub(super) members: Vec<Text>,
    /// What each branch of a combination forbids, where none is satisfied.
    branches: Vec<Vec<Departure>>,
    /// The member by which the branches of a combination are told apart.
    discriminator: Option<Text>,
}

/// Keywords that report where they stand what may be wrong anywhere below.
const AROUND: [&str; 13] = [
    "anyOf",
    "oneOf",
    "allOf",
    "not",
    "if",
    "then",
    "else",
    "$ref",
    "const",
    "enum",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
];

/// Keywords that look at an object's keys alone.
pub(super) const OF_KEYS: [&str; 6] = [
    "required",
    "additionalProperties",
    "minProperties",
    "maxProperties",
    "dependentRequired",
    "propertyNames",
];

/// Keywords by which a member tells what the object is.
const OF_TAGS: [&str; 3] = ["const", "enum", "required"];

impl Departure {
    /// A keyword that is broken at a place.
    pub(super) fn new(at: String, keyword: &str) -> Self {
        Self {
            at,
            keyword: keyword.to_owned(),
            members: Vec::new(),
            branches: Vec::new(),
            discriminator: None,
        }
    }

    /// What a violation of `schema` is in the part of a call whose places `place` spells.
    pub(super) fn of(
        violation: Violation,
        schema: &Schema,
        place: &dyn Fn(&Pointer) -> String,
    ) -> Self {
        let discriminator = discriminator(schema, &violation);
        let below = |branch: Vec<Violation>| -> Vec<Self> {
            branch.into_iter().map(|violation| Self::of(violation, schema, place)).collect()
        };
        let keyword = &*violation.keyword;
        Self {
            members: violation.members,
            branches: violation.branches.into_iter().map(below).collect(),
            discriminator,
            ..Self::new(
                place(&violation.instance),
                if is_assertion(keyword) { keyword } else { "not" },
            )
        }
    }

    /// The place of what it is about: of the member that is missing or too many, where there is one.
    pub(super) fn place(&self) -> String {
        self.members.first().map_or_else(|| self.at.clone(), |name| self.member(name))
    }

    /// The place of a member of the object that reports it.
    pub(super) fn member(&self, name: &Text) -> String {
        format!("{}{}", self.at, Pointer::root().child(name.clone()))
    }

    /// Everything that is broken for certain: what reports it, and of a combination what every branch
    /// says that may be meant.
    pub(super) fn certain(&self) -> Vec<&Self> {
        let mut all = vec![self];
        let meant = self.meant();
        let mut meant = meant.iter().map(|branch| branch.iter().flat_map(Self::certain));
        if let Some(first) = meant.next() {
            let others: Vec<Vec<&Self>> = meant.map(Iterator::collect).collect();
            let everywhere = |own: &&Self| {
                others.iter().all(|branch| branch.iter().any(|other| other.is_same(own)))
            };
            all.extend(first.filter(everywhere));
        }
        all
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.at, &self.keyword, &self.members) == (&other.at, &other.keyword, &other.members)
    }

    /// The branches that may be meant: those that take values of this type, and objects with the tags
    /// that this one has; all, where none does.
    fn meant(&self) -> Vec<&[Self]> {
        let all = self.branches.iter().map(Vec::as_slice);
        let meant: Vec<&[Self]> = all.clone().filter(|branch| !self.is_ruled_out(branch)).collect();
        if meant.is_empty() { all.collect() } else { meant }
    }

    /// Whether a branch refuses the type of the value, or a tag of the object, which another branch
    /// takes.
    fn is_ruled_out(&self, branch: &[Self]) -> bool {
        let by_type = |departure: &Self| departure.keyword == "type" && departure.at == self.at;
        let is_tag = |departure: &Self| {
            matches!(&*departure.keyword, "const" | "enum")
                && parent(&departure.at) == Some(&self.at)
        };
        let another = |takes: &dyn Fn(&Vec<Self>) -> bool| self.branches.iter().any(takes);
        let at = |place: &str, other: &[Self]| other.iter().any(|d| is_inside(place, &d.at));
        branch.iter().any(|own| {
            by_type(own) && another(&|other| !other.iter().any(by_type))
                || is_tag(own) && another(&|other| !at(&own.at, other))
        })
    }

    /// Whether it is exactly what the deviation says: that rule is broken, at that place.
    pub(super) fn breaks(&self, deviation: &Deviation) -> bool {
        let Some(at) = deviation.at.as_deref() else { return false };
        self.certain().iter().any(|certain| certain.is_by(deviation) && certain.is_about(at))
    }

    /// Whether it is what the deviation says, or may come of it: its keyword is one that stands around
    /// others, and it lies where the deviation is, below it, or above it (a combination reports where
    /// it stands).
    pub(super) fn follows(&self, deviation: &Deviation) -> bool {
        let near = deviation.at.as_deref().is_some_and(|at| self.is_near(at));
        near && AROUND.contains(&&*self.keyword) || self.breaks(deviation)
    }

    /// Whether it lies where the place is, below it, or above it.
    pub(super) fn is_near(&self, at: &str) -> bool {
        is_inside(at, &self.at) || is_inside(&self.at, at)
    }

    /// Whether the keyword is the deviation's rule itself.
    pub(super) fn is_by(&self, deviation: &Deviation) -> bool {
        let rule = keyword(deviation);
        self.keyword == rule || rule == "discriminator" && self.is_lied_about()
    }

    /// Whether the object is a branch's in all but the name that it gives itself.
    fn is_lied_about(&self) -> bool {
        let Some(name) = &self.discriminator else { return false };
        let tag = self.member(name);
        let is_of_tag =
            |departure: &Self| OF_TAGS.contains(&&*departure.keyword) && departure.is_about(&tag);
        self.branches.iter().any(|branch| branch.iter().all(is_of_tag))
    }

    /// Whether it is about a place: reported there, or at the object or array around it.
    fn is_about(&self, at: &str) -> bool {
        self.at == at
            || self.members.iter().any(|name| self.member(name) == at)
            || match &*self.keyword {
                // Where no member is allowed at all, none is named.
                "additionalProperties" | "unevaluatedProperties" => {
                    self.members.is_empty() && parent(at) == Some(&self.at)
                }
                "items" | "unevaluatedItems" => parent(&self.at) == Some(at),
                _ => false,
            }
    }
}

/// The place around a place.
fn parent(at: &str) -> Option<&str> {
    at.rsplit_once('/').map(|(parent, _)| parent)
}

/// Whether a place is another one or lies in it.
fn is_inside(outer: &str, inner: &str) -> bool {
    inner == outer || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

/// The member by which the branches of a broken combination are told apart.
fn discriminator(schema: &Schema, violation: &Violation) -> Option<Text> {
    if violation.branches.is_empty() {
        return None;
    }
    let mut around = violation.schema.clone();
    around.pop();
    let around = around.find(schema.bundle().ok()?)?;
    around.get("x-discriminator")?.get("propertyName")?.as_text().cloned()
}

/// The keyword that a deviation's rule breaks.
fn keyword(deviation: &Deviation) -> &str {
    match deviation.rule.as_str() {
        Some("null") => "type",
        Some(rule) => rule,
        None => "",
    }
}

/// Whether a keyword is one that a value can break.
fn is_assertion(keyword: &str) -> bool {
    const OTHERS: [&str; 22] = [
        "type",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minItems",
        "maxItems",
        "uniqueItems",
        "contains",
        "minContains",
        "maxContains",
        "items",
        "prefixItems",
        "additionalItems",
        "patternProperties",
        "contentEncoding",
        "contentMediaType",
    ];
    OTHERS.contains(&keyword)
        || OF_KEYS.contains(&keyword)
        || AROUND.contains(&keyword)
        || Bound::named(keyword).is_some()
}
