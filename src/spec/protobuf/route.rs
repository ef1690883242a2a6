//! What a method does to which thing, as far as its name and its messages tell: as if it were an operation of
//! REST. Names are those of resource-oriented design (AIP-131 to AIP-136), and bare verbs.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};

use crate::value::Pointer;

/// Where a method stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    /// What it would be in HTTP.
    pub(super) method: &'static str,
    /// The path of what it is about: `/shop.v1.Shop/orders/{id}`.
    pub(super) path: String,
    /// The parameters in that path, each with the field of the input that it is.
    pub(super) bound: Vec<(String, Pointer)>,
    /// Whether it makes a thing.
    pub(super) makes: bool,
}

/// What the verb of a method says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    /// Makes a thing.
    Make,
    /// Does something to one thing, by this method of HTTP.
    One(&'static str),
    /// Shows all things.
    List,
    /// Looks at something.
    Look,
}

/// Verbs with what they say.
const VERBS: [(&str, Act); 33] = [
    ("create", Act::Make),
    ("add", Act::Make),
    ("insert", Act::Make),
    ("make", Act::Make),
    ("new", Act::Make),
    ("open", Act::Make),
    ("post", Act::Make),
    ("register", Act::Make),
    ("get", Act::One("GET")),
    ("describe", Act::One("GET")),
    ("fetch", Act::One("GET")),
    ("read", Act::One("GET")),
    ("retrieve", Act::One("GET")),
    ("show", Act::One("GET")),
    ("update", Act::One("PATCH")),
    ("change", Act::One("PATCH")),
    ("edit", Act::One("PATCH")),
    ("modify", Act::One("PATCH")),
    ("patch", Act::One("PATCH")),
    ("delete", Act::One("DELETE")),
    ("destroy", Act::One("DELETE")),
    ("remove", Act::One("DELETE")),
    ("list", Act::List),
    ("check", Act::Look),
    ("count", Act::Look),
    ("find", Act::Look),
    ("lookup", Act::Look),
    ("ping", Act::Look),
    ("query", Act::Look),
    ("search", Act::Look),
    ("status", Act::Look),
    ("watch", Act::Look),
    ("version", Act::Look),
];

/// Words at the end of the name of a service that are no kind of thing.
const ENDS: [&str; 6] = ["service", "api", "manager", "store", "rpc", "grpc"];

/// The routes of methods, in their order.
pub(super) fn routes(methods: &[MethodDescriptor]) -> Vec<Route> {
    let read: Vec<(Option<Act>, Vec<String>)> = methods.iter().map(parts).collect();
    methods
        .iter()
        .zip(&read)
        .map(|(method, (act, noun))| {
            let service = method.parent_service();
            let service = service.full_name();
            let things = plural(noun);
            let collection = format!("/{service}/{things}");
            let own = || format!("/{service}.{}", method.name());
            let one = || key(&method.input(), noun);
            let makes = *act == Some(Act::Make);
            let unbound = |method, path| Route { method, path, bound: Vec::new(), makes };
            let of_one = |method, path: String, (name, pointer)| Route {
                method,
                path,
                bound: vec![(name, pointer)],
                makes,
            };
            match act {
                Some(Act::Make) => unbound("POST", collection),
                Some(Act::List) => unbound("GET", collection),
                Some(Act::Look) => unbound("GET", own()),
                Some(Act::One(verb)) => match one() {
                    Some((name, pointer)) => {
                        of_one(verb, format!("{collection}/{{{name}}}"), (name, pointer))
                    }
                    None => unbound(if *verb == "GET" { "GET" } else { "POST" }, own()),
                },
                // Done to a thing of a kind that another method makes: `SuspendUser`.
                None => {
                    let known = methods.iter().zip(&read).filter(|(other, (act, _))| {
                        *act == Some(Act::Make) && other.parent_service() == method.parent_service()
                    });
                    let known = known.map(|(_, (_, noun))| noun);
                    let meant =
                        known.filter(|other| noun.ends_with(other) || plural(other) == things);
                    let meant = meant.max_by_key(|other| other.len());
                    let found = meant.and_then(|other| Some((other, key(&method.input(), other)?)));
                    match found {
                        Some((other, (name, pointer))) => {
                            let path = format!(
                                "/{service}/{}/{{{name}}}/{}",
                                plural(other),
                                method.name()
                            );
                            of_one("POST", path, (name, pointer))
                        }
                        None => unbound("POST", own()),
                    }
                }
            }
        })
        .collect()
}

