use super::*;
use crate::spec::Layouts;
use crate::spec::protobuf::fixture;
use crate::value::read;

const FILE: &str = r#"
syntax = "proto3";
package t;
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";
enum Rank { RANK_UNSPECIFIED = 0; RANK_LOW = 1; RANK_BELOW = -1; }
message Inner { int32 a = 1; string b = 2; }
message All {
  int32 number = 1; sint64 zig = 2; fixed32 fixed = 3; float half = 4; double real = 5; bool yes = 6;
  string text = 7; bytes octets = 8; Rank rank = 9; optional int32 there = 10; repeated sint32 row = 11;
  repeated string texts = 12; map<int32, Inner> inners = 13; Inner inner = 14;
  oneof way { string card = 15; Inner cash = 16; }
  google.protobuf.DoubleValue wrapped = 17; google.protobuf.Value any = 18; int64 long_name = 19;
}
"#;

fn all() -> Layout {
    let (pool, _) = fixture::compiled(FILE);
    Layouts::of(&pool).layout(pool.get_message_by_name("t.All").unwrap())
}

fn written(json: &str) -> Result<Vec<u8>, String> {
    encode(&read::json(json.as_bytes()).unwrap(), &all())
}

fn read_back(octets: &[u8]) -> Result<String, String> {
    decode(octets, &all()).map(|value| {
        let members = value.as_object().unwrap().iter();
        let given = members.filter(|(key, _)| {
            let plain = decode(&[], &all()).unwrap();
            plain.get(key.as_str().unwrap()) != value.get(key.as_str().unwrap())
        });
        Value::Object(given.cloned().collect()).to_string()
    })
}

