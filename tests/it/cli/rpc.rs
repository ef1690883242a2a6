//! gRPC from the command line: a service that tells itself, files with their folders, and what is wrong with
//! either.

use phi_fuzz::demo::{self, Running, Shop};

use super::Desk;
use super::services::{answer, service};

/// A shop, and the address of its desk.
fn shop(healthy: bool) -> (Running, String) {
    let shop = demo::start(Shop { seed: 0, healthy }).expect("the shop opens");
    let url = shop.url().replacen("http", "grpc", 1);
    (shop, url)
}

#[test]
fn a_service_that_tells_itself_is_listed_with_messages_streams_and_rules() {
    let (_shop, url) = shop(true);
    let ran = Desk::new().run(&["list", &url]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for told in [
        "desk.v1.Chats/Chat",
        "takes a stream of desk.v1.Line",
        "gives a stream of desk.v1.Line",
        "has rules for percent",
    ] {
        assert!(ran.out.contains(told), "{told}: {}", ran.out);
    }
}

#[test]
fn a_healthy_desk_is_whole() {
    let (_shop, url) = shop(true);
    let ran = Desk::new().run(&["run", &url, "--seed", "1", "--max-cases", "1500"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_fault_of_a_desk_is_found_replayed_and_said_in_lines_of_grpcurl() {
    let (faulty, url) = shop(false);
    let desk = Desk::new();
    let line = ["run", &url, "--seed", "1", "--max-cases", "600", "--include"];
    let ran = desk.run(&[&line[..], &["desk.v1.Parcels/*"]].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("answers INTERNAL"), "{}", ran.out);
    assert_eq!(desk.run(&["replay", "--new"]).code, 1);
    let exported = desk.run(&["export", ".phi-fuzz/findings", "--to", "grpcurl"]);
    let shown = format!("grpcurl -plaintext -d '{{}}' {} desk.v1.Parcels/SendParcel", faulty.addr);
    assert!(exported.out.contains(&shown), "{exported:?}");
    let (_mended, url) = shop(true);
    let mended = desk.run(&["replay", "--new", "--spec", &url, "--url", &url]);
    assert_eq!(mended.code, 0, "{mended:?}");
}

const SHOP: &str = "syntax = \"proto3\";\npackage shop.v1;\nimport \"shop/key.proto\";\n\
    service Shop { rpc Get(Key) returns (Key); }\n";
const KEY: &str = "syntax = \"proto3\";\npackage shop.v1;\nmessage Key { string id = 1; }\n";

#[test]
fn files_are_compiled_with_the_folders_that_are_named() {
    let desk = Desk::new();
    desk.write("service.proto", SHOP);
    desk.write("include/shop/key.proto", KEY);
    let ran = desk.run(&["list", "service.proto", "-I", "include"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("shop.v1.Shop/Get"), "{}", ran.out);
    let without = desk.run(&["list", "service.proto"]);
    assert_eq!(without.code, 2, "{without:?}");
    for told in ["service.proto:3:", "shop/key.proto", "searched", "-I"] {
        assert!(without.err.contains(told), "{told}: {}", without.err);
    }
    desk.write("service.proto", "syntax = \"proto3\";\nservice {\n");
    let wrong = desk.run(&["list", "service.proto"]);
    assert!(wrong.code == 2 && wrong.err.contains("service.proto:2:"), "{wrong:?}");
}

#[test]
fn what_is_no_service_of_grpc_is_told_with_the_way_out() {
    let desk = Desk::new();
    let rest = service(|mut stream| answer(&mut stream, "200 OK", "{}"));
    let ran = desk.run(&["list", &rest.replacen("http", "grpc", 1)]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("does not answer in HTTP/2") && ran.err.contains("-I"), "{}", ran.err);
    let ran = desk.run(&["list", "grpc://127.0.0.1:1"]);
    assert!(ran.code == 2 && ran.err.contains("cannot be reached"), "{ran:?}");
}
