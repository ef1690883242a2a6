//! What rules make of a message is taken or refused as their labels say: by the parser that most services in Rust
//! have.

use bytes::Bytes;
use prost_reflect::{DynamicMessage, MessageDescriptor};

use super::super::{Rule, apply, protobuf, protobuf_field};
use crate::case::{Body, Call, Label};
use crate::spec::Layouts;
use crate::spec::protobuf::fixture;
use crate::value::{Value, read};
use crate::wire::grpc;
use crate::wire::protobuf::mapping;
use crate::wire::render::request_of;

const FILE: &str = r#"
syntax = "proto3";
package s.v1;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
enum Rank { RANK_UNSPECIFIED = 0; RANK_LOW = 1; RANK_HIGH = 2; }
message All {
  int32 small = 1;
  uint64 large = 2;
  string text = 3;
  bytes octets = 4;
  repeated int32 packed = 5;
  repeated fixed64 fixed = 6;
  map<string, int32> map = 7;
  All own = 8;
  Rank rank = 9;
  oneof way { string card = 10; bool cash = 11; All other = 12; }
  google.protobuf.Timestamp at = 13;
  google.protobuf.Duration lasts = 14;
  google.protobuf.FieldMask mask = 15;
  google.protobuf.Any any = 16;
  double real = 17;
  float half = 18;
  repeated string texts = 19;
  repeated int32 loose = 20 [packed = false];
}
service Shop { rpc Take(All) returns (All); }
"#;

const VALUE: &str = r#"{
  "small": -1, "large": 18446744073709551615, "text": "a", "octets": "AQI=", "packed": [1, 300],
  "fixed": [1], "map": {"k": 1}, "own": {"text": "b", "small": 7, "own": {}}, "rank": "RANK_LOW",
  "card": "c", "at": "2024-01-01T00:00:00Z", "lasts": "1.5s", "mask": "text,small",
  "any": {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1s"},
  "real": 1.5, "half": 0.5, "texts": ["d", "e"]
}"#;

fn message() -> MessageDescriptor {
    let (pool, _) = fixture::compiled(FILE);
    pool.get_message_by_name("s.v1.All").unwrap()
}

/// Two numbers of the field `loose`, one by one.
const LOOSE: [u8; 6] = [0xa0, 1, 1, 0xa0, 1, 2];

fn call(value: &Value, message: &MessageDescriptor) -> Call {
    let layout = Layouts::of(message.parent_pool()).layout(message.clone());
    let octets = mapping::encode(value, &layout).unwrap();
    Call {
        operation: "s.v1.Shop/Take".to_owned(),
        body: Some(Body::Wire([&octets[..], &LOOSE].concat())),
        ..Call::default()
    }
}

/// Everything a rule does to a message, as octets.
fn all(rule: &'static Rule, call: &Call, message: &MessageDescriptor) -> Vec<Bytes> {
    let plain = request_of(call, "", Some(message)).unwrap();
    let places = rule.places(call, &plain).into_iter();
    let damaged = places.map(|place| {
        let call = Call { deviations: vec![rule.deviation(place)], ..call.clone() };
        let mut request = plain.clone();
        apply(&call, &mut request).unwrap_or_else(|why| panic!("{call:?}: {why}"));
        let [octets] = grpc::messages(&request.body).unwrap()[..] else { panic!("one message") };
        Bytes::copy_from_slice(octets)
    });
    damaged.collect()
}

#[test]
fn each_rule_has_a_place_and_is_taken_or_refused_as_its_label_says() {
    let message = message();
    let call = call(&read::json(VALUE.as_bytes()).unwrap(), &message);
    for rule in protobuf::rules().iter().chain(protobuf_field::rules()) {
        let damaged = all(rule, &call, &message);
        assert!(!damaged.is_empty(), "{} has no place", rule.name);
        for octets in damaged {
            let read = DynamicMessage::decode(message.clone(), octets.clone());
            match rule.label {
                Label::Malformed => assert!(read.is_err(), "{}: {octets:02x?}", rule.name),
                Label::Valid => assert!(read.is_ok(), "{}: {read:?}, {octets:02x?}", rule.name),
                _ => {}
            }
        }
    }
}
