//! Messages of protobuf, drawn from what their descriptor says: each goes out as octets and comes back as the same
//! message, and is drawn again from the choices that it is lifted to.

use std::collections::BTreeSet;

use phi_fuzz::case::Body;
use phi_fuzz::choice::{Rng, Source};
use phi_fuzz::generate::catalogue;
use phi_fuzz::generate::value::{Place, Setting, draw, lift};
use phi_fuzz::spec::protobuf::{compile, service};
use phi_fuzz::spec::{Operation, Service};
use phi_fuzz::value::Value;
use phi_fuzz::wire::protobuf::mapping;
use prost_reflect::{DynamicMessage, MessageDescriptor};

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
    let layout = &operation.rpc.as_ref().unwrap().input;
    let message = layout.descriptor();
    let schema = operation.body.as_ref().unwrap().contents[0].schema.as_ref().unwrap();
    let place = Place::root(schema.shapes(), Setting::default());
    let (mut octets_in_all, mut compared, mut fields) = (0, 0, BTreeSet::new());
    let all = (0..).filter_map(|seed| Some((seed, drawn(operation, seed)?)));
    for (seed, value) in all.take(MESSAGES) {
        let octets = mapping::encode(&value, layout)
            .unwrap_or_else(|why| panic!("seed {seed}: {why}\n{value}"));
        octets_in_all += octets.len();
        let read = mapping::decode(&octets, layout)
            .unwrap_or_else(|why| panic!("seed {seed}: {why}\n{value}"));
        // What others make of the octets, and of both values; they do not write an `Any` with nothing in it.
        let theirs = DynamicMessage::decode(message.clone(), &octets[..]).unwrap();
        if let Ok(theirs) = serde_json::to_value(&theirs) {
            names(&theirs, &mut fields);
            for value in [&value, &read] {
                assert_eq!(told(message, value), theirs, "seed {seed}: {value}");
            }
            compared += 1;
        }
        let again =
            mapping::encode(&read, layout).and_then(|octets| mapping::decode(&octets, layout));
        assert_eq!(again.as_ref(), Ok(&read), "seed {seed}: {value}");
        let mut items = Vec::new();
        lift(place, &value, &mut items);
        let again = Source::replay(&items).run(|source| draw(place, source));
        assert_eq!(again.map(|(value, _)| value).as_ref(), Ok(&value), "seed {seed}");
    }
    println!(
        "{MESSAGES} messages, {octets_in_all} octets, {compared} read by others, {} fields seen",
        fields.len()
    );
    assert!(compared > MESSAGES / 2);
    assert!(fields.len() > 60, "{fields:?}");
}

/// A value as a library reads it and writes it again.
fn told(message: &MessageDescriptor, value: &Value) -> serde_json::Value {
    let text = value.to_string();
    let mut reader = serde_json::Deserializer::from_str(&text);
    let read = DynamicMessage::deserialize(message.clone(), &mut reader)
        .unwrap_or_else(|why| panic!("{why}\n{value}"));
    serde_json::to_value(read).unwrap()
}

/// The names of all members.
fn names(value: &serde_json::Value, seen: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Array(items) => items.iter().for_each(|item| names(item, seen)),
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                seen.insert(name.clone());
                names(value, seen);
            }
        }
        _ => {}
    }
}
