//! What a method is in HTTP, by `google.api.http` (`google/api/http.proto`).

use prost_reflect::{MessageDescriptor, MethodDescriptor, Value as Told};

use super::route::Route;
use crate::value::Pointer;

const OPTION: &str = "google.api.http";

/// The methods of HTTP that a rule may name, as it does.
const METHODS: [(&str, &str); 5] =
    [("get", "GET"), ("put", "PUT"), ("post", "POST"), ("delete", "DELETE"), ("patch", "PATCH")];

/// The route of a method as its annotation says it, where it has one: the method of HTTP in any case, the path where
/// its variables are fields.
pub(super) fn annotated(method: &MethodDescriptor, route: Route) -> Route {
    let Some((verb, template)) = rule(method) else { return route };
    let makes = route.makes && verb == "POST";
    match path(method, &template) {
        Some((path, bound)) => Route { method: verb, path, bound, makes },
        None => Route { method: verb, makes, ..route },
    }
}

fn rule(method: &MethodDescriptor) -> Option<(&'static str, String)> {
    let options = method.options();
    let (_, told) = options.extensions().find(|(own, _)| own.full_name() == OPTION)?;
    let Told::Message(rule) = told else { return None };
    METHODS.iter().find_map(|(name, method)| {
        let path = rule.get_field_by_name(name).filter(|_| rule.has_field_by_name(name))?;
        Some((*method, path.as_str()?.to_owned()))
    })
}

/// A template as a path with the fields that are its variables; `None` where they are more than one segment, or
/// none. Verbs at its end are a segment: `/orders/{id}:cancel`.
fn path(method: &MethodDescriptor, template: &str) -> Option<(String, Vec<(String, Pointer)>)> {
    let service = method.parent_service();
    let mut path = format!("/{}", service.full_name());
    let mut bound = Vec::new();
    for segment in template.split('/').skip(1) {
        let (segment, verb) = match segment.rsplit_once(':') {
            Some((segment, verb)) => (segment, Some(verb)),
            None => (segment, None),
        };
        path.push('/');
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(variable) => {
                let (name, pointer) = field(&method.input(), variable)?;
                path.push_str(&format!("{{{name}}}"));
                bound.push((name, pointer));
            }
            None if segment.contains(['{', '*']) => return None,
            None => path.push_str(segment),
        }
        path.extend(verb.map(|verb| format!("/{verb}")));
    }
    Some((path, bound))
}

/// The field that a variable names, by the names of those it is in.
fn field(message: &MessageDescriptor, variable: &str) -> Option<(String, Pointer)> {
    let (first, rest) = match variable.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (variable, None),
    };
    let own =
        message.get_field_by_name(first).filter(|field| !field.is_list() && !field.is_map())?;
    let here = Pointer::root().child(own.json_name());
    match (rest, own.kind().as_message()) {
        (None, None) => Some((own.json_name().to_owned(), here)),
        (Some(rest), Some(inner)) => {
            field(inner, rest).map(|(name, pointer)| (name, here.join(&pointer)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::route::routes;

    #[test]
    fn what_is_annotated_counts_more_than_names() {
        let text = r#"syntax = "proto3"; package s.v1; import "google/api/annotations.proto";
            message Order { string id = 1; } message Of { Order order = 1; string name = 2; }
            service Shop {
              rpc Purge(Order) returns (Order) { option (google.api.http) = { delete: "/v1/orders/{id}" }; }
              rpc Change(Of) returns (Order) {
                option (google.api.http) = { put: "/v1/orders/{order.id}" body: "order" };
              }
              rpc Cancel(Order) returns (Order) {
                option (google.api.http) = { post: "/v1/orders/{id}:cancel" body: "*" };
              }
              rpc Show(Of) returns (Order) { option (google.api.http) = { get: "/v1/{name=shelves/*}" }; }
              rpc CreateOrder(Order) returns (Order) {
                option (google.api.http) = { post: "/v1/orders" body: "*" };
              }
            }"#;
        let (pool, names) = super::super::fixture::compiled(text);
        let own =
            pool.services().filter(|own| names.iter().any(|name| name == own.parent_file().name()));
        let methods: Vec<_> = own.flat_map(|own| own.methods().collect::<Vec<_>>()).collect();
        let told = routes(&methods).into_iter().map(|route| {
            let bound = route.bound.iter().map(|(_, pointer)| format!(" {pointer}"));
            format!("{} {}{} {}", route.method, route.path, bound.collect::<String>(), route.makes)
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                "DELETE /s.v1.Shop/v1/orders/{id} /id false",
                "PUT /s.v1.Shop/v1/orders/{id} /order/id false",
                "POST /s.v1.Shop/v1/orders/{id}/cancel /id false",
                "GET /s.v1.Shop/shops/{name} /name false",
                "POST /s.v1.Shop/v1/orders true",
            ]
        );
    }
}
