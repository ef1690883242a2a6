//! From a request to a reply: the gates every call passes, in the order real services have them.
//!
//! Method, credentials, path and query, existence, size and media type of the body, its schema; then
//! the operation.

use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::header::{ALLOW, CONNECTION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Method, Response, header};
use axum::response::IntoResponse;
use axum::routing::any;
use serde_json::Value;

use super::caller::Caller;
use super::contract::{self, Content, Contract};
use super::dice::Dice;
use super::drawers::Drawers;
use super::faults::Faults;
use super::parameters::{self, Parameters, Sources};
use super::reply::Reply;
use super::rpc::Desk;
use super::shelves::Shelves;
use super::{Shop, document, exact, gateway, multipart, operations};

/// The most octets of a body.
const MOST_OCTETS: usize = 64 * 1024;

/// A shop that is open.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) faults: Faults,
    /// How often each of the moody operations was called.
    pub(crate) searches: AtomicU64,
    pub(crate) recommendations: AtomicU64,
    pub(crate) followers: AtomicU64,
    shelves: Mutex<Shelves>,
    drawers: Mutex<Drawers>,
    ids: AtomicI64,
}

/// A call that passed the gates.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) caller: Caller,
    pub(crate) parameters: Parameters,
    /// The body as a value; null where there is none.
    pub(crate) body: Value,
    /// Octets of the files in it.
    pub(crate) octets: usize,
    /// Whether the caller takes compressed answers.
    pub(crate) gzip: bool,
}

impl Call {
    /// The `id` in the path.
    pub(crate) fn id(&self) -> String {
        self.parameters.name("id")
    }

    /// These members of the body; null where it has none.
    pub(crate) fn members(&self, names: &[&str]) -> Value {
        names.iter().map(|name| ((*name).to_owned(), self.body[*name].clone())).collect()
    }
}

/// What an operation does: its reply, or one that ends it early.
pub(crate) type Outcome = Result<Reply, Reply>;

/// An operation in code.
pub(crate) type Operation = fn(&Service, &Call) -> Outcome;

/// Marks an answer in whose place the connection is to end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aborted;

/// The operations of one path.
type Resource = Vec<(Contract, Operation)>;

/// Opens a shop: everything it serves.
///
/// # Errors
/// A fault in its own document.
pub(crate) fn open(shop: &Shop) -> Result<Router, String> {
    let faults = Faults::of(shop);
    let yaml = document::render(&faults);
    let parsed = document::parse(&yaml)?;
    let json = parsed.to_string();
    let service = Arc::new(Service {
        faults,
        searches: AtomicU64::new(0),
        recommendations: AtomicU64::new(0),
        followers: AtomicU64::new(0),
        shelves: Mutex::new(Shelves::new()),
        drawers: Mutex::new(Drawers::new(Dice::new(shop.seed))),
        ids: AtomicI64::new(0),
    });
    let desk = Arc::new(Desk::open(shop, &service)?);
    let mut resources: Vec<(String, Resource)> = Vec::new();
    for contract in contract::read(&parsed)? {
        let operation = operations::find(&contract.id)
            .ok_or_else(|| format!("no code for operation {}", contract.id))?;
        match resources.iter_mut().find(|(path, _)| *path == contract.path) {
            Some((_, resource)) => resource.push((contract, operation)),
            None => resources.push((contract.path.clone(), vec![(contract, operation)])),
        }
    }
    let paths: Arc<[String]> = resources.iter().map(|(path, _)| path.clone()).collect();
    let mut router = Router::new()
        .route("/openapi.json", served(json, "application/json"))
        .route("/openapi.yaml", served(yaml, "application/yaml"))
        .fallback(move |request: Request| {
            let called = Desk::is_called(request.headers()).then(|| Arc::clone(&desk));
            let answer = gateway::answer(&paths, request.uri());
            async move {
                match called {
                    Some(desk) => desk.answer(request).await,
                    None => finish(answer, request.method()).await,
                }
            }
        });
    for (path, resource) in resources {
        let service = Arc::clone(&service);
        let resource = Arc::new(resource);
        router = router.route(
            &path,
            any(
                async move |path: Result<RawPathParams, RawPathParamsRejection>,
                            request: Request| {
                    let method = request.method().clone();
                    let reply = match path {
                        Ok(path) => service.receive(&resource, &path, request).await,
                        Err(_) => Err(Reply::problem(400, "the path is not UTF-8")),
                    };
                    finish(reply.unwrap_or_else(|reply| reply), &method).await
                },
            ),
        );
    }
    Ok(router)
}

