//! gRPC from the command line: a service that tells itself, files with their folders, and what is wrong with
//! either.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
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

#[test]
fn what_one_face_takes_and_the_other_refuses_is_found_by_a_run_of_both_and_replayed() {
    let specs =
        |shop: &Running, grpc: &str| [format!("{}/openapi.json", shop.url()), grpc.to_owned()];
    let (faulty, grpc) = shop(false);
    let desk = Desk::new();
    let [rest, rpc] = &specs(&faulty, &grpc);
    let line = ["run", rest, rpc, "--url", &faulty.url(), "--seed", "1", "--max-cases", "1500"];
    let only = ["--include", "POST /badges", "--include", "desk.v1.Badges/*"];
    let ran = desk.run(&[&line[..], &only].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("cross_interface"), "{}", ran.out);
    assert_eq!(desk.run(&["replay", "--new"]).code, 1);
    let (mended, grpc) = shop(true);
    let [rest, rpc] = &specs(&mended, &grpc);
    let replay = ["replay", "--new", "--spec", rest, "--spec", rpc, "--url", &mended.url()];
    let replayed = desk.run(&replay);
    assert_eq!(replayed.code, 0, "{replayed:?}");
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
    assert!(ran.code == 3 && ran.err.contains("cannot be reached"), "{ran:?}");
}

/// Fields by their names.
type Fields = &'static [(&'static str, &'static str)];

/// A server of HTTP/2 that always answers the same to what may be gRPC: its head, a body, and trailers; without a
/// body all in one.
fn speaking(head: Fields, body: &'static [u8], trailers: Fields) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::spawn(move || {
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
                    while let Some(Ok((request, mut respond))) = connection.accept().await {
                        // As servers of gRPC do that take nothing else.
                        if request.method() != http::Method::POST {
                            respond.send_reset(h2::Reason::INTERNAL_ERROR);
                            continue;
                        }
                        let mut response = Response::new(());
                        *response.headers_mut() = fields(head);
                        let alone = body.is_empty() && trailers.is_empty();
                        let Ok(mut stream) = respond.send_response(response, alone) else {
                            continue;
                        };
                        let _ = stream.send_data(Bytes::from_static(body), trailers.is_empty());
                        if !trailers.is_empty() {
                            let _ = stream.send_trailers(fields(trailers));
                        }
                    }
                });
            }
        });
    });
    address
}

