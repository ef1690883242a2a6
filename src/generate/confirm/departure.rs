//! What a call holds that its contract forbids.

use crate::case::{self, Body, Call, Deviation};
use crate::generate::input;
use crate::schema::format::is_leap_second;
use crate::schema::shape::Branch;
use crate::schema::{Schema, Shapes, Violation};
use crate::spec::{BodyKind, Operation, Parameter, Style};
use crate::value::{Object, Pointer, Text, Value};
use crate::wire::parameter::{Notation, readings, readings_as_text, without_blanks};

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
const OF_KEYS: [&str; 6] = [
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
    fn new(at: String, keyword: &str) -> Self {
        Self {
            at,
            keyword: keyword.to_owned(),
            members: Vec::new(),
            branches: Vec::new(),
            discriminator: None,
        }
    }

    /// What a violation of `schema` is in the part of a call whose places `place` spells.
    fn of(violation: Violation, schema: &Schema, place: &dyn Fn(&Pointer) -> String) -> Self {
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

/// What the contract says of a call.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// Everything in it that is forbidden, as far as that can be told.
    pub(super) departures: Vec<Departure>,
    /// Whether it cannot be told of some part.
    pub(super) doubt: bool,
}

/// What the contract says of a concrete call.
pub(super) fn judgement(operation: &Operation, call: &Call) -> Judgement {
    let mut departures = Vec::new();
    let mut doubt = false;
    for parameter in input::parameters(operation) {
        let place = |pointer: &Pointer| {
            let name = Pointer::root().child(parameter.name.as_str());
            case::place(parameter.location.part(), &name.join(pointer))
        };
        match input::given(call, parameter).filter(|value| !is_unseen(parameter, value)) {
            None if parameter.required => {
                departures.push(Departure::new(place(&Pointer::root()), "required"));
            }
            None => {}
            Some(value) => {
                let (violations, unsure) = in_parameter(parameter, value);
                doubt |= unsure;
                let of = |violation| Departure::of(violation, &parameter.schema, &place);
                departures.extend(violations.into_iter().map(of));
            }
        }
    }
    match (&operation.body, &call.body) {
        (Some(promised), None) if promised.required && !has_another_method(call) => {
            let part = promised.contents.first().map_or("json", |content| content.kind.part());
            departures.push(Departure::new(part.to_owned(), "required"));
        }
        (Some(_), Some(body)) => {
            let schema =
                input::content_of(operation, call).and_then(|content| content.schema.as_ref());
            if let (Some(schema), Some(value)) = (schema, body.value()) {
                let (violations, unsure) = match body {
                    Body::Json(_) | Body::Bytes(_) => judge(schema, value),
                    _ => in_text(schema, value, None),
                };
                doubt |= unsure;
                let place = |pointer: &Pointer| case::place(body.part(), pointer);
                let of = |violation| Departure::of(violation, schema, &place);
                departures.extend(violations.into_iter().map(of));
            }
        }
        _ => {}
    }
    Judgement { departures, doubt }
}

/// Whether a call goes out by a method that its operation does not have: what that promises of a body
/// is nothing to it.
fn has_another_method(call: &Call) -> bool {
    call.deviations.iter().any(|deviation| deviation.rule == "undocumented_method")
}

/// Whether a value goes out under names of its own, which a receiver who expects no object does not
/// look for: to it the parameter is absent.
fn is_unseen(parameter: &Parameter, value: &Value) -> bool {
    let own_names = match parameter.style {
        Style::Form | Style::Cookie => parameter.explode,
        style => style == Style::DeepObject,
    };
    let object = |branch: &Branch| matches!(branch, Branch::Object(_));
    let root = parameter.schema.shapes().node(Shapes::ROOT);
    own_names
        && parameter.content.is_none()
        && matches!(value, Value::Object(_))
        && root.is_some_and(|root| !root.branches.iter().any(object))
}

fn in_parameter(parameter: &Parameter, value: &Value) -> Judged {
    let media_type = parameter.content.as_deref();
    if media_type.is_some_and(|media_type| BodyKind::of(media_type) == BodyKind::Json) {
        judge(&parameter.schema, value)
    } else {
        in_text(&parameter.schema, value, Some(&Notation::of(parameter)))
    }
}

/// What is wrong with a value, and whether there is doubt about it.
type Judged = (Vec<Violation>, bool);

fn judge(schema: &Schema, value: &Value) -> Judged {
    // The format admits it, and most services refuse it with good reason.
    let doubt = schema.is_doubtful() || holds_leap_second(value);
    if schema.accepts_formats(value) {
        return (Vec::new(), doubt);
    }
    let mut violations = schema.violations(value);
    let by_format = schema.format_violations(value);
    violations.extend(by_format.into_iter().map(only_by_format));
    (violations, doubt)
}

/// The violation as what it is: whatever reports it, nothing but a format is broken, wherever one is.
fn only_by_format(violation: Violation) -> Violation {
    let mut formats = Vec::new();
    let mut left: Vec<&Violation> = violation.branches.iter().flatten().collect();
    while let Some(inner) = left.pop() {
        left.extend(inner.branches.iter().flatten());
        formats.extend((inner.keyword == "format").then(|| inner.clone()));
    }
    let branches = if formats.is_empty() { Vec::new() } else { vec![formats] };
    Violation { keyword: "format".to_owned(), branches, ..violation }
}

fn holds_leap_second(value: &Value) -> bool {
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) if is_leap_second(text) => return true,
            Value::Array(elements) => left.extend(elements),
            Value::Object(object) => left.extend(object.iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    false
}

/// What is wrong with a value that travels as text: nothing, where any reading of the text is valid;
/// else what is wrong with the reading that is most likely meant.
fn in_text(schema: &Schema, value: &Value, notation: Option<&Notation>) -> Judged {
    let (violations, doubt) = judge(schema, value);
    let other = without_blanks(value);
    if violations.is_empty() {
        let refused = other.is_some_and(|other| !schema.accepts_formats(&other));
        return (violations, doubt || refused);
    }
    let Some(readings) = all_readings(value, notation, &violations) else {
        return (violations, true);
    };
    if readings.iter().any(|reading| schema.accepts_formats(reading)) {
        return (Vec::new(), doubt);
    }
    let other = emptied(other.as_ref().unwrap_or(value), &violations).or(other);
    let admitted = other.is_some_and(|other| schema.accepts_formats(&other));
    let of_type = |list: &[Violation]| list.iter().filter(|v| v.keyword == "type").count();
    let read = readings.iter().filter(|reading| *reading != value);
    let best = std::iter::once(violations)
        .chain(read.take(MOST_JUDGED).map(|reading| judge(schema, reading).0))
        .min_by_key(|violations| (of_type(violations), violations.len()));
    (best.unwrap_or_default(), doubt || admitted)
}

/// The value with an empty array for each blank text that is wrong as it is: to some, what is written as
/// nothing has no elements. `None` where there is no such text.
fn emptied(value: &Value, violations: &[Violation]) -> Option<Value> {
    let blank = |value: &Value| value.as_text().is_some_and(Text::is_empty);
    let Value::Object(object) = value else {
        return blank(value).then(|| Value::Array(Vec::new()));
    };
    let is_empty = |key: &Text, value: &Value| {
        blank(value) && violations.iter().any(|violation| is_about(violation, key))
    };
    let read = |(key, value): &(Text, Value)| {
        let empty = is_empty(key, value);
        (key.clone(), if empty { Value::Array(Vec::new()) } else { value.clone() })
    };
    let any = object.iter().any(|(key, value)| is_empty(key, value));
    any.then(|| Value::Object(object.iter().map(read).collect()))
}

/// Everything that a value which travels as text may be read as; `None` where that is too much.
fn all_readings(
    value: &Value,
    notation: Option<&Notation>,
    violations: &[Violation],
) -> Option<Vec<Value>> {
    let Value::Object(object) = value else { return readings(value, notation) };
    // Only what a violation is about can mend it by being read in another way.
    let is_read = |key: &Text| violations.iter().any(|violation| is_about(violation, key));
    let mut all = vec![Object::new()];
    for (key, value) in object {
        let readings = if is_read(key) { readings(value, None)? } else { vec![value.clone()] };
        if all.len() * readings.len() > MOST_READINGS {
            return None;
        }
        let with = |object: &Object, reading: &Value| {
            let mut object = object.clone();
            object.push(key.clone(), reading.clone());
            object
        };
        all = all
            .iter()
            .flat_map(|object| readings.iter().map(move |reading| with(object, reading)))
            .collect();
    }
    let all = all.into_iter().map(Value::Object);
    // A body is no text of its own.
    let as_text = notation.map(|notation| readings_as_text(value, Some(notation)));
    Some(all.chain(as_text.into_iter().flatten()).collect())
}

/// More readings of an object are not looked at.
const MOST_READINGS: usize = 512;

/// More readings are not judged for what is wrong with each.
const MOST_JUDGED: usize = 64;

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
    OTHERS.contains(&keyword) || OF_KEYS.contains(&keyword) || AROUND.contains(&keyword)
}

/// Whether a violation may be about the member of this name.
fn is_about(violation: &Violation, key: &Text) -> bool {
    match violation.instance.tokens().first() {
        Some(token) => token == key,
        None => !OF_KEYS.contains(&&*violation.keyword),
    }
}