fn served(text: String, media_type: &'static str) -> axum::routing::MethodRouter {
    axum::routing::get(async move || ([(header::CONTENT_TYPE, media_type)], text).into_response())
}

impl Service {
    /// What the shop keeps, for this operation alone.
    pub(crate) fn shelves(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What callers made, for this operation alone.
    pub(crate) fn drawers(&self) -> MutexGuard<'_, Drawers> {
        self.drawers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number that nothing has yet.
    pub(crate) fn new_id(&self) -> i64 {
        self.ids.fetch_add(1, Ordering::Relaxed) + 1
    }

    async fn receive(
        &self,
        resource: &Resource,
        path: &RawPathParams,
        request: Request,
    ) -> Outcome {
        let (head, body) = request.into_parts();
        let wanted = if head.method == Method::HEAD { Method::GET } else { head.method };
        let operation = resource.iter().find(|(contract, _)| contract.method == wanted.as_str());
        let path: Vec<(&str, &str)> = path.iter().collect();
        let _held = match operation {
            Some((contract, _)) => operations::hold(self, &contract.id, &path).await,
            None => None,
        };
        let received = receive_body(&head.headers, body).await;
        let Some((contract, operation)) = operation else {
            received.map_err(|(reply, _)| reply)?;
            let status = if wanted == Method::OPTIONS { 204 } else { 405 };
            return Ok(Reply::empty(status).header(ALLOW, &allowed(resource)));
        };
        let query = head.uri.query().unwrap_or_default();
        let sources = Sources { path, query, headers: &head.headers };
        let parameters =
            parameters::read(contract, &sources).map_err(|why| Reply::problem(400, &why));
        let body = received.map_err(|(reply, octets)| {
            if let Ok(parameters) = &parameters {
                operations::broken_off(self, &contract.id, parameters, &octets);
            }
            reply
        })?;
        let caller = self.admit(contract, &head.headers)?;
        let parameters = parameters?;
        operations::exists(self, &contract.id, &parameters)?;
        let (body, octets) = self.read_body(contract, &parameters, &head.headers, &body)?;
        let gzip = text(&head.headers, header::ACCEPT_ENCODING).contains("gzip");
        let mut outcome = operation(self, &Call { caller, parameters, body, octets, gzip });
        while let Ok(Reply::Later(wait, then)) = outcome {
            tokio::time::sleep(wait).await;
            outcome = then(self);
        }
        outcome
    }

    /// Lets the caller in, or answers 401.
    fn admit(&self, contract: &Contract, headers: &HeaderMap) -> Result<Caller, Reply> {
        let shown = |scheme: &String| Caller::shown(scheme, headers).is_some();
        let open = contract.security.is_empty() || !self.faults.unguarded.guards(&contract.id);
        if open || contract.security.iter().any(|way| way.iter().all(shown)) {
            return Ok(Caller::of(headers));
        }
        let challenge = "Bearer realm=\"shop\"";
        Err(Reply::problem(401, "who is calling?").header(WWW_AUTHENTICATE, challenge))
    }

    /// The body as a value, with the octets of its files.
    fn read_body(
        &self,
        contract: &Contract,
        parameters: &Parameters,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(Value, usize), Reply> {
        if contract.contents.is_empty() {
            return Ok((Value::Null, 0));
        }
        let media_type = text(headers, header::CONTENT_TYPE);
        if media_type.is_empty() && body.is_empty() {
            return Err(Reply::problem(400, "the body is missing"));
        }
        let content = content(contract, headers, &media_type)
            .ok_or_else(|| Reply::problem(415, "the shop does not read this media type"))?;
        let mut octets = 0;
        let value = match &*content.media_type {
            "application/json" => exact::read(body),
            "application/x-www-form-urlencoded" => parameters::form(&content.schema, body),
            "multipart/form-data" => {
                multipart::read(&content.schema, &media_type, body).map(|parts| {
                    octets = parts.octets;
                    Value::Object(parts.object)
                })
            }
            _ => String::from_utf8(body.to_vec()).map(Value::from).map_err(|e| e.to_string()),
        };
        let value = value.map_err(|why| {
            let status = if why.contains("recursion limit") { 413 } else { 400 };
            Reply::problem(status, &why)
        })?;
        let broken = content.broken(&value);
        let coupon = contract.id == "createCoupon" && self.faults.coupon.accepts(&broken);
        match broken.first() {
            Some((keyword, place)) if !coupon => {
                operations::refuse(self, &contract.id, parameters, &value, &broken);
                Err(Reply::problem(400, &format!("{keyword} does not hold at '{place}'")))
            }
            _ => Ok((value, octets)),
        }
    }
}

/// The content of a contract that a body is in.
fn content<'c>(
    contract: &'c Contract,
    headers: &HeaderMap,
    media_type: &str,
) -> Option<&'c Content> {
    let (essence, parameters) = media_type.split_once(';').unwrap_or((media_type, ""));
    let parameters = parameters.to_ascii_lowercase();
    let charset = parameters.split(';').find_map(|p| p.trim().strip_prefix("charset="));
    let readable =
        charset.is_none_or(|name| matches!(name.trim_matches('"'), "utf-8" | "utf8" | "us-ascii"));
    let coding = text(headers, header::CONTENT_ENCODING);
    let plain = coding.is_empty() || coding.eq_ignore_ascii_case("identity");
    contract
        .contents
        .iter()
        .find(|content| content.media_type.eq_ignore_ascii_case(essence.trim()))
        .filter(|_| readable && plain)
}

