//! From a call of gRPC to its answer.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, StreamExt as _};
use http::{HeaderMap, Request, Response};
use prost_reflect::prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor, SerializeOptions,
};
use protox::Compiler;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use serde_json::Value;
use tonic::server::Grpc;
use tonic::{Status, Streaming};
use tower::service_fn;

use super::super::Shop;
use super::super::service::{Aborted, Service};
use super::codec::Octets;
use super::{faults, health, reflection};

/// The file that its messages stand in.
const FILE: &str = "desk.proto";

/// What stands at the top of it.
const HEAD: &str =
    "syntax = \"proto3\";\npackage desk.v1;\nimport \"buf/validate/validate.proto\";\n";

/// The options that its messages have: `buf/validate/validate.proto`, among others.
const OPTIONS: &[u8] = include_bytes!("../../spec/protobuf/bundled.binpb");

/// A message that came.
#[derive(Debug)]
pub(super) struct Asked {
    /// In its JSON mapping.
    pub(super) message: Value,
    /// As it came.
    pub(super) octets: Bytes,
}

/// Why a call ends without a message.
#[derive(Debug)]
pub(super) enum Ended {
    /// With a status.
    Status(Status),
    /// Without any.
    Gone,
}

impl From<Status> for Ended {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

/// What a method with one message answers.
pub(super) type Answer = BoxFuture<'static, Result<Value, Ended>>;

/// Messages in both directions.
pub(super) type Messages = BoxStream<'static, Result<Value, Status>>;

/// What a method does.
pub(super) enum Handler {
    /// One message, one answer.
    Unary {
        answer: Box<dyn Fn(Asked) -> Answer + Send + Sync>,
        /// Whether it is given up once the caller's deadline is over.
        heeds: bool,
    },
    /// Any number of both.
    Stream(Box<dyn Fn(Messages) -> Messages + Send + Sync>),
}

/// A handler for one message.
pub(super) fn unary(answer: impl Fn(Asked) -> Answer + Send + Sync + 'static) -> Handler {
    Handler::Unary { answer: Box::new(answer), heeds: true }
}

/// A handler for one message that goes on when nobody waits any more.
pub(super) fn heedless(answer: impl Fn(Asked) -> Answer + Send + Sync + 'static) -> Handler {
    Handler::Unary { answer: Box::new(answer), heeds: false }
}

/// An answer that is there at once.
pub(super) fn at_once(answer: Result<Value, Ended>) -> Answer {
    Box::pin(std::future::ready(answer))
}

struct Method {
    descriptor: MethodDescriptor,
    handler: Handler,
}

/// All methods, by the paths they are called at.
pub(crate) struct Desk {
    methods: HashMap<String, Method>,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("methods", &self.methods.keys()).finish_non_exhaustive()
    }
}

/// The file of the desk, and what it imports.
#[derive(Debug)]
struct Files(String, DescriptorPool);

impl FileResolver for Files {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match name {
            FILE => return File::from_source(name, &self.0),
            reflection::FILE => return File::from_source(name, reflection::TEXT),
            health::FILE => return File::from_source(name, health::TEXT),
            _ => {}
        }
        let file = self.1.get_file_by_name(name);
        let file = file.ok_or_else(|| protox::Error::file_not_found(name))?;
        File::decode_file_descriptor_proto(&file.encode_to_vec()[..]).map_err(protox::Error::new)
    }
}

impl Desk {
    /// Opens the desk of a shop.
    ///
    /// # Errors
    /// A fault in its own messages.
    pub(crate) fn open(shop: &Shop, service: &Arc<Service>) -> Result<Self, String> {
        let faults = faults::all(shop);
        let text = faults.iter().map(|fault| fault.proto()).collect::<String>();
        let mut resolver = ChainFileResolver::new();
        let options = DescriptorPool::decode(OPTIONS).map_err(|error| error.to_string())?;
        resolver.add(Files(format!("{HEAD}{text}"), options));
        resolver.add(GoogleFileResolver::new());
        let mut compiler = Compiler::with_file_resolver(resolver);
        compiler.include_imports(true);
        for file in [FILE, reflection::FILE, health::FILE] {
            compiler.open_file(file).map_err(|error| format!("{error:?}"))?;
        }
        let pool = compiler.descriptor_pool();
        let mut methods = HashMap::new();
        let own = faults.iter().flat_map(|fault| fault.methods(service));
        let own = own.map(|(name, handler)| (format!("desk.v1.{name}"), handler));
        let told = (reflection::METHOD.to_owned(), reflection::handler(pool.clone()));
        let open = (health::METHOD.to_owned(), health::handler());
        for (name, handler) in own.chain([told, open]) {
            let (service, method) = name.split_once('/').unwrap_or((&name, ""));
            let service = pool.get_service_by_name(service);
            let descriptor = service.and_then(|own| own.methods().find(|own| own.name() == method));
            let descriptor = descriptor.ok_or_else(|| format!("there is no {name}"))?;
            methods.insert(format!("/{name}"), Method { descriptor, handler });
        }
        Ok(Self { methods })
    }

