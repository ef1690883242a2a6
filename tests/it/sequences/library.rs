//! A library of shelves and books in memory: nothing is there before it is made, and no one can guess an
//! id.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

pub(crate) const DOCUMENT: &str = r##"
openapi: 3.1.0
info: { title: Library, version: "1" }
paths:
  /health:
    get: { responses: { "200": { description: well } } }
  /rooms/{room}:
    parameters: [{ name: room, in: path, required: true, schema: { type: integer, minimum: 1, maximum: 9 } }]
    get: { responses: { "200": { description: one }, "400": { description: bad } } }
  /shelves:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Shelf" } } } }
      responses: { "201": { description: made, content: { application/json: { schema: { $ref: "#/components/schemas/Made" } } } }, "400": { description: bad }, "409": { description: full } }
  /shelves/{shelf}:
    parameters: [{ name: shelf, in: path, required: true, schema: { type: string } }]
    get: { responses: { "200": { description: one }, "404": { description: none } } }
    delete: { responses: { "204": { description: gone }, "404": { description: none }, "409": { description: not empty } } }
  /shelves/{shelf}/books:
    parameters: [{ name: shelf, in: path, required: true, schema: { type: string } }]
    post:
      requestBody: { required: true, content: { application/json: { schema: { type: object, properties: { title: { type: string } } } } } }
      responses: { "201": { description: made, content: { application/json: { schema: { $ref: "#/components/schemas/Made" } } } }, "400": { description: bad }, "404": { description: none }, "409": { description: full } }
  /shelves/{shelf}/books/{book}:
    parameters:
      - { name: shelf, in: path, required: true, schema: { type: string } }
      - { name: book, in: path, required: true, schema: { type: string } }
    get: { responses: { "200": { description: one }, "404": { description: none } } }
    delete: { responses: { "204": { description: gone }, "404": { description: none } } }
components:
  schemas:
    Shelf: { type: object, required: [room], properties: { room: { type: integer, minimum: 1, maximum: 9 } } }
    Made: { type: object, properties: { id: { type: string, maxLength: 64 } } }
"##;

/// What is odd about a library.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Nothing.
    #[default]
    Well,
    /// It makes no more shelves after so many.
    Full(u64),
    /// What it made is called so.
    Called(Odd),
    /// A book that was taken away is still shown.
    Haunted,
    /// The last room cannot be looked at while a shelf stands in any.
    Narrow,
    /// The same, and else it is shown with a status that nobody promised.
    Moody,
    /// The last room cannot be looked at while a shelf stands in it.
    Cramped,
    /// It breaks when the last room is looked at while a shelf stands in any.
    Ailing,
    /// The same, and then all shelves fall.
    Brittle,
    /// It breaks when a shelf is looked at while there is another one.
    Crowded,
    /// No second shelf is put into a room: that is answered as if it were one that is shown.
    Thrifty,
}

/// Ids that are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Odd {
    Object,
    Null,
    Long,
}

/// A library that is served.
#[derive(Debug)]
pub(crate) struct Library {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    mood: Mood,
    state: Mutex<Keep>,
}

#[derive(Debug, Default)]
struct Keep {
    made: u64,
    shelves: BTreeMap<String, BTreeMap<String, Value>>,
    /// In which room each shelf stands.
    rooms: BTreeMap<String, i64>,
    ghosts: BTreeMap<String, Value>,
}