/// The methods of a path, as `Allow` lists them.
fn allowed(resource: &Resource) -> String {
    let mut methods: Vec<&str> = resource.iter().map(|(contract, _)| &*contract.method).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    methods.join(", ")
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> String {
    let value = headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
    value.unwrap_or_default().trim().to_owned()
}

/// The whole body; 413 as soon as it is known to be too long, while it may still be coming in. What came
/// of one that is not received in whole is given with the answer.
async fn receive_body(headers: &HeaderMap, mut body: Body) -> Result<Vec<u8>, (Reply, Vec<u8>)> {
    let refused = |status: u16, why: &str| Reply::problem(status, why).header(CONNECTION, "close");
    let too_large = || refused(413, "more than the shop takes");
    let declared: Option<u64> = text(headers, header::CONTENT_LENGTH).parse().ok();
    let mut octets = Vec::new();
    if declared.is_some_and(|length| length > MOST_OCTETS as u64) {
        return Err((too_large(), octets));
    }
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(frame) = frame else { return Err((refused(400, "the body is broken"), octets)) };
        if let Ok(data) = frame.into_data() {
            octets.extend_from_slice(&data);
        }
        if octets.len() > MOST_OCTETS {
            return Err((too_large(), octets));
        }
    }
    Ok(octets)
}

/// The answer of a reply as it goes out; one that hangs has none, ever.
async fn finish(reply: Reply, method: &Method) -> Response<Body> {
    match reply {
        Reply::Answer(response) if method == Method::HEAD => {
            let (mut head, body) = (*response).into_parts();
            if let Some(length) = body.size_hint().exact() {
                head.headers.insert(header::CONTENT_LENGTH, length.into());
            }
            Response::from_parts(head, Body::empty())
        }
        Reply::Answer(response) => *response,
        Reply::Drop => {
            let mut response = Response::new(Body::empty());
            response.extensions_mut().insert(Aborted);
            response
        }
        Reply::Hang | Reply::Later(..) => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_opens_a_shop() {
        for seed in 100..120 {
            let opened = open(&Shop { seed, healthy: seed % 2 == 0 });
            assert!(opened.is_ok(), "seed {seed}: {opened:?}");
        }
    }
}
