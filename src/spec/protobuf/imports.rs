//! Imports that a file of protobuf leaves out. Some libraries (protobufjs) tell what they serve by files that import
//! nothing, whatever they refer to.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto};

/// The full names of the messages and enumerations that a file defines.
pub(super) fn defined(file: &FileDescriptorProto) -> Vec<String> {
    let mut all = Vec::new();
    define(file.package(), &file.message_type, &file.enum_type, &mut all);
    all
}

fn define(
    scope: &str,
    messages: &[DescriptorProto],
    enums: &[EnumDescriptorProto],
    all: &mut Vec<String>,
) {
    all.extend(enums.iter().map(|own| within(scope, own.name())));
    for message in messages {
        let name = within(scope, message.name());
        define(&name, &message.nested_type, &message.enum_type, all);
        all.push(name);
    }
}

/// The files, besides itself, that define what a file refers to, by the files that define each name.
pub(super) fn referred(
    file: &FileDescriptorProto,
    owners: &BTreeMap<String, String>,
) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut refer = |scope: &str, name: &str| all.extend(owner(scope, name, owners).cloned());
    for method in file.service.iter().flat_map(|service| &service.method) {
        refer(file.package(), method.input_type());
        refer(file.package(), method.output_type());
    }
    for own in &file.extension {
        refer(file.package(), own.type_name());
        refer(file.package(), own.extendee());
    }
    refer_in(file.package(), &file.message_type, &mut refer);
    all.remove(file.name());
    all
}

fn refer_in(scope: &str, messages: &[DescriptorProto], refer: &mut impl FnMut(&str, &str)) {
    for message in messages {
        let scope = within(scope, message.name());
        for field in message.field.iter().chain(&message.extension) {
            refer(&scope, field.type_name());
            refer(&scope, field.extendee());
        }
        refer_in(&scope, &message.nested_type, refer);
    }
}

/// The file that defines a name, which is looked for from the innermost scope outwards where it does not begin with
/// a dot.
fn owner<'o>(scope: &str, name: &str, owners: &'o BTreeMap<String, String>) -> Option<&'o String> {
    if let Some(full) = name.strip_prefix('.') {
        return owners.get(full);
    }
    let mut scope = Some(scope);
    while let Some(within_this) = scope {
        if let Some(owner) = owners.get(&within(within_this, name)) {
            return Some(owner);
        }
        scope = (!within_this.is_empty())
            .then(|| within_this.rsplit_once('.').map_or("", |(outer, _)| outer));
    }
    None
}

fn within(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}