#[test]
fn octets_are_those_of_the_specification_in_the_order_of_numbers() {
    for (json, octets) in [
        (r#"{"text":"testing","number":150}"#, &b"\x08\x96\x01\x3a\x07testing"[..]),
        (r#"{"number":-1}"#, b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        (r#"{"zig":-2}"#, b"\x10\x03"),
        (r#"{"zig":"-9223372036854775808"}"#, b"\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        (r#"{"fixed":1e2}"#, b"\x1d\x64\0\0\0"),
        (r#"{"half":1.5}"#, b"\x25\0\0\xc0\x3f"),
        (r#"{"half":3.4028235e38}"#, b"\x25\xff\xff\x7f\x7f"),
        (r#"{"real":"-Infinity"}"#, b"\x29\0\0\0\0\0\0\xf0\xff"),
        (r#"{"real":-0.0}"#, b"\x29\0\0\0\0\0\0\0\x80"),
        (r#"{"number":0,"yes":false,"text":"","octets":"","rank":0,"row":[],"inners":{}}"#, b""),
        (r#"{"there":0}"#, b"\x50\0"),
        (r#"{"there":null,"inner":null,"row":null}"#, b""),
        (r#"{"octets":"-_8"}"#, b"\x42\x02\xfb\xff"),
        (r#"{"rank":"RANK_BELOW"}"#, b"\x48\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        (r#"{"rank":7}"#, b"\x48\x07"),
        (r#"{"row":[1,-1]}"#, b"\x5a\x02\x02\x01"),
        (r#"{"texts":["a",""]}"#, b"\x62\x01a\x62\0"),
        (r#"{"inners":{"2":{}}}"#, b"\x6a\x04\x08\x02\x12\0"),
        (r#"{"inner":{}}"#, b"\x72\0"),
        (r#"{"card":""}"#, b"\x7a\0"),
        (r#"{"wrapped":0}"#, b"\x8a\x01\0"),
        (r#"{"any":null}"#, b"\x92\x01\x02\x08\0"),
        (r#"{"long_name":1,"longName":2}"#, b"\x98\x01\x02"),
    ] {
        assert_eq!(written(json).as_deref(), Ok(octets), "{json}");
    }
}

#[test]
fn what_is_no_such_message_is_refused_with_its_place() {
    for (json, why) in [
        ("[]", "array where an object is expected"),
        (r#"{"none":1}"#, "it has no field `none`"),
        (r#"{"number":2147483648}"#, "`number`: 2147483648 is out of range"),
        (r#"{"number":1.5}"#, "`number`: 1.5 is no integer"),
        (r#"{"fixed":-1}"#, "`fixed`: -1 is out of range"),
        (r#"{"half":1e39}"#, "`half`: 1e39 is out of range"),
        (r#"{"yes":0}"#, "`yes`: number where true or false is expected"),
        (r#"{"text":"\ud800"}"#, "`text`: half of a surrogate pair"),
        (r#"{"octets":"?"}"#, "`octets`: \"?\" is no base64"),
        (r#"{"rank":"RANK"}"#, "`rank`: \"RANK\" is no value of t.Rank"),
        (r#"{"card":"","cash":{}}"#, "more than one field of the oneof `way`"),
        (r#"{"inners":{"x":{}}}"#, "`inners`: \"x\" is no integer"),
        (r#"{"inner":{"a":"x"}}"#, "`inner.a`: \"x\" is no integer"),
    ] {
        assert_eq!(written(json), Err(why.to_owned()), "{json}");
    }
}

#[test]
fn a_message_is_read_as_parsers_read_it() {
    for (octets, json) in [
        // The last one counts; messages are merged; of a oneof one is left.
        (&b"\x08\x01\x08\x02"[..], r#"{"number":2}"#),
        (b"\x72\x02\x08\x01\x72\x03\x12\x01b", r#"{"inner":{"a":1,"b":"b"}}"#),
        (b"\x82\x01\x02\x08\x01\x7a\x01c", r#"{"card":"c"}"#),
        (b"\x7a\x01c\x82\x01\x02\x08\x01", r#"{"cash":{"a":1,"b":""}}"#),
        // Packed or not, in any order, and what nobody knows is left out.
        (b"\x58\x02\x5a\x02\x01\x04\xf0\x07\x01", r#"{"row":[1,-1,2]}"#),
        (
            b"\x6a\0\x6a\x04\x08\x01\x12\0\x6a\x02\x08\x01",
            r#"{"inners":{"0":{"a":0,"b":""},"1":{"a":0,"b":""}}}"#,
        ),
        // What is written otherwise than its field is, is nothing that is known.
        (b"\x08\x01\x0a\x01a\x38\x01", r#"{"number":1}"#),
        (b"\x7a\x01c\x80\x01\x01", r#"{"card":"c"}"#),
        // 32 bits are read of what has 64.
        (b"\x08\x81\x80\x80\x80\x80\x01", r#"{"number":1}"#),
        (b"\x25\xff\xff\x7f\x7f", r#"{"half":3.4028234663852886e38}"#),
        (b"\x25\xcd\xcc\xcc\x3d", r#"{"half":0.1}"#),
        (b"\x29\0\0\0\0\0\0\xf8\x7f", r#"{"real":"NaN"}"#),
        (b"\x8a\x01\x09\x09\0\0\0\0\0\0\xf0\x7f", r#"{"wrapped":"Infinity"}"#),
        (b"\x8a\x01\0", r#"{"wrapped":0}"#),
        (b"\x48\x09", r#"{"rank":9}"#),
        (b"\x42\x02\xfb\xff", r#"{"octets":"+/8="}"#),
        (b"\x50\0", r#"{"there":0}"#),
    ] {
        assert_eq!(read_back(octets).as_deref(), Ok(json), "{octets:x?}");
    }
}

#[test]
fn octets_that_are_no_such_message_are_refused() {
    for (octets, why) in [
        (&b"\x08"[..], "octets that are no fields"),
        (b"\x00\x01", "octets that are no fields"),
        (b"\x3a\x05a", "octets that are no fields"),
        (b"\x3a\x01\xff", "`text`: a text that is no UTF-8"),
        (b"\x72\x02\x12\x05", "`inner`: octets that are no fields"),
        (b"\x5a\x01\x80", "`row`: octets that are no fields"),
    ] {
        assert_eq!(read_back(octets), Err(why.to_owned()), "{octets:x?}");
    }
}

#[test]
fn a_message_may_be_a_thousand_deep_and_not_without_an_end() {
    let (pool, _) =
        fixture::compiled(r#"syntax = "proto3"; package t; message Node { Node in = 1; }"#);
    let layout = Layouts::of(&pool).layout(pool.get_message_by_name("t.Node").unwrap());
    let nested = |depth: usize| {
        let mut octets = Vec::new();
        for _ in 0..depth {
            let mut outer = vec![0x0a];
            crate::wire::protobuf::Varint::new(octets.len() as u128).write(&mut outer);
            outer.append(&mut octets);
            octets = outer;
        }
        octets
    };
    // As much stack as campaigns have.
    let reading = std::thread::Builder::new().stack_size(16 << 20).spawn(move || {
        let read = |depth| decode(&nested(depth), &layout).map(|_| ());
        assert_eq!(read(1_001), Ok(()));
        assert!(read(20_000).unwrap_err().ends_with("too many messages within each other"));
    });
    reading.unwrap().join().unwrap();
}
