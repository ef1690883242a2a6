//! One value model for JSON Schema (and, later, protobuf messages), and validation against it.
//!
//! Responsible for reading schemas of every dialect that OpenAPI documents use, following
//! references across documents, giving one self-contained draft 2020-12 schema for each
//! ([`Schema::bundle`]), the canonical form that values are generated from ([`Schema::shapes`]), and
//! judging values ([`Schema::violations`]). Knows nothing of HTTP.

pub mod address;
mod bundle;
mod dialect;
mod documents;
pub mod format;
pub mod pattern;
pub mod shape;
mod index;
mod keywords;
mod lines;
pub mod measure;
mod validate;
mod wide;

pub use bundle::{Broken, Survey};
pub use dialect::{Dialect, Direction};
pub use documents::{Document, Documents, Location, Unresolved};
pub use lines::Lines;
pub use shape::Shapes;
pub use validate::{Validator, Violation};

use std::sync::{Arc, Mutex, OnceLock};

use crate::value::{Object, Value};

/// A schema: cheap to clone, worked out only when asked.
#[derive(Clone, Debug)]
pub struct Schema(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    documents: Arc<Documents>,
    at: Location,
    dialect: Dialect,
    direction: Direction,
    /// Whether arrays of what stands there are meant.
    sequence: bool,
    worked: Arc<Worked>,
}

/// What is worked out of a schema.
#[derive(Debug, Default)]
struct Worked {
    bundle: OnceLock<Result<Arc<Value>, String>>,
    validator: OnceLock<Validator>,
    shapes: OnceLock<Shapes>,
    texts: OnceLock<Option<Shapes>>,
    format: OnceLock<Option<String>>,
    doubtful: OnceLock<bool>,
    writes_only: OnceLock<bool>,
    /// The JSON text that was found to fit last.
    fitting: Mutex<Vec<u8>>,
}

/// Longer texts are read again each time.
const LONGEST_FITTING: usize = 16 << 10;

impl Schema {
    /// The schema at a place of a document.
    pub fn new(
        documents: Arc<Documents>,
        at: Location,
        dialect: Dialect,
        direction: Direction,
    ) -> Self {
        Self::with(documents, at, dialect, direction, false)
    }

    /// The schema of a sequence as one array, whose items are as the schema at a place says
    /// (`itemSchema`, OpenAPI 3.2.0, "Media Type Object").
    pub fn of_sequence(
        documents: Arc<Documents>,
        at: Location,
        dialect: Dialect,
        direction: Direction,
    ) -> Self {
        Self::with(documents, at, dialect, direction, true)
    }

    fn with(
        documents: Arc<Documents>,
        at: Location,
        dialect: Dialect,
        direction: Direction,
        sequence: bool,
    ) -> Self {
        Self(Arc::new(Inner {
            documents,
            at,
            dialect,
            direction,
            sequence,
            worked: Arc::default(),
        }))
    }

    /// The schema at another place of the same documents that says the same: what is worked out of one
    /// of them holds for both.
    #[must_use]
    pub fn alike(&self, at: Location) -> Self {
        let Inner { documents, dialect, direction, sequence, worked, .. } = &*self.0;
        Self(Arc::new(Inner {
            documents: Arc::clone(documents),
            at,
            dialect: *dialect,
            direction: *direction,
            sequence: *sequence,
            worked: Arc::clone(worked),
        }))
    }

    /// The schema at another place of the same documents, read in the same way.
    #[must_use]
    pub fn elsewhere(&self, at: Location) -> Self {
        let Inner { documents, dialect, direction, .. } = &*self.0;
        Self::new(Arc::clone(documents), at, *dialect, *direction)
    }

    /// A schema that stands alone, draft 2020-12.
    pub fn of(value: Value) -> Self {
        Self::of_dialect(value, Dialect::Draft2020)
    }

    /// A schema that stands alone.
    pub fn of_dialect(value: Value, dialect: Dialect) -> Self {
        let (documents, root) = Documents::single(value);
        Self::new(Arc::new(documents), root, dialect, Direction::Neither)
    }

    /// Where it stands.
    pub fn location(&self) -> &Location {
        &self.0.at
    }

    /// The documents it stands in.
    pub fn documents(&self) -> &Documents {
        &self.0.documents
    }

    /// Which way values of it go.
    pub fn direction(&self) -> Direction {
        self.0.direction
    }

    /// How it is to be read.
    pub fn dialect(&self) -> Dialect {
        self.0.dialect
    }

    /// The schema as it stands in its document; of a sequence, that of its items.
    pub fn source(&self) -> Option<&Value> {
        self.0.documents.find(&self.0.at)
    }

    /// The schema as one self-contained draft 2020-12 schema: every reference is a local
    /// `#/$defs/NAME`, every dialect's own spelling is rewritten.
    ///
    /// # Errors
    /// A reference that leads nowhere, with its place.
    pub fn bundle(&self) -> Result<&Value, &str> {
        self.shared_bundle().map(|bundle| &**bundle)
    }

    fn shared_bundle(&self) -> Result<&Arc<Value>, &str> {
        let bundle = self.0.worked.bundle.get_or_init(|| {
            bundle::bundle(&self.0.documents, &self.0.at, self.0.dialect, self.0.direction)
                .map(|bundle| if self.0.sequence { self.sequence(bundle) } else { bundle })
                .map(Arc::new)
                .map_err(|broken| broken.with_place(&self.0.documents))
        });
        bundle.as_ref().map_err(String::as_str)
    }