impl Keep {
    fn new_id(&mut self) -> String {
        self.made += 1;
        format!("{:016x}", self.made.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}

impl Shared {
    fn keep(&self) -> MutexGuard<'_, Keep> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer that something was made.
    fn made(&self, id: &str) -> Response {
        let id = match self.mood {
            Mood::Called(Odd::Object) => json!({ "deep": id }),
            Mood::Called(Odd::Null) => Value::Null,
            Mood::Called(Odd::Long) => json!(id.repeat(640)),
            _ => json!(id),
        };
        (StatusCode::CREATED, axum::Json(json!({ "id": id }))).into_response()
    }
}

type Kept = State<Arc<Shared>>;

impl Library {
    /// Opens a library on loopback.
    pub(crate) async fn open(mood: Mood) -> Self {
        let shared = Arc::new(Shared { mood, ..Shared::default() });
        let router = Router::new()
            .route("/health", get(async || "well"))
            .route("/rooms/{room}", get(show_room))
            .route("/shelves", post(make_shelf))
            .route("/shelves/{shelf}", get(show_shelf).delete(drop_shelf))
            .route("/shelves/{shelf}/books", post(make_book))
            .route("/shelves/{shelf}/books/{book}", get(show_book).delete(drop_book))
            .with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { serve(listener, router).await });
        Self { address, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many things it keeps.
    pub(crate) fn count(&self) -> usize {
        let keep = self.shared.keep();
        keep.shelves.len() + keep.shelves.values().map(BTreeMap::len).sum::<usize>()
    }

    /// How many were made so far.
    pub(crate) fn made(&self) -> u64 {
        self.shared.keep().made
    }
}

/// Serves connections to their end.
async fn serve(listener: tokio::net::TcpListener, router: Router) {
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use hyper_util::server::conn::auto::Builder;
    use hyper_util::service::TowerToHyperService;
    while let Ok((stream, _)) = listener.accept().await {
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let builder = Builder::new(TokioExecutor::new());
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

fn object(body: &Bytes) -> Option<Value> {
    serde_json::from_slice::<Value>(body).ok().filter(Value::is_object)
}

fn refused() -> Response {
    StatusCode::BAD_REQUEST.into_response()
}

fn nothing() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

async fn make_shelf(State(shared): Kept, body: Bytes) -> Response {
    let Some(shelf) = object(&body) else { return refused() };
    let Some(room) = shelf["room"].as_i64().filter(|room| (1..=9).contains(room)) else {
        return refused();
    };
    let mut keep = shared.keep();
    if matches!(shared.mood, Mood::Full(most) if keep.made >= most) {
        return StatusCode::CONFLICT.into_response();
    }
    let there = keep.rooms.iter().find(|(_, other)| **other == room);
    if let Some((id, _)) = there.filter(|_| shared.mood == Mood::Thrifty) {
        return axum::Json(json!({ "id": id })).into_response();
    }
    let id = keep.new_id();
    keep.shelves.insert(id.clone(), BTreeMap::new());
    keep.rooms.insert(id.clone(), room);
    shared.made(&id)
}

impl Shared {
    fn locks_the_last_room(&self) -> bool {
        let keep = self.keep();
        let mut rooms = keep.rooms.values();
        match self.mood {
            Mood::Narrow | Mood::Moody | Mood::Ailing | Mood::Brittle => rooms.next().is_some(),
            Mood::Cramped => rooms.any(|room| *room == 9),
            _ => false,
        }
    }
}

async fn show_room(State(shared): Kept, Path(room): Path<String>) -> Response {
    match room.parse() {
        Ok(9) if shared.mood == Mood::Ailing && shared.locks_the_last_room() => {
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Ok(9) if shared.mood == Mood::Brittle && shared.locks_the_last_room() => {
            let mut keep = shared.keep();
            keep.shelves.clear();
            keep.rooms.clear();
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Ok(9) if shared.locks_the_last_room() => StatusCode::LOCKED.into_response(),
        Ok(9) if shared.mood == Mood::Moody => StatusCode::ACCEPTED.into_response(),
        Ok(1..=9) => axum::Json(json!({ "room": room })).into_response(),
        _ => refused(),
    }
}

async fn show_shelf(State(shared): Kept, Path(shelf): Path<String>) -> Response {
    let keep = shared.keep();
    match keep.shelves.get(&shelf) {
        Some(_) if shared.mood == Mood::Crowded && keep.shelves.len() > 1 => {
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Some(books) => axum::Json(json!({ "books": books.len() })).into_response(),
        None => nothing(),
    }
}

async fn drop_shelf(State(shared): Kept, Path(shelf): Path<String>) -> Response {
    let mut keep = shared.keep();
    match keep.shelves.get(&shelf).map(BTreeMap::is_empty) {
        Some(true) => {
            keep.shelves.remove(&shelf);
            keep.rooms.remove(&shelf);
            StatusCode::NO_CONTENT.into_response()
        }
        Some(false) => StatusCode::CONFLICT.into_response(),
        None => nothing(),
    }
}

async fn make_book(State(shared): Kept, Path(shelf): Path<String>, body: Bytes) -> Response {
    let Some(book) = object(&body) else { return refused() };
    if !book.get("title").is_none_or(Value::is_string) {
        return refused();
    }
    let mut keep = shared.keep();
    if !keep.shelves.contains_key(&shelf) {
        return nothing();
    }
    let id = keep.new_id();
    if let Some(books) = keep.shelves.get_mut(&shelf) {
        books.insert(id.clone(), book);
    }
    shared.made(&id)
}

async fn show_book(State(shared): Kept, Path((shelf, book)): Path<(String, String)>) -> Response {
    let keep = shared.keep();
    let own = keep.shelves.get(&shelf).and_then(|books| books.get(&book));
    match own.or_else(|| keep.ghosts.get(&book)) {
        Some(shown) => axum::Json(json!({ "book": shown, "shelf": shelf })).into_response(),
        None => nothing(),
    }
}

async fn drop_book(State(shared): Kept, Path((shelf, book)): Path<(String, String)>) -> Response {
    let mut keep = shared.keep();
    match keep.shelves.get_mut(&shelf).and_then(|books| books.remove(&book)) {
        Some(ghost) => {
            if shared.mood == Mood::Haunted {
                keep.ghosts.insert(book, ghost);
            }
            StatusCode::NO_CONTENT.into_response()
        }
        None => nothing(),
    }
}