    /// Whether a request is a call of gRPC.
    pub(crate) fn is_called(headers: &HeaderMap) -> bool {
        let kind = headers.get(http::header::CONTENT_TYPE);
        kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
    }

    /// Answers a call.
    pub(crate) async fn answer(self: Arc<Self>, request: Request<Body>) -> Response<Body> {
        let path = request.uri().path().to_owned();
        let Some(method) = self.methods.get(&path) else {
            return Status::unimplemented("there is no such method").into_http();
        };
        let (input, output) = (method.descriptor.input(), method.descriptor.output());
        let deadline = deadline(request.headers());
        let gone = Arc::new(AtomicBool::new(false));
        let mut grpc = Grpc::new(Octets);
        let mut response = match &method.handler {
            Handler::Unary { answer: handler, heeds } => {
                let deadline = deadline.filter(|_| *heeds);
                let serve = |request: tonic::Request<Bytes>| {
                    let octets = request.into_inner();
                    let message = read(&input, &octets);
                    let answer = message.map(|message| handler(Asked { message, octets }));
                    let (output, gone) = (output.clone(), Arc::clone(&gone));
                    async move {
                        let answer = within(deadline, answer?).await?;
                        match answer {
                            Ok(value) => Ok(tonic::Response::new(written(&output, &value)?)),
                            Err(Ended::Status(status)) => Err(status),
                            Err(Ended::Gone) => {
                                gone.store(true, Ordering::Relaxed);
                                Err(Status::unknown("gone"))
                            }
                        }
                    }
                };
                grpc.unary(service_fn(serve), request).await
            }
            Handler::Stream(handler) => {
                let serve = |request: tonic::Request<Streaming<Bytes>>| {
                    let input = input.clone();
                    let messages = request.into_inner().map(move |octets| read(&input, &octets?));
                    let output = output.clone();
                    let answers = handler(messages.boxed());
                    let answers = answers.map(move |value| written(&output, &value?));
                    std::future::ready(Ok::<_, Status>(tonic::Response::new(answers)))
                };
                let answered = grpc.streaming(service_fn(serve), request);
                match within(deadline, answered).await {
                    Ok(response) => response,
                    Err(status) => status.into_http(),
                }
            }
        };
        if gone.load(Ordering::Relaxed) {
            response.extensions_mut().insert(Aborted);
        }
        response.map(Body::new)
    }
}

/// What is done in time.
async fn within<T>(deadline: Option<Duration>, work: impl Future<Output = T>) -> Result<T, Status> {
    let Some(deadline) = deadline else { return Ok(work.await) };
    let done = tokio::time::timeout(deadline, work).await;
    done.map_err(|_| Status::deadline_exceeded("the deadline is over"))
}

/// A message in its JSON mapping.
fn read(message: &MessageDescriptor, octets: &Bytes) -> Result<Value, Status> {
    let wrong = |why: String| Status::internal(format!("the message cannot be read: {why}"));
    let message = DynamicMessage::decode(message.clone(), &octets[..])
        .map_err(|error| wrong(error.to_string()))?;
    let options = SerializeOptions::new().stringify_64_bit_integers(false);
    message
        .serialize_with_options(serde_json::value::Serializer, &options)
        .map_err(|error| wrong(error.to_string()))
}

/// A message as octets.
fn written(message: &MessageDescriptor, value: &Value) -> Result<Bytes, Status> {
    let message = DynamicMessage::deserialize(message.clone(), value)
        .map_err(|error| Status::internal(error.to_string()))?;
    Ok(message.encode_to_vec().into())
}

/// How long a call may take (PROTOCOL-HTTP2.md, "Timeout").
fn deadline(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = number.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number.checked_mul(3600)?),
        "M" => Duration::from_secs(number.checked_mul(60)?),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}
