//! Folders and files that cannot be written, disks that fill up, processes that are killed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::Desk;
use super::services::{answer, receive, service};

/// A document with one operation that always fails.
const BROKEN: &str = r#"openapi: 3.1.0
info: { title: Broken, version: "1" }
paths:
  /a: { get: { responses: { "200": { description: fine } } } }
  /b: { get: { responses: { "200": { description: fine } } } }
"#;

/// A service where `GET /b` fails and all else is well; counts requests.
fn broken() -> (String, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    let url = service(move |mut stream| {
        if let Some(request) = receive(&mut stream) {
            seen.fetch_add(1, Ordering::SeqCst);
            if request.starts_with("GET /b ") {
                answer(&mut stream, "500 Internal Server Error", r#"{"error":"no table"}"#);
            } else if request.starts_with("GET /a ") {
                answer(&mut stream, "200 OK", "{}");
            } else {
                answer(&mut stream, "404 Not Found", "{}");
            }
        }
    });
    (url, count)
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("broken.yaml", BROKEN);
    desk
}

#[test]
fn a_folder_that_cannot_be_written_fails_before_anything_is_sent() {
    let (url, count) = broken();
    let desk = desk();
    desk.write("file", "");
    let line = ["run", "broken.yaml", "--url", &url, "--max-cases", "9", "--out"];
    desk.run(&[&line[..], &["file"]].concat()).failed(2, "file is in the way of a folder");
    desk.run(&[&line[..], &["/proc/none"]].concat()).failed(2, "cannot make the folder /proc/none");
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[test]
fn a_folder_in_use_fails_before_anything_is_sent() {
    let (url, count) = broken();
    let desk = desk();
    let held = phi_fuzz::corpus::Out::open(&desk.path().join("held")).expect("a folder");
    let line = ["run", "broken.yaml", "--url", &url, "--max-cases", "9", "--out", "held"];
    let message = format!("held is in use by another run (process {})", std::process::id());
    desk.run(&line).failed(2, &message);
    assert_eq!(count.load(Ordering::SeqCst), 0);
    drop(held);
    assert_eq!(desk.run(&line).code, 1);
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_fills_up_is_told_with_its_place() {
    let (url, _) = broken();
    let desk = desk();
    // Files may have 512 octets (or 1,024, as shells have it): enough for a lock, not for evidence.
    let program = env!("CARGO_BIN_EXE_phi-fuzz");
    let line = format!(
        "trap '' XFSZ; ulimit -f 1; exec '{program}' run broken.yaml --url {url} --max-cases 9"
    );
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &line]).current_dir(desk.path()).env_remove("PHI_FUZZ_OUT");
    let ran = super::Ran::from(shell.output().expect("the binary runs"));
    assert_eq!(ran.code, 1, "the finding stands: {ran:?}");
    let told = "a finding could not be written: cannot write .phi-fuzz/findings/";
    assert!(ran.err.contains(told), "{ran:?}");
    assert!(ran.out.contains("error broken-"), "it is told all the same: {ran:?}");
}

#[test]
fn errors_that_count_for_nothing_break_no_build_and_are_not_called_whole() {
    let (url, _) = broken();
    let line = ["run", "broken.yaml", "--url", &url, "--max-cases", "9", "--fail-on", "never"];
    let ran = desk().run(&line);
    assert_eq!(ran.code, 0, "{ran:?}");
    let last = ran.out.lines().last().expect("a verdict");
    assert!(last.starts_with("1 new finding, none counts under --fail-on never · "), "{last}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_report_on_a_full_disk_is_told_and_the_others_go_on() {
    let (url, _) = broken();
    let desk = desk();
    let line = ["run", "broken.yaml", "--url", &url, "--max-cases", "9", "--fail-on", "never"];
    let ran = desk.run(&[&line[..], &["--report", "ndjson=/dev/full"]].concat());
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("the report ndjson=/dev/full could not be written: No space left"));
    assert!(ran.out.contains("error broken-"), "{ran:?}");
}

#[test]
#[cfg(unix)]
fn a_killed_run_leaves_whole_files_and_a_folder_that_is_free() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;

    let (url, _) = broken();
    let desk = desk();
    let line = ["run", "broken.yaml", "--url", &url, "--max-time", "60s"];
    let mut child = desk
        .command(&line)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let out = BufReader::new(child.stdout.take().expect("standard output"));
    let told = out.lines().map_while(Result::ok).find(|line| line.starts_with("error broken-"));
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    let told = told.expect("a finding is told");
    let id = told.split([' ', '-']).nth(2).expect("an id");

    // What was told can be replayed, and the next run has the folder.
    let replayed = desk.run(&["replay", id, "--spec", "broken.yaml", "--url", &url]);
    assert_eq!(replayed.code, 1, "{replayed:?}");
    assert!(replayed.out.starts_with("FAILED .phi-fuzz/findings/broken/get-b/"), "{replayed:?}");
    let again = desk.run(&["run", "broken.yaml", "--url", &url, "--max-cases", "9"]);
    assert_eq!(again.code, 1, "{again:?}");
}

