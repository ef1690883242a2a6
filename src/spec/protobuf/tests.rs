use prost_reflect::DescriptorPool;

use super::*;
use crate::schema::Direction;
use crate::spec::Operation;
use crate::value::{Value, read};

const SHOP: &str = r#"
syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/any.proto";
import "google/protobuf/empty.proto";

enum Size { SIZE_UNSPECIFIED = 0; SMALL = 1; LARGE = 2; }

message Order {
  string id = 1;
  int32 qty = 2;
  uint64 total_cents = 3;
  repeated Line lines = 4;
  map<string, int64> counts = 5;
  map<bool, Size> sizes = 6;
  oneof paid_by { string card = 7; bytes token = 8; Order from = 9; }
  google.protobuf.Timestamp at = 10;
  google.protobuf.Duration within = 11;
  google.protobuf.FieldMask mask = 12;
  google.protobuf.Struct more = 13;
  google.protobuf.StringValue note = 14;
  google.protobuf.Any any = 15;
  double weight = 16;
  float height = 17;
  Size size = 18;
  optional bool gift = 19;
  fixed32 a = 20; sfixed64 b = 21; sint32 c = 22;
  google.protobuf.Value value = 23;
}
message Line { string sku = 1; uint32 count = 2; }
message Key { string id = 1; }

service Orders {
  rpc Create(Order) returns (Order);
  rpc Get(Key) returns (Order) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc Watch(Key) returns (stream Order);
  rpc Fill(stream Line) returns (Order) { option deprecated = true; }
  rpc Delete(Key) returns (google.protobuf.Empty);
}
"#;

/// The descriptors of a file.
fn pool(text: &str) -> DescriptorPool {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.proto"), text).unwrap();
    let mut compiler = protox::Compiler::new([folder.path()]).unwrap();
    compiler.include_imports(true).include_source_info(true).open_file("a.proto").unwrap();
    compiler.descriptor_pool()
}

fn operation(all: &[Operation], name: &str) -> Operation {
    all.iter().find(|own| own.name.ends_with(name)).unwrap().clone()
}

#[test]
fn methods_are_operations() {
    let all = service(&pool(SHOP), None).unwrap().operations;
    let names: Vec<&str> = all.iter().map(|own| &*own.name).collect();
    let methods = ["Create", "Get", "Watch", "Fill", "Delete"];
    assert_eq!(names, methods.map(|name| format!("shop.v1.Orders/{name}")));
    let told = |name: &str| {
        let own = operation(&all, name);
        let rpc = own.rpc.clone().unwrap();
        (own.is_safe(), own.deprecated, rpc.streams_in, rpc.streams_out)
    };
    assert_eq!(told("Get"), (true, false, false, false));
    assert_eq!(told("Watch"), (true, false, false, true));
    assert_eq!(told("Fill"), (false, true, true, false));
    assert_eq!(operation(&all, "Get").place.to_string(), "a.proto:40 #");
}

#[test]
fn a_message_accepts_its_json_mapping_and_nothing_else() {
    let all = service(&pool(SHOP), None).unwrap().operations;
    let create = operation(&all, "Create");
    let schema = create.body.unwrap().contents[0].schema.clone().unwrap();
    let json = |text: &str| read::json(text.as_bytes()).unwrap();
    for good in [
        "{}",
        r#"{"qty":-2147483648,"totalCents":18446744073709551615,"lines":[{"sku":"a"}]}"#,
        r#"{"counts":{"a":-1},"sizes":{"true":"SMALL"},"size":"LARGE","gift":false}"#,
        r#"{"card":"1"}"#,
        r#"{"token":"AAEC"}"#,
        r#"{"from":{"from":{"card":""}}}"#,
        r#"{"at":"2000-01-01T00:00:00Z","within":"-1.5s","mask":"a,bC.d","more":{"a":[1,null,{}]}}"#,
        r#"{"note":"x","any":{},"weight":"NaN","height":1.5,"value":null}"#,
    ] {
        assert!(schema.accepts(&json(good)), "{good}");
    }
    for bad in [
        r#"{"qty":2147483648}"#,
        r#"{"totalCents":-1}"#,
        r#"{"unknown":1}"#,
        r#"{"card":"1","token":"AAEC"}"#,
        r#"{"size":"MEDIUM"}"#,
        r#"{"sizes":{"yes":"SMALL"}}"#,
        r#"{"within":"1"}"#,
        r#"{"height":1e39}"#,
        r"[]",
    ] {
        assert!(!schema.accepts(&json(bad)), "{bad}");
    }
    let get = operation(&all, "Get");
    let key = get.body.unwrap().contents[0].schema.clone().unwrap();
    assert_eq!(key.direction(), Direction::Request);
    assert!(key.accepts(&Value::object([("id", Value::text("1"))])));
}

#[test]
fn what_has_to_be_there_is_asked_for_only_where_a_service_can_tell_that_it_is_not() {
    let file = r#"syntax = "proto3"; package s; import "google/api/field_behavior.proto";
        message Part { string a = 1; }
        message Ask {
          string name = 1 [(google.api.field_behavior) = REQUIRED];
          repeated string tags = 2 [(google.api.field_behavior) = REQUIRED];
          Part part = 3 [(google.api.field_behavior) = REQUIRED];
          optional int32 told = 4 [(google.api.field_behavior) = REQUIRED];
          int32 count = 5 [(google.api.field_behavior) = REQUIRED];
          bool yes = 6 [(google.api.field_behavior) = REQUIRED];
        }
        service Asks { rpc Do(Ask) returns (Ask); }"#;
    let operation = fixture::service(file).operations.remove(0);
    let asked = operation.body.unwrap().contents[0].schema.clone().unwrap();
    let answered = operation.responses.by_status[0].1.contents[0].schema.clone().unwrap();
    let whole = ["name", "tags", "part", "told", "count", "yes"].map(|name| match name {
        "name" => (name, Value::text("a")),
        "tags" => (name, Value::Array(vec![Value::text("a")])),
        "part" => (name, Value::object([("a", Value::text("a"))])),
        "yes" => (name, Value::Bool(false)),
        name => (name, Value::int(0)),
    });
    assert!(asked.accepts(&Value::object(whole.clone())));
    for (name, _) in &whole {
        let left = whole.iter().filter(|(other, _)| other != name).cloned();
        // Nobody can tell a zero that is meant from none.
        let may_lack = ["count", "yes"].contains(name);
        assert_eq!(asked.accepts(&Value::object(left)), may_lack, "{name}");
    }
    for (name, empty) in [("name", Value::text("")), ("tags", Value::Array(Vec::new()))] {
        let other = whole
            .iter()
            .cloned()
            .map(|(own, value)| (own, if own == name { empty.clone() } else { value }));
        assert!(!asked.accepts(&Value::object(other)), "{name}");
    }
    assert!(answered.accepts(&Value::object::<&str>([])));
}