    /// Arrays of what a bundle says. Nobody sends a sequence of nothing to say something by it.
    fn sequence(&self, mut item: Value) -> Value {
        let definitions = match &mut item {
            Value::Object(object) => object.remove("$defs"),
            _ => None,
        };
        let mut array = Object::new();
        array.push("type", Value::text("array"));
        if self.0.direction == Direction::Request {
            array.push("minItems", Value::int(1));
        }
        array.push("items", item);
        if let Some(definitions) = definitions {
            array.push("$defs", definitions);
        }
        Value::Object(array)
    }

    /// Whether it is that of a sequence ([`Self::of_sequence`]).
    pub fn is_sequence(&self) -> bool {
        self.0.sequence
    }

    /// The canonical form that values are generated from; of any value where the schema is broken.
    pub fn shapes(&self) -> &Shapes {
        self.0.worked.shapes.get_or_init(|| match self.shared_bundle() {
            Ok(bundle) => Shapes::of(Arc::clone(bundle)),
            Err(_) => Shapes::of(Arc::new(Value::Bool(true))),
        })
    }

    /// The canonical form of what a person would write where values travel as text: of the texts that
    /// it admits, where it says nothing of types; else as [`Self::shapes`].
    pub fn written_shapes(&self) -> &Shapes {
        let shapes = self.shapes();
        let texts = || shapes.is_untyped().then(|| shapes.texts());
        self.0.worked.texts.get_or_init(texts).as_ref().unwrap_or(shapes)
    }

    /// Whether `value` is valid.
    pub fn accepts(&self, value: &Value) -> bool {
        self.validator().accepts(value)
    }

    /// Whether this is the very JSON text that was noted last: services say the same again and again, and
    /// what is known to fit need not be read once more.
    pub fn fits_again(&self, text: &[u8]) -> bool {
        self.0.worked.fitting.try_lock().is_ok_and(|last| !last.is_empty() && *last == text)
    }

    /// Notes a JSON text in which nothing is wrong.
    pub fn note_fitting(&self, text: &[u8]) {
        if text.len() <= LONGEST_FITTING
            && let Ok(mut last) = self.0.worked.fitting.try_lock()
        {
            last.clear();
            last.extend_from_slice(text);
        }
    }

    /// Everything in `value` that the schema forbids, in the order of the schema.
    pub fn violations(&self, value: &Value) -> Vec<Violation> {
        self.validator().violations(value)
    }

    /// Whether `value` is valid, the formats we know asserted ([`format::Format`]).
    pub fn accepts_formats(&self, value: &Value) -> bool {
        self.validator().accepts_formats(value)
    }

    /// Everything in `value` that the schema forbids, then everything that is wrong only because of a
    /// format.
    pub fn all_violations(&self, value: &Value) -> (Vec<Violation>, Vec<Violation>) {
        self.validator().all_violations(value)
    }

    /// The `format` it names itself, not through a reference and not of its items.
    pub fn format(&self) -> Option<&str> {
        let source = || self.source().filter(|_| !self.0.sequence);
        let find = || Some(source()?.get("format")?.as_str()?.to_owned());
        self.0.worked.format.get_or_init(find).as_deref()
    }

    /// Whether anything in it is only written (`writeOnly`).
    pub fn writes_only(&self) -> bool {
        fn told(schema: &Value) -> bool {
            match schema {
                Value::Object(members) => {
                    members.contains("x-write-only") || members.iter().any(|(_, value)| told(value))
                }
                Value::Array(items) => items.iter().any(told),
                _ => false,
            }
        }
        let bundle = || self.bundle().is_ok_and(told);
        *self.0.worked.writes_only.get_or_init(bundle)
    }

    /// Whether there is [`Self::doubt`].
    pub fn is_doubtful(&self) -> bool {
        *self.0.worked.doubtful.get_or_init(|| self.doubt().is_some())
    }

    /// Why what it says of a value cannot be relied on, where that is so: it is broken, has patterns
    /// that cannot be judged, or names a meta-schema of its own, which may give its keywords another
    /// meaning (2020-12 core, section 8.1.2).
    pub fn doubt(&self) -> Option<String> {
        if let Some(broken) = self.broken() {
            return Some(broken.to_owned());
        }
        if let Some(pattern) = self.unjudged().first() {
            return Some(format!("the pattern `{pattern}` cannot be judged"));
        }
        let named = self.source().and_then(|source| source.get("$schema")?.as_str());
        let known = |name: &&str| Dialect::of_meta_schema(name).is_some();
        let stranger = named.filter(|name| !known(name))?;
        Some(format!("the meta-schema `{stranger}` may give keywords another meaning"))
    }

    /// Why nothing can be judged by it, where that is so: then it accepts everything.
    pub fn broken(&self) -> Option<&str> {
        self.validator().broken()
    }

    /// The patterns in it that cannot be judged; every text counts as matching them.
    pub fn unjudged(&self) -> &[String] {
        self.validator().unjudged()
    }

    fn validator(&self) -> &Validator {
        self.0.worked.validator.get_or_init(|| Validator::of(self.shared_bundle().map(Arc::clone)))
    }
}