/// The verb of a method, and the words of what it is done to; those of the service where it names nothing.
fn parts(method: &MethodDescriptor) -> (Option<Act>, Vec<String>) {
    let all = camel(method.name());
    let act = all.first().and_then(|verb| VERBS.iter().find(|(known, _)| known == verb));
    let act = act.map(|(_, act)| *act);
    let rest: Vec<String> = all.iter().skip(usize::from(act.is_some())).cloned().collect();
    if !rest.is_empty() && act.is_some() || all.len() > 1 {
        return (act, rest);
    }
    let mut service = camel(method.parent_service().name());
    while service.len() > 1 && service.last().is_some_and(|last| ENDS.contains(&&**last)) {
        service.pop();
    }
    (act, service)
}

/// The words of a name in camel case, in lower case.
fn camel(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for char in name.chars() {
        let begins = char.is_ascii_uppercase()
            && before.is_none_or(|before: char| !before.is_ascii_uppercase());
        if char == '_' || begins || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| char != '_') {
            word.push(char.to_ascii_lowercase());
        }
        before = Some(char);
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What many things of a kind are called: `order_items`.
fn plural(noun: &[String]) -> String {
    let name = noun.join("_");
    if name.ends_with('s') && !name.ends_with("ss") {
        name
    } else if let Some(stem) =
        name.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']))
    {
        format!("{stem}ies")
    } else if ["s", "x", "ch", "sh"].iter().any(|end| name.ends_with(end)) {
        format!("{name}es")
    } else {
        format!("{name}s")
    }
}

/// The field of a message that tells which thing of a kind is meant: what it is called in JSON, and where it is.
fn key(message: &MessageDescriptor, noun: &[String]) -> Option<(String, Pointer)> {
    let singular = noun.join("_");
    let is_name =
        |field: &FieldDescriptor| !field.is_list() && !field.is_map() && names(&field.kind());
    let of_noun = ["id", "name", "uuid", "key"].map(|end| format!("{singular}_{end}"));
    let bare = ["id", "name", "uuid", "key"].map(str::to_owned);
    let mut wanted = of_noun.into_iter().chain(bare);
    let field = wanted.find_map(|name| message.get_field_by_name(&name).filter(is_name));
    let field = field.or_else(|| {
        let mut all = message.fields().filter(is_name);
        all.next().filter(|_| all.next().is_none() && message.fields().count() == 1)
    });
    if let Some(field) = field {
        let name = field.json_name().to_owned();
        let pointer = Pointer::root().child(&*name);
        return Some((name, pointer));
    }
    // `UpdateOrder(order: Order)`.
    let whole = message.get_field_by_name(&singular).filter(|field| !field.is_list())?;
    let Kind::Message(inner) = whole.kind() else { return None };
    let names = ["id", "name", "uuid", "key"].iter();
    let own = names.filter_map(|name| inner.get_field_by_name(name)).find(is_name)?;
    let name = own.json_name().to_owned();
    let pointer = Pointer::root().child(whole.json_name()).child(&*name);
    Some((name, pointer))
}

/// Whether values of a kind can name things.
fn names(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::String
            | Kind::Int32
            | Kind::Int64
            | Kind::Uint32
            | Kind::Uint64
            | Kind::Sint32
            | Kind::Sint64
            | Kind::Fixed32
            | Kind::Fixed64
            | Kind::Sfixed32
            | Kind::Sfixed64
    )
}
