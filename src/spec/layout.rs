//! How messages of one kind are made of fields: all that writing and reading them asks of a descriptor, worked
//! out once.

use std::sync::{Arc, OnceLock};

use foldhash::HashMap;
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor};

use crate::value::Text;

/// All kinds of messages that a pool of descriptors knows, each worked out when it is first asked for: most of a
/// large service are never sent.
#[derive(Clone, Debug)]
pub struct Layouts(Arc<Kinds>);

#[derive(Debug)]
struct Kinds {
    all: Vec<(MessageDescriptor, OnceLock<Message>)>,
    /// Where each kind stands, by its name.
    places: HashMap<String, usize>,
}

/// A kind of message.
#[derive(Clone, Debug)]
pub struct Layout {
    descriptor: MessageDescriptor,
    kinds: Layouts,
    /// Where it stands among them.
    place: Option<usize>,
}

/// The fields of a message.
#[derive(Debug)]
pub struct Message {
    /// What it was worked out from.
    pub descriptor: MessageDescriptor,
    /// What its JSON mapping is like.
    pub form: Form,
    /// Its fields, in the order of their numbers.
    pub fields: Vec<Field>,
    /// Where each field stands, by its own name and by the one that JSON has for it.
    by_name: HashMap<String, usize>,
}

/// A field of a message.
#[derive(Debug)]
pub struct Field {
    /// Its number, from 1 on.
    pub number: u32,
    /// The name that JSON has for it.
    pub name: Text,
    /// What it holds.
    pub kind: Kind,
    /// What it holds, where those are messages: its place among [`Layouts`].
    pub message: Option<usize>,
    /// How often it is there.
    pub times: Times,
    /// Whether not to be there is another thing than what it is by default.
    pub has_presence: bool,
    /// Whether `null` is a value of it, rather than none.
    pub may_be_null: bool,
    /// Whether it is written as a group.
    pub is_group: bool,
    /// The `oneof` it stands in, by its place in the message.
    pub choice: Option<usize>,
}

/// How often a field is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Once at most.
    Once,
    /// Any number of times, each with a tag of its own.
    Many,
    /// Any number of times, in one run of octets.
    Packed,
    /// Once for each key.
    Map,
}

/// What the JSON mapping of a message is like (<https://protobuf.dev/programming-guides/json/>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An object of its fields.
    Fields,
    /// The one scalar in it.
    Wrapper,
    /// Any JSON.
    Json,
    /// One of its own.
    Own,
}

const WRAPPED: [&str; 9] =
    ["Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes"];

const JSON: [&str; 3] = ["Struct", "ListValue", "Value"];

const OWN: [&str; 5] = ["Timestamp", "Duration", "FieldMask", "Empty", "Any"];

impl Layouts {
    /// The kinds of messages of a pool.
    pub fn of(pool: &DescriptorPool) -> Self {
        let all: Vec<_> = pool.all_messages().map(|own| (own, OnceLock::new())).collect();
        let named = all.iter().enumerate();
        let places = named.map(|(place, (own, _))| (own.full_name().to_owned(), place)).collect();
        Self(Arc::new(Kinds { all, places }))
    }

    /// One of the kinds.
    pub fn layout(&self, descriptor: MessageDescriptor) -> Layout {
        let place = self.0.places.get(descriptor.full_name()).copied();
        Layout { descriptor, kinds: self.clone(), place }
    }

    /// The fields of the kind at a place.
    pub fn message(&self, place: usize) -> Option<&Message> {
        let (descriptor, message) = self.0.all.get(place)?;
        Some(message.get_or_init(|| Message::of(descriptor.clone(), &self.0.places)))
    }
}

impl Layout {
    /// What it is worked out from.
    pub fn descriptor(&self) -> &MessageDescriptor {
        &self.descriptor
    }

    /// The name of the kind, with its package.
    pub fn name(&self) -> &str {
        self.descriptor.full_name()
    }

    /// All kinds there are.
    pub fn kinds(&self) -> &Layouts {
        &self.kinds
    }

    /// Its fields; `None` where it is of another pool.
    pub fn message(&self) -> Option<&Message> {
        self.kinds.message(self.place?)
    }
}

impl Message {
    fn of(descriptor: MessageDescriptor, places: &HashMap<String, usize>) -> Self {
        let choices: Vec<OneofDescriptor> = descriptor.oneofs().collect();
        let fields = descriptor.fields().map(|field| Field::of(&field, &choices, places)).collect();
        let named = |name: fn(&FieldDescriptor) -> &str| {
            let fields = descriptor.fields().enumerate();
            fields.map(move |(place, field)| (name(&field).to_owned(), place))
        };
        // Where one field is called as JSON calls another one, JSON is right.
        let names = named(FieldDescriptor::name).chain(named(FieldDescriptor::json_name));
        Self { form: Form::of(&descriptor), fields, by_name: names.collect(), descriptor }
    }

    /// The field of this name, by which JSON may call it or not.
    pub fn field_of(&self, name: &str) -> Option<&Field> {
        self.fields.get(*self.by_name.get(name)?)
    }

    /// The place of the field of this number.
    pub fn place(&self, number: u32) -> Option<usize> {
        self.fields.binary_search_by_key(&number, |field| field.number).ok()
    }
}

impl Field {
    fn of(
        field: &FieldDescriptor,
        choices: &[OneofDescriptor],
        places: &HashMap<String, usize>,
    ) -> Self {
        let kind = field.kind();
        let message = match &kind {
            Kind::Message(own) => places.get(own.full_name()).copied(),
            _ => None,
        };
        let is_number = !matches!(kind, Kind::String | Kind::Bytes | Kind::Message(_));
        let times = match () {
            () if field.is_map() => Times::Map,
            () if field.is_packed() && is_number => Times::Packed,
            () if field.is_list() => Times::Many,
            () => Times::Once,
        };
        let is_null = match &kind {
            Kind::Message(own) => own.full_name() == "google.protobuf.Value",
            Kind::Enum(own) => own.full_name() == "google.protobuf.NullValue",
            _ => false,
        };
        let own = field.containing_oneof();
        Self {
            number: field.number(),
            name: field.json_name().into(),
            message,
            times,
            has_presence: field.supports_presence(),
            may_be_null: times == Times::Once && is_null,
            is_group: field.is_group(),
            choice: own.and_then(|own| choices.iter().position(|choice| *choice == own)),
            kind,
        }
    }
}

impl Form {
    fn of(message: &MessageDescriptor) -> Self {
        // Extensions stand among the fields of others under names in brackets.
        if message.extensions().len() > 0 {
            return Self::Own;
        }
        let Some(name) = message.full_name().strip_prefix("google.protobuf.") else {
            return Self::Fields;
        };
        match name.strip_suffix("Value") {
            Some(kind) if WRAPPED.contains(&kind) => Self::Wrapper,
            _ if JSON.contains(&name) => Self::Json,
            _ if OWN.contains(&name) => Self::Own,
            _ => Self::Fields,
        }
    }
}
