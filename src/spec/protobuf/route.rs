//! What a method does to which thing, as far as its name and its messages tell: as if it were an operation of
//! REST. Names are those of resource-oriented design (AIP-131 to AIP-136), and bare verbs; where an annotation says
//! what it is in HTTP, that counts.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};

use super::http;
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

/// Words that say, behind a verb, that more is done than that says.
const WRITING: [&str; 13] = [
    "ack", "and", "create", "delete", "insert", "modify", "or", "pop", "put", "remove", "replace",
    "update", "write",
];

/// Words at the end of the name of a service that are no kind of thing.
const ENDS: [&str; 6] = ["service", "api", "manager", "store", "rpc", "grpc"];

/// What the field may be called by which a thing is named, alone or after its kind.
const NAMES: [&str; 4] = ["id", "name", "uuid", "key"];

/// The routes of methods, in their order.
pub(super) fn routes(methods: &[MethodDescriptor]) -> Vec<Route> {
    let read: Vec<Read<'_>> = methods.iter().map(|method| (method, parts(method))).collect();
    let named = |(method, (act, noun)): &Read<'_>| route(method, *act, noun, &read);
    let annotated = |own: &Read<'_>| http::annotated(own.0, named(own));
    read.iter().map(annotated).collect()
}

/// A method with what its verb says, and what it is done to.
type Read<'m> = (&'m MethodDescriptor, (Option<Act>, Vec<String>));

