//! What the contract says of a call: everything in it that is forbidden, values that travel as text
//! judged by what they may be read as.

use super::departure::{Departure, OF_KEYS};
use crate::case::{self, Body, Call, Message};
use crate::generate::input;
use crate::schema::format::is_leap_second;
use crate::schema::shape::Branch;
use crate::schema::{Schema, Shapes, Violation};
use crate::spec::{BodyKind, Operation, Parameter, Style};
use crate::value::{Object, Pointer, Text, Value};
use crate::wire::parameter::{Notation, readings, readings_as_text, without_blanks};

/// More readings of an object are not looked at.
const MOST_READINGS: usize = 512;

/// More readings are not judged for what is wrong with each.
const MOST_JUDGED: usize = 64;

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
        (Some(_), Some(Body::Messages(messages))) => {
            for message in messages {
                let Message::Proto(value) = message else { continue };
                let one = Call { body: Some(Body::Proto(value.clone())), ..call.clone() };
                let other = judgement(operation, &one);
                departures.extend(other.departures);
                doubt |= other.doubt;
            }
        }
        (Some(_), Some(body)) => {
            let schema =
                input::content_of(operation, call).and_then(|content| content.schema.as_ref());
            if let (Some(schema), Some(value)) = (schema, body.value()) {
                let (violations, unsure) = match body {
                    Body::Json(_) | Body::Bytes(_) | Body::Proto(_) => judge(schema, value),
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
    let (mut violations, by_format) = schema.all_violations(value);
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

/// Whether a value, once it has travelled as text, may be read as one that the schema admits, however it
/// is written.
pub(in crate::generate) fn may_be_lawful(schema: &Schema, value: &Value) -> bool {
    match value {
        // Nothing is there to be read.
        Value::Null => true,
        Value::Array(elements) if elements.is_empty() => true,
        Value::Object(object) => {
            let mut readings = readings_as_text(value, None).into_iter();
            object.is_empty() || readings.any(|reading| schema.accepts_formats(&reading))
        }
        _ => in_text(schema, value, None).0.is_empty(),
    }
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

/// Whether a violation may be about the member of this name.
fn is_about(violation: &Violation, key: &Text) -> bool {
    match violation.instance.tokens().first() {
        Some(token) => token == key,
        None => !OF_KEYS.contains(&&*violation.keyword),
    }
}