#[test]
#[cfg(unix)]
fn what_came_back_is_on_disk_before_it_is_made_smaller() {
    use std::path::Path;
    use std::process::Stdio;

    let url = service(move |mut stream| {
        if let Some(request) = receive(&mut stream) {
            if request.starts_with("GET /b ") {
                // Slow, so that shrinking takes a while.
                std::thread::sleep(Duration::from_millis(300));
                answer(&mut stream, "500 Internal Server Error", r#"{"error":"no table"}"#);
            } else {
                answer(&mut stream, "200 OK", "{}");
            }
        }
    });
    let desk = desk();
    let line = ["run", "broken.yaml", "--url", &url, "--max-time", "60s"];
    let mut command = desk.command(&line);
    let mut child =
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
    let folder = desk.path().join(".phi-fuzz/findings/broken/get-b");
    let began = Instant::now();
    let file = loop {
        let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let is_case = |name: &String| {
            Path::new(name).extension().is_some_and(|end| end == "json")
                && !name.contains("evidence")
        };
        if let Some(file) = files.map(|file| file.file_name().into_string().unwrap()).find(is_case)
        {
            break file;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "nothing is written");
        std::thread::sleep(Duration::from_millis(5));
    };
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    let file = format!(".phi-fuzz/findings/broken/get-b/{file}");
    assert!(desk.read(&file).contains(r#""minimal": false"#), "{}", desk.read(&file));
    let replayed = desk.run(&["replay", &file, "--spec", "broken.yaml", "--url", &url]);
    assert_eq!(replayed.code, 1, "{replayed:?}");
}

#[test]
#[cfg(unix)]
fn a_signal_ends_every_phase_soon() {
    use std::process::{Command, Stdio};

    // What is asked for is never answered, and each says so once it is.
    let silent = |after: usize| {
        let (tell, told) = std::sync::mpsc::channel();
        let tell = std::sync::Mutex::new(tell);
        let seen = AtomicUsize::new(0);
        let url = service(move |mut stream| {
            if let Some(request) = receive(&mut stream) {
                if seen.fetch_add(1, Ordering::SeqCst) >= after {
                    let _ = tell.lock().expect("a channel").send(());
                    std::thread::sleep(Duration::from_secs(120));
                } else if request.starts_with("GET /b ") {
                    answer(&mut stream, "500 Internal Server Error", r#"{"error":"no table"}"#);
                } else if request.starts_with("GET /a ") {
                    answer(&mut stream, "200 OK", "{}");
                } else {
                    answer(&mut stream, "404 Not Found", "{}");
                }
            }
        });
        (url, told)
    };
    let desk = desk();
    let (known, _) = broken();
    let ran = desk.run(&["run", "broken.yaml", "--url", &known, "--max-cases", "9"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let id = ran.out.split("replay ").nth(1).expect("an id")[..8].to_owned();

    // The document; the wait for the service; a case; a probe of a shrink; a replay; `shrink`.
    for (phase, after, signal, code) in [
        ("document", 0, "-INT", 130),
        ("wait", 0, "-TERM", 143),
        ("case", 8, "-INT", 130),
        ("later", 14, "-TERM", 143),
        ("replay", 3, "-INT", 130),
        ("shrink", 8, "-TERM", 143),
    ] {
        let (url, told) = silent(after);
        let document = format!("{url}/openapi.json");
        let line = match phase {
            "document" => vec!["run", &document],
            "replay" => vec!["replay", &id, "--spec", "broken.yaml", "--url", &url],
            "shrink" => vec!["shrink", &id, "--spec", "broken.yaml", "--url", &url],
            _ => vec!["run", "broken.yaml", "--url", &url, "--workers", "1", "--out", phase],
        };
        let child = desk
            .command(&[&line[..], &["--timeout", "100s"]].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        told.recv_timeout(Duration::from_secs(60)).expect(phase);
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "{phase}");
        let began = Instant::now();
        let output = child.wait_with_output().expect("it ends");
        // Far below the timeout of a call; how soon on a quiet machine is for people to see.
        assert!(began.elapsed() < Duration::from_secs(30), "{phase}: {:?}", began.elapsed());
        assert_eq!(output.status.code(), Some(code), "{phase}: {output:?}");
        let out = String::from_utf8_lossy(&output.stdout);
        if matches!(phase, "wait" | "case" | "later" | "replay") {
            let last = out.lines().last().expect("a verdict");
            assert!(last.starts_with("interrupted: "), "{phase}: {out}");
        }
    }
}
