//! Where rules stand: in the options of fields and messages.

use std::borrow::Cow;

use prost_reflect::{
    DynamicMessage, FieldDescriptor, MessageDescriptor, ReflectMessage as _, Value as Told,
};

/// The options that hold rules of a field.
const FIELD: [&str; 2] = ["buf.validate.field", "validate.rules"];

/// The options by which a message has no rules, whatever its fields say.
const DISABLED: [&str; 2] = ["validate.disabled", "validate.ignored"];

/// `buf.validate.Ignore`
const IGNORE_ALWAYS: i32 = 3;

/// The rules of a field; none where they are said not to count.
pub(super) fn of_field(field: &FieldDescriptor) -> Option<DynamicMessage> {
    let Told::Message(rules) = extension(&field.options(), &FIELD)? else { return None };
    let ignore = told(&rules, "ignore").and_then(|own| own.as_enum_number());
    let skips = is_set(&rules, "skipped")
        || part(&rules, "message").is_some_and(|message| is_set(&message, "skip"))
        || ignore == Some(IGNORE_ALWAYS)
        || is_unchecked(field.parent_message());
    (!skips).then_some(rules)
}

/// Whether a message says that none of its rules count.
fn is_unchecked(message: &MessageDescriptor) -> bool {
    let options = message.options();
    let off = |told: Told| match told {
        Told::Bool(off) => off,
        Told::Message(rules) => is_set(&rules, "disabled"),
        _ => false,
    };
    let mut names = DISABLED.into_iter().chain(["buf.validate.message"]);
    names.any(|name| extension(&options, &[name]).is_some_and(off))
}

/// The first of these options that is set, by the full name of its extension.
pub(super) fn extension(options: &DynamicMessage, names: &[&str]) -> Option<Told> {
    let mut set = options.extensions();
    set.find(|(own, _)| names.contains(&own.full_name())).map(|(_, told)| told.clone())
}

/// What a message says by this name, where it says anything.
pub(super) fn told<'m>(message: &'m DynamicMessage, name: &str) -> Option<Cow<'m, Told>> {
    let field = message.descriptor().get_field_by_name(name)?;
    message.has_field(&field).then(|| message.get_field(&field))
}

/// The message in another one that has this name, where it is set.
pub(super) fn part(message: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    told(message, name)?.as_message().cloned()
}

pub(super) fn is_set(message: &DynamicMessage, name: &str) -> bool {
    told(message, name).is_some_and(|told| told.as_bool() == Some(true))
}
