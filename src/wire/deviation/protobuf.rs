//! Messages of protobuf that are damaged in one place, or written in an unusual way: the edits of the tree that
//! they are on the wire.

use std::sync::LazyLock;

use bytes::Bytes;

use super::{Danger, Rule, Subject};
use crate::case::{Call, Label};
use crate::wire::Request;
use crate::wire::grpc;
use crate::wire::protobuf::edit::{self, Edit, Verdict};
use crate::wire::protobuf::{Place, Tree, encode, mapping, parse, unknown};

/// The part of a call that places in a message begin with.
const PART: &str = "wire";

/// A rule for each edit.
pub(super) fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| edit::all().map(rule).collect());
    &RULES
}

fn rule(edit: &'static Edit) -> Rule {
    Rule {
        name: edit.name,
        label: match edit.verdict {
            Verdict::MustAccept => Label::Valid,
            Verdict::MustReject => Label::Malformed,
            Verdict::Grey => Label::Unspecified,
        },
        // What is deep enough to exhaust a stack may take the service away from others.
        danger: if edit.name.ends_with("_20000") { Danger::Remote } else { Danger::Safe },
        well_framed: true,
        parameters: &[],
        explain: edit.explain,
        places,
        apply,
    }
}

/// Where the message of a call can be edited by a rule.
fn places(rule: &Rule, call: &Call, request: &Request) -> Vec<Option<String>> {
    if !grpc::is_method(&call.operation) {
        return Vec::new();
    }
    let (Some(edit), Some(tree)) = (edit::find(rule.name), tree(request)) else {
        return Vec::new();
    };
    let places = with_hint(request, |hint| edit.places(&tree, hint));
    places.into_iter().map(|place| written(&tree, &place)).collect()
}

fn apply(s: &mut Subject<'_>) -> Result<(), String> {
    let edit = edit::find(s.rule.name).ok_or("there is no such edit")?;
    let tree = tree(s.request).ok_or("the call has no message")?;
    let at = s.at()?;
    let place = place_of(&tree, at)?;
    let edited = edit.apply(&tree, &place).ok_or_else(|| format!("does not fit `{at}`"))?;
    write(s, &edited);
    Ok(())
}

/// Puts a message in the place of that of a request.
pub(super) fn write(s: &mut Subject<'_>, message: &Tree) {
    s.set_body(grpc::frame(&encode(message)));
}

/// The place that a deviation names.
pub(super) fn place_of(tree: &Tree, at: &str) -> Result<Place, String> {
    let place = at.strip_prefix(PART).map(|rest| rest.trim_start_matches('/'));
    place.and_then(|place| tree.place(place)).ok_or_else(|| {
        format!("`{at}` is no place in the message; write the numbers of fields: wire/2/1")
    })
}

/// A place as it stands in a deviation.
pub(super) fn written(tree: &Tree, place: &Place) -> Option<String> {
    let rest = tree.name(place)?;
    Some(if rest.is_empty() { PART.to_owned() } else { format!("{PART}/{rest}") })
}

/// The message of a request, opened as its descriptor says, or as it looks where nobody tells.
pub(super) fn tree(request: &Request) -> Option<Tree> {
    let [message] = grpc::messages(&request.body).ok()?[..] else { return None };
    let octets = Bytes::copy_from_slice(message);
    let mut tree = with_hint(request, |hint| parse(&octets, hint));
    if request.message.is_none() {
        tree.open_plausible();
    }
    Some(tree)
}

/// Something that wants to know what the fields of a message hold.
fn with_hint<T>(request: &Request, then: impl FnOnce(&crate::wire::protobuf::Hint<'_>) -> T) -> T {
    match &request.message {
        Some(message) => then(&|path| mapping::holds(message, path)),
        None => then(&unknown),
    }
}
