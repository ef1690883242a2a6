//! The methods of protobuf services, as operations.

use std::collections::BTreeMap;

use foldhash::HashMap;
use prost_reflect::{MethodDescriptor, ServiceDescriptor};

use super::Messages;
use super::route::{self, Route};
use super::rules;
use crate::schema::Direction;
use crate::spec::{
    Body, BodyKind, Content, Idempotency, Layouts, Operation, Place, Response, Responses, Rpc,
    StatusPattern,
};

/// The media type of messages in gRPC (PROTOCOL-HTTP2.md, "Content-Type").
const PROTO: &str = "application/grpc";

/// The media type of answers, as they are seen.
const JSON: &str = "application/json";

/// The methods of services, as operations.
pub(super) fn operations(services: &[ServiceDescriptor]) -> Vec<Operation> {
    let methods: Vec<MethodDescriptor> =
        services.iter().flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    let messages = Messages::of(methods.iter().flat_map(|own| [own.input(), own.output()]));
    let routes = route::routes(&methods);
    let lines = lines(services);
    let Some(layouts) = methods.first().map(|own| Layouts::of(own.parent_pool())) else {
        return Vec::new();
    };
    let operation = |(method, route)| operation(method, route, &messages, &layouts, &lines);
    methods.iter().zip(routes).map(operation).collect()
}

/// Whether a service tells of others (reflection, health, channelz): it is used, not tested.
pub(super) fn is_for_tools(name: &str) -> bool {
    ["grpc.reflection.", "grpc.health.", "grpc.channelz."].iter().any(|own| name.starts_with(own))
}

fn operation(
    method: &MethodDescriptor,
    route: Route,
    messages: &Messages,
    layouts: &Layouts,
    lines: &Lines,
) -> Operation {
    let service = method.parent_service().full_name().to_owned();
    let name = format!("{service}/{}", method.name());
    let content = |schema, kind, media_type: &str| Content {
        media_type: media_type.to_owned(),
        kind,
        schema: Some(schema),
        encoding: Vec::new(),
        examples: Vec::new(),
    };
    let (input, output) = (method.input(), method.output());
    let sent = content(messages.schema(&input, Direction::Request), BodyKind::Proto, PROTO);
    // Answers are seen in their JSON mapping; of a stream all messages, in a list.
    let answer = if method.is_server_streaming() {
        messages.stream(&output, Direction::Response)
    } else {
        messages.schema(&output, Direction::Response)
    };
    let answer = content(answer, BodyKind::Json, JSON);
    let answer = Response { contents: vec![answer], ..Response::default() };
    let options = method.options();
    let level = options.get_field_by_name("idempotency_level").and_then(|own| own.as_enum_number());
    let level = match level {
        Some(1) => Idempotency::NoSideEffects,
        Some(2) => Idempotency::Idempotent,
        _ => Idempotency::Unknown,
    };
    let status = if route.makes { 201 } else { 200 };
    let safe = level == Idempotency::NoSideEffects;
    let deprecated = options.get_field_by_name("deprecated").and_then(|own| own.as_bool());
    Operation {
        path: route.path,
        name,
        method: if safe { "GET" } else { route.method }.to_owned(),
        id: None,
        tags: vec![service],
        deprecated: deprecated.unwrap_or_default(),
        servers: Vec::new(),
        parameters: Vec::new(),
        body: Some(Body { required: true, contents: vec![sent] }),
        responses: Responses { by_status: vec![(StatusPattern::Code(status), answer)] },
        security: Vec::new(),
        produces: vec![JSON.to_owned()],
        place: place(method, lines),
        rpc: Some(Rpc {
            input: layouts.layout(input),
            output: layouts.layout(output),
            streams_in: method.is_client_streaming(),
            streams_out: method.is_server_streaming(),
            bound: route.bound,
            makes: route.makes,
            ruled: rules::ruled(&method.input()),
            level,
        }),
    }
}

/// The lines of methods, by their files and their paths there.
type Lines = HashMap<(String, Vec<i32>), i32>;

/// The lines of the methods of services, as far as their descriptors tell.
fn lines(services: &[ServiceDescriptor]) -> Lines {
    let files: BTreeMap<String, _> = services
        .iter()
        .map(|service| (service.parent_file().name().to_owned(), service.parent_file()))
        .collect();
    let mut lines = Lines::default();
    for (name, file) in files {
        let all =
            file.file_descriptor_proto().source_code_info.iter().flat_map(|info| &info.location);
        // `service[i].method[j]`
        let methods = all.filter(|own| matches!(own.path[..], [6, _, 2, _]));
        let told =
            methods.filter_map(|own| Some(((name.clone(), own.path.clone()), *own.span.first()?)));
        lines.extend(told);
    }
    lines
}

/// Where a method stands, as far as its descriptor tells.
fn place(method: &MethodDescriptor, lines: &Lines) -> Place {
    let document = method.parent_file().name().to_owned();
    let line = lines.get(&(document.clone(), method.path().to_vec()));
    let line = line.and_then(|line| usize::try_from(*line).ok());
    Place { document, pointer: String::new(), line: line.map(|line| line + 1) }
}
