//! Messages of protobuf, drawn from what their descriptor says: each goes out as octets and comes back as the same
//! message, and is drawn again from the choices that it is lifted to.

use phi_fuzz::case::Body;
use phi_fuzz::choice::{Rng, Source};
use phi_fuzz::generate::catalogue;
use phi_fuzz::generate::value::{Place, Setting, draw, lift};
use phi_fuzz::spec::protobuf::{compile, service};
use phi_fuzz::spec::{Operation, Service};
use phi_fuzz::value::{Object, Value};
use phi_fuzz::wire::protobuf::mapping;
use prost_reflect::{Cardinality, FieldDescriptor, Kind, MessageDescriptor};

/// How many messages.
const MESSAGES: usize = 10_000;

/// Messages with every type that there is.
const FILE: &str = r#"
syntax = "proto3";
package all.v1;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Rank { RANK_UNSPECIFIED = 0; RANK_LOW = 1; RANK_HIGH = 7; RANK_BELOW = -1; }
message Numbers {
  double real = 1; float half = 2;
  int32 i32 = 3; int64 i64 = 4; uint32 u32 = 5; uint64 u64 = 6; sint32 s32 = 7; sint64 s64 = 8;
  fixed32 f32 = 9; fixed64 f64 = 10; sfixed32 sf32 = 11; sfixed64 sf64 = 12;
  bool yes = 13;
  optional int32 there = 14;
  optional bool or_not = 15;
}
message Texts { string text = 1; bytes octets = 2; Rank rank = 3; optional string there = 4; }
message Rows {
  repeated double reals = 1; repeated int64 numbers = 2; repeated sint32 signed = 3;
  repeated fixed64 fixed = 4; repeated bool flags = 5; repeated string texts = 6;
  repeated bytes octets = 7; repeated Rank ranks = 8; repeated Texts messages = 9;
}
message Maps {
  map<string, string> texts = 1; map<int32, int64> numbers = 2; map<bool, Rank> ranks = 3;
  map<uint64, Texts> messages = 4; map<sint64, bytes> octets = 5; map<fixed32, double> reals = 6;
}
message Known {
  google.protobuf.Timestamp at = 1; google.protobuf.Duration lasts = 2; google.protobuf.FieldMask mask = 3;
  google.protobuf.Struct members = 4; google.protobuf.Value value = 5; google.protobuf.ListValue list = 6;
  google.protobuf.Empty nothing = 7; google.protobuf.Any any = 8;
  google.protobuf.DoubleValue real = 9; google.protobuf.FloatValue half = 10;
  google.protobuf.Int64Value i64 = 11; google.protobuf.UInt64Value u64 = 12;
  google.protobuf.Int32Value i32 = 13; google.protobuf.UInt32Value u32 = 14;
  google.protobuf.BoolValue yes = 15; google.protobuf.StringValue text = 16;
  google.protobuf.BytesValue octets = 17; google.protobuf.NullValue null = 18;
}
message Own { Own left = 1; Own right = 2; int32 number = 3; }
message All {
  Numbers numbers = 1; Texts texts = 2; Rows rows = 3; Maps maps = 4; Known known = 5; Own own = 6;
  oneof way { string card = 7; bool cash = 8; Own other = 9; Rank rank = 10; }
}
service Every { rpc Take(All) returns (All); }
"#;

fn every() -> Service {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.proto");
    std::fs::write(&path, FILE).unwrap();
    let (pool, names) = compile(&[path], &[]).unwrap();
    service(&pool, Some(&names)).unwrap()
}

/// A message; `None` where it would become too large.
fn drawn(operation: &Operation, seed: u64) -> Option<Value> {
    match catalogue::random(operation, Rng::new(seed)).ok()?.body {
        Some(Body::Proto(value)) => Some(value),
        other => panic!("no message: {other:?}"),
    }
}

