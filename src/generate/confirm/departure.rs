//! What a call holds that its contract forbids.

use crate::case::{self, Body, Call, Deviation};
use crate::generate::input;
use crate::schema::format::is_leap_second;
use crate::schema::shape::Branch;
use crate::schema::{Schema, Shapes, Violation};
use crate::spec::{BodyKind, Operation, Parameter, Style};
use crate::value::{Object, Pointer, Text, Value};
use crate::wire::parameter::{readings, without_blanks};

/// Something in a call that the contract forbids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Departure {
    /// The place.
    pub(super) at: String,
    /// The keyword that is broken.
    pub(super) keyword: String,
}

/// Keywords that report where they stand what may be wrong anywhere below.
const AROUND: [&str; 14] = [
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
    "falseSchema",
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

impl Departure {
    /// Whether it is what the deviation says: it lies where that is, below it, or above it (a
    /// combinator reports where it stands, a missing member where its object stands), and its keyword
    /// is the deviation's rule, or one that stands around it.
    pub(super) fn shows(&self, deviation: &Deviation) -> bool {
        let Some(at) = &deviation.at else { return false };
        let inside = |outer: &str, inner: &str| {
            inner == outer || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
        };
        let rule = keyword(deviation);
        (inside(at, &self.at) || inside(&self.at, at))
            && (self.keyword == rule || AROUND.contains(&&*self.keyword) || rule == "discriminator")
    }

    /// Whether the keyword is the deviation's rule itself.
    pub(super) fn is_by(&self, deviation: &Deviation) -> bool {
        self.keyword == keyword(deviation)
    }
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
    let mut add = |at: String, keyword: &str| {
        let keyword = if is_assertion(keyword) { keyword } else { "not" }.to_owned();
        departures.push(Departure { at, keyword });
    };
    for parameter in input::parameters(operation) {
        let place = |pointer: &Pointer| {
            let name = Pointer::root().child(parameter.name.as_str());
            case::place(parameter.location.part(), &name.join(pointer))
        };
        match input::given(call, parameter).filter(|value| !is_unseen(parameter, value)) {
            None if parameter.required => add(place(&Pointer::root()), "required"),
            None => {}
            Some(value) => {
                let (violations, unsure) = in_parameter(parameter, value);
                doubt |= unsure;
                for violation in violations {
                    add(place(&violation.instance), &violation.keyword);
                }
            }
        }
    }
    match (&operation.body, &call.body) {
        (Some(promised), None) if promised.required && !has_another_method(call) => {
            let part = promised.contents.first().map_or("json", |content| content.kind.part());
            add(part.to_owned(), "required");
        }
        (Some(_), Some(body)) => {
            let schema =
                input::content_of(operation, call).and_then(|content| content.schema.as_ref());
            if let (Some(schema), Some(value)) = (schema, body.value()) {
                let exact = matches!(body, Body::Json(_) | Body::Bytes(_));
                let (violations, unsure) =
                    if exact { judge(schema, value) } else { in_text(schema, value) };
                doubt |= unsure;
                for violation in violations {
                    add(case::place(body.part(), &violation.instance), &violation.keyword);
                }
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
        in_text(&parameter.schema, value)
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
    // Whatever reports it, nothing but a format is broken.
    violations.extend(
        by_format
            .into_iter()
            .map(|violation| Violation { keyword: "format".to_owned(), ..violation }),
    );
    (violations, doubt)
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

/// What is wrong with a value that travels as text: nothing, where any reading of the text is valid.
fn in_text(schema: &Schema, value: &Value) -> Judged {
    let (violations, doubt) = judge(schema, value);
    let other = without_blanks(value);
    if violations.is_empty() {
        let refused = other.is_some_and(|other| !schema.accepts_formats(&other));
        return (violations, doubt || refused);
    }
    match is_readable(schema, value, &violations) {
        Some(true) => (Vec::new(), doubt),
        Some(false) => {
            let blank = value.as_text().is_some_and(Text::is_empty);
            let other = other.or_else(|| blank.then(|| Value::Array(Vec::new())));
            let admitted = other.is_some_and(|other| schema.accepts_formats(&other));
            (violations, doubt || admitted)
        }
        None => (violations, true),
    }
}

/// Whether the text of a value can be read as a valid one; `None` where there are too many readings
/// to tell.
fn is_readable(schema: &Schema, value: &Value, violations: &[Violation]) -> Option<bool> {
    Some(match value {
        Value::Object(object) => {
            // Only what a violation is about can mend it by being read in another way.
            let doubtful: Object = object
                .iter()
                .filter(|(key, _)| violations.iter().any(|violation| is_about(violation, key)))
                .cloned()
                .collect();
            readings(&Value::Object(doubtful))?.into_iter().any(|reading| {
                let Value::Object(reading) = reading else { return false };
                let read = |(key, value): &(Text, Value)| {
                    let own = reading.iter().find(|(name, _)| name == key);
                    (key.clone(), own.map_or(value, |(_, value)| value).clone())
                };
                schema.accepts_formats(&Value::Object(object.iter().map(read).collect()))
            })
        }
        value => readings(value)?.iter().any(|reading| schema.accepts_formats(reading)),
    })
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
    OTHERS.contains(&keyword) || OF_KEYS.contains(&keyword) || AROUND.contains(&keyword)
}

/// Whether a violation may be about the member of this name.
fn is_about(violation: &Violation, key: &Text) -> bool {
    match violation.instance.tokens().first() {
        Some(token) => token == key,
        None => !OF_KEYS.contains(&&*violation.keyword),
    }
}