/// The route of a method among others.
fn route(method: &MethodDescriptor, act: Option<Act>, noun: &[String], all: &[Read<'_>]) -> Route {
    let (service, input) = (method.parent_service(), method.input());
    let service = service.full_name();
    let makes = act == Some(Act::Make);
    let unbound = |method, path| Route { method, path, bound: Vec::new(), makes };
    let own = || format!("/{service}.{}", method.name());
    let rest = || format!("/{}", method.name());
    let collection = |noun: &[String]| format!("/{service}/{}", plural(noun));
    let upon = |verb, noun: &[String], (name, pointer): Field, rest: &str| Route {
        method: verb,
        path: format!("{}/{{{name}}}{rest}", collection(noun)),
        bound: vec![(name, pointer)],
        makes,
    };
    match act {
        Some(Act::Make) => unbound("POST", collection(noun)),
        Some(Act::List) => unbound("GET", collection(noun)),
        Some(Act::One(verb)) => match key(&input, noun) {
            Some(field) => upon(verb, noun, field, ""),
            None => unbound(verb, own()),
        },
        // At a thing, where a field says at which; what is called `name` may be anything that is looked for.
        Some(Act::Look) => match upon_made(&input, &made(method, all), noun, named) {
            Some((other, field)) if field.0 != "name" => upon("GET", other, field, &rest()),
            _ => unbound("GET", own()),
        },
        // Done to a thing of a kind that another method makes.
        None => match upon_made(&input, &made(method, all), noun, key) {
            Some((other, field)) => upon("POST", other, field, &rest()),
            None => unbound("POST", own()),
        },
    }
}

/// The kinds of things that methods beside one make.
fn made<'a>(method: &MethodDescriptor, all: &'a [Read<'_>]) -> Vec<&'a [String]> {
    let is_maker = |(other, (act, _)): &&Read<'_>| {
        *act == Some(Act::Make) && other.parent_service() == method.parent_service()
    };
    all.iter().filter(is_maker).map(|(_, (_, noun))| &noun[..]).collect()
}

/// The kind of those that are made which a method is about, with the field that says which thing: `by_key` finds it
/// where the kind is in the name of the method (`SuspendUser`).
fn upon_made<'a>(
    input: &MessageDescriptor,
    made: &[&'a [String]],
    noun: &[String],
    by_key: fn(&MessageDescriptor, &[String]) -> Option<Field>,
) -> Option<(&'a [String], Field)> {
    let is_named = |other: &&&[String]| noun.ends_with(other) || plural(other) == plural(noun);
    let meant = made.iter().filter(is_named).max_by_key(|other| other.len());
    match (meant, made) {
        (Some(other), _) => by_key(input, other).map(|field| (*other, field)),
        // Where there is one kind alone, what is called like its name is: `Spend(id, coins)`.
        (None, [only]) => named(input, only).map(|field| (*only, field)),
        _ => None,
    }
}

/// The verb of a method, and the words of what it is done to; those of the service where it names nothing.
fn parts(method: &MethodDescriptor) -> (Option<Act>, Vec<String>) {
    let all = camel(method.name());
    let act = all.first().and_then(|verb| VERBS.iter().find(|(known, _)| known == verb));
    let act = act.map(|(_, act)| *act).filter(|_| !does_more(&all));
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

/// Whether a method does more than its verb says: `GetOrCreate`, `FetchAndDelete`, `CheckOut`.
fn does_more(words: &[String]) -> bool {
    let joins = words.iter().skip(1).any(|word| WRITING.contains(&&**word));
    joins
        || matches!(words, [first, second, ..] if first == "check" && ["in", "out"].contains(&&**second))
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

/// A field: what it is called in JSON, and where it is.
type Field = (String, Pointer);

/// The field of a message that is called as what names a thing of a kind.
fn named(message: &MessageDescriptor, noun: &[String]) -> Option<Field> {
    let singular = noun.join("_");
    let of_noun = NAMES.map(|end| format!("{singular}_{end}"));
    let mut wanted = of_noun.into_iter().chain(NAMES.map(str::to_owned));
    let field = wanted.find_map(|name| message.get_field_by_name(&name).filter(is_name))?;
    Some(at(&field))
}

/// The same, or the only field that there is, or the one in the thing itself.
fn key(message: &MessageDescriptor, noun: &[String]) -> Option<Field> {
    if let Some(found) = named(message, noun) {
        return Some(found);
    }
    if message.fields().count() == 1
        && let Some(only) = message.fields().next().filter(is_name)
    {
        return Some(at(&only));
    }
    // `UpdateOrder(order: Order)`.
    let whole = message.get_field_by_name(&noun.join("_")).filter(|field| !field.is_list())?;
    let Kind::Message(inner) = whole.kind() else { return None };
    let own = NAMES.iter().filter_map(|name| inner.get_field_by_name(name)).find(is_name)?;
    let (name, pointer) = at(&own);
    Some((name, Pointer::root().child(whole.json_name()).join(&pointer)))
}

/// What a field is called in JSON, and where it is.
fn at(field: &FieldDescriptor) -> Field {
    let name = field.json_name().to_owned();
    let pointer = Pointer::root().child(&*name);
    (name, pointer)
}

/// Whether a field can name a thing.
fn is_name(field: &FieldDescriptor) -> bool {
    let numbers = [
        Kind::Int32,
        Kind::Int64,
        Kind::Uint32,
        Kind::Uint64,
        Kind::Sint32,
        Kind::Sint64,
        Kind::Fixed32,
        Kind::Fixed64,
        Kind::Sfixed32,
        Kind::Sfixed64,
    ];
    let kind = field.kind();
    !field.is_list() && !field.is_map() && (kind == Kind::String || numbers.contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The routes of the methods of a file: method and path.
    fn told(text: &str) -> Vec<String> {
        let text = format!("syntax = \"proto3\"; package s.v1; {text}");
        let (pool, _) = super::super::fixture::compiled(&text);
        let methods: Vec<MethodDescriptor> =
            pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
        let told = |route: Route| {
            let bound = route.bound.iter().map(|(_, pointer)| format!(" {pointer}"));
            format!("{} {}{}", route.method, route.path, bound.collect::<String>())
        };
        routes(&methods).into_iter().map(told).collect()
    }

    #[test]
    fn names_tell_what_a_method_does_to_which_thing() {
        let all = told(
            "message Order { string id = 1; int32 qty = 2; } message Key { string id = 1; }
             message Update { Order order = 1; } message Of { int64 order_id = 1; string why = 2; }
             message Empty {} message Text { string text = 1; string more = 2; }
             service Shop {
               rpc CreateOrder(Order) returns (Order); rpc GetOrder(Key) returns (Order);
               rpc ListOrders(Empty) returns (Order); rpc UpdateOrder(Update) returns (Order);
               rpc DeleteOrder(Key) returns (Empty); rpc CancelOrder(Of) returns (Order);
               rpc Ship(Of) returns (Order); rpc Ping(Empty) returns (Empty); rpc Say(Text) returns (Text);
               rpc Watch(Key) returns (stream Order); rpc SearchOrders(Text) returns (Order);
             }",
        );
        assert_eq!(
            all,
            [
                "POST /s.v1.Shop/orders",
                "GET /s.v1.Shop/orders/{id} /id",
                "GET /s.v1.Shop/orders",
                "PATCH /s.v1.Shop/orders/{id} /order/id",
                "DELETE /s.v1.Shop/orders/{id} /id",
                "POST /s.v1.Shop/orders/{orderId}/CancelOrder /orderId",
                "POST /s.v1.Shop/orders/{orderId}/Ship /orderId",
                "GET /s.v1.Shop.Ping",
                "POST /s.v1.Shop.Say",
                "GET /s.v1.Shop/orders/{id}/Watch /id",
                "GET /s.v1.Shop.SearchOrders",
            ]
        );
    }

    #[test]
    fn what_may_do_more_than_look_or_make_is_neither() {
        let all = told(
            "message Empty {} message Filter { string of = 1; string to = 2; }
             service Users {
               rpc DeleteAll(Empty) returns (Empty); rpc UpdateSettings(Filter) returns (Empty);
               rpc GetOrCreateUser(Filter) returns (Empty); rpc FetchAndDelete(Empty) returns (Empty);
               rpc CheckOut(Filter) returns (Empty); rpc ReadModifyWriteRow(Filter) returns (Empty); rpc CheckHealth(Empty) returns (Empty);
             }",
        );
        assert_eq!(
            all,
            [
                "DELETE /s.v1.Users.DeleteAll",
                "PATCH /s.v1.Users.UpdateSettings",
                "POST /s.v1.Users.GetOrCreateUser",
                "POST /s.v1.Users.FetchAndDelete",
                "POST /s.v1.Users.CheckOut",
                "POST /s.v1.Users.ReadModifyWriteRow",
                "GET /s.v1.Users.CheckHealth",
            ]
        );
    }

    #[test]
    fn a_bare_verb_is_about_what_its_service_is_called() {
        let all = told(
            "message Key { string name = 1; } message Empty {}
             service BoxService { rpc Create(Empty) returns (Key); rpc Get(Key) returns (Key); }
             service Echo { rpc Echo(Key) returns (Key); }",
        );
        assert_eq!(
            all,
            [
                "POST /s.v1.BoxService/boxes",
                "GET /s.v1.BoxService/boxes/{name} /name",
                "POST /s.v1.Echo.Echo",
            ]
        );
    }
}