fn fields(all: Fields) -> HeaderMap {
    let field = |(name, value): &(&'static str, &'static str)| {
        (HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    all.iter().map(field).collect()
}

const GRPC: (&str, &str) = ("content-type", "application/grpc");

#[test]
fn a_service_that_does_not_tell_itself_is_told_from_one_that_is_none() {
    let desk = Desk::new();
    let silent = speaking(&[GRPC, ("grpc-status", "12")], b"", &[]);
    let ran = desk.run(&["list", &format!("grpc://{silent}")]);
    assert_eq!(ran.code, 2, "{ran:?}");
    for told in ["does not tell itself by reflection", "UNIMPLEMENTED", ".proto"] {
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    let strict = speaking(&[GRPC, ("grpc-status", "16"), ("grpc-message", "who?")], b"", &[]);
    let ran = desk.run(&["list", &format!("grpc://{strict}")]);
    assert!(ran.code == 2 && ran.err.contains("refuses to tell itself: status 16 who?"), "{ran:?}");
    let page = speaking(&[("content-type", "text/html")], b"<html>", &[]);
    let ran = desk.run(&["list", &format!("grpc://{page}")]);
    assert!(ran.code == 2 && ran.err.contains("answers 200 with text/html"), "{ran:?}");
    let ran = desk.run(&["list", &format!("grpcs://{page}")]);
    assert!(ran.code == 2 && ran.err.contains("plain (grpc://)"), "{ran:?}");
}

#[test]
fn an_answer_without_a_status_is_a_finding() {
    let desk = Desk::new();
    desk.write("service.proto", &SHOP.replace("import \"shop/key.proto\";", KEY_HERE));
    let url = format!("grpc://{}", speaking(&[GRPC], b"\0\0\0\0\0", &[]));
    let ran =
        desk.run(&["run", "service.proto", "--url", &url, "--seed", "1", "--max-cases", "50"]);
    assert!(ran.code == 1 && ran.out.contains("an answer of gRPC without a status"), "{ran:?}");
    let url = format!("grpc://{}", speaking(&[GRPC], b"\0\0\0\0\0", &[("grpc-status", "0")]));
    let ran =
        desk.run(&["run", "service.proto", "--url", &url, "--seed", "1", "--max-cases", "50"]);
    assert!(!ran.out.contains("without a status"), "{ran:?}");
}

const KEY_HERE: &str = "message Key { string id = 1; }";

const MORTAL: &str = "syntax = \"proto3\";\npackage mortal.v1;\nimport \"buf/validate/validate.proto\";\n\
    message New { int32 size = 1 [(buf.validate.field).int32 = {gte: 0, lte: 50}]; }\nmessage Made {}\n\
    message Query { string q = 1; }\n\
    service Things { rpc Make(New) returns (Made); rpc Look(Query) returns (Made); }\n";

/// A service of gRPC that dies of a size of 50, and comes back where a file `wanted` asks for it.
fn mortal(wanted: PathBuf) -> SocketAddr {
    /// Serves until the size comes.
    async fn live(listener: tokio::net::TcpListener) {
        let (die, mut dead) = tokio::sync::mpsc::channel::<()>(1);
        loop {
            let (stream, _) = tokio::select! {
                _ = dead.recv() => return,
                Ok(accepted) = listener.accept() => accepted,
            };
            let die = die.clone();
            tokio::spawn(async move {
                let Ok(mut connection) = h2::server::handshake(stream).await else { return };
                while let Some(Ok((request, mut respond))) = connection.accept().await {
                    let die = die.clone();
                    tokio::spawn(async move {
                        let mut body = request.into_body();
                        let mut octets = Vec::new();
                        while let Some(Ok(data)) = body.data().await {
                            octets.extend_from_slice(&data);
                            let _ = body.flow_control().release_capacity(data.len());
                        }
                        if octets.ends_with(&[0, 0, 0, 2, 8, 50]) {
                            let _ = die.send(()).await;
                            // Whoever dies answers nothing.
                            std::future::pending::<()>().await;
                        }
                        let mut response = Response::new(());
                        *response.headers_mut() = fields(&[GRPC]);
                        let Ok(mut stream) = respond.send_response(response, false) else { return };
                        let _ = stream.send_data(Bytes::from_static(&[0; 5]), false);
                        let _ = stream.send_trailers(fields(&[("grpc-status", "0")]));
                    });
                }
            });
        }
    }
    let first = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = first.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut listener = first;
        loop {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            listener.set_nonblocking(true).unwrap();
            runtime.block_on(async {
                live(tokio::net::TcpListener::from_std(listener).unwrap()).await;
            });
            drop(runtime);
            while !wanted.exists() {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::fs::remove_file(&wanted).unwrap();
            listener = std::net::TcpListener::bind(address).unwrap();
        }
    });
    address
}

#[test]
fn what_a_service_dies_of_is_found_and_the_run_goes_on() {
    let desk = Desk::new();
    let address = mortal(desk.path().join("wanted"));
    desk.write("mortal.proto", MORTAL);
    let service = "[services.mortal]\nspec = 'mortal.proto'\nrestart = 'touch wanted'";
    desk.write("phi-fuzz.toml", &format!("{service}\nurl = 'grpc://{address}'\n"));
    let line = ["run", "--seed", "1", "--phase", "boundary", "--max-cases", "120"];
    let ran = desk.run(&[&line[..], &["--check", "connection_dropped,unhealthy_after"]].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("note: the service was gone and was restarted "), "{}", ran.err);
    assert!(ran.out.contains("size = 50"), "{}", ran.out);
    let last = ran.out.lines().last().expect("a verdict");
    assert!(last.starts_with("broken: 1 new, ") && last.contains("2 of 2 reached"), "{last}");
}