#[test]
fn each_message_comes_back_from_its_octets_and_from_its_choices() {
    let service = every();
    let operation = &service.operations[0];
    let message = &operation.rpc.as_ref().unwrap().input;
    let schema = operation.body.as_ref().unwrap().contents[0].schema.as_ref().unwrap();
    let place = Place::root(schema.shapes(), Setting::default());
    let (mut octets_in_all, mut fields) = (0, std::collections::BTreeSet::new());
    let all = (0..).filter_map(|seed| Some((seed, drawn(operation, seed)?)));
    for (seed, value) in all.take(MESSAGES) {
        let octets = mapping::encode(&value, message)
            .unwrap_or_else(|why| panic!("seed {seed}: {why}\n{value}"));
        octets_in_all += octets.len();
        let read = mapping::decode(&octets, message)
            .unwrap_or_else(|why| panic!("seed {seed}: {why}\n{value}"));
        if let Err(why) = holds(message, &value, &read, &mut fields) {
            panic!("seed {seed}: {why}\n{value}\n{read}");
        }
        let again =
            mapping::encode(&read, message).and_then(|octets| mapping::decode(&octets, message));
        assert_eq!(again.map(|value| sorted(&value)), Ok(sorted(&read)), "seed {seed}: {value}");
        let mut items = Vec::new();
        lift(place, &value, &mut items);
        let again = Source::replay(&items).run(|source| draw(place, source));
        assert_eq!(again.map(|(value, _)| value).as_ref(), Ok(&value), "seed {seed}");
    }
    println!("{MESSAGES} messages, {octets_in_all} octets, {} fields seen", fields.len());
    assert!(fields.len() > 60, "{fields:?}");
}

/// Whether a message that was read holds what one in its JSON mapping says, field by field; notes those that do.
fn holds(
    message: &MessageDescriptor,
    value: &Value,
    read: &Value,
    seen: &mut std::collections::BTreeSet<String>,
) -> Result<(), String> {
    let (Some(given), Some(read)) = (value.as_object(), read.as_object()) else { return Ok(()) };
    if message.full_name().starts_with("google.protobuf.") {
        return Ok(());
    }
    for field in message.fields() {
        let Some(given) = given.get(field.json_name()).filter(|given| **given != Value::Null)
        else {
            continue;
        };
        let read = read.get(field.json_name()).ok_or_else(|| format!("{field:?} is lost"))?;
        seen.insert(field.full_name().to_owned());
        match (given, read) {
            (Value::Array(given), Value::Array(read))
                if field.cardinality() == Cardinality::Repeated =>
            {
                if given.len() != read.len() {
                    return Err(format!("{} has {} elements", field.full_name(), read.len()));
                }
                for (given, read) in given.iter().zip(read) {
                    one(&field, &field.kind(), given, read, seen)?;
                }
            }
            (Value::Object(given), Value::Object(read)) if field.is_map() => {
                let Kind::Message(entry) = field.kind() else { continue };
                for (key, given) in given {
                    let key = key.as_str().unwrap_or_default();
                    let read = read.get(key).ok_or_else(|| format!("{key} is lost"))?;
                    one(&field, &entry.map_entry_value_field().kind(), given, read, seen)?;
                }
            }
            (given, read) => one(&field, &field.kind(), given, read, seen)?,
        }
    }
    Ok(())
}

/// The same of one value. What JSON may write in several ways is left to the second reading.
fn one(
    field: &FieldDescriptor,
    kind: &Kind,
    given: &Value,
    read: &Value,
    seen: &mut std::collections::BTreeSet<String>,
) -> Result<(), String> {
    let is_same = match kind {
        Kind::Message(message) => return holds(message, given, read, seen),
        Kind::Double | Kind::Float | Kind::Bytes => true,
        Kind::String | Kind::Enum(_) | Kind::Bool => given == read,
        _ => given.to_string() == read.to_string(),
    };
    is_same.then_some(()).ok_or_else(|| format!("{} was {given}, is {read}", field.full_name()))
}

/// A value with the members of its objects in order: maps have none.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Object(members) => {
            let mut all: Vec<_> =
                members.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            all.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()));
            Value::Object(all.into_iter().collect::<Object>())
        }
        other => other.clone(),
    }
}
