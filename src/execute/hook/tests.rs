use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::execute::{Executor, Identities, Permission};
use crate::spec::Service;
use crate::transport::{Client, Settings, Target};
use crate::value::Value;

fn executor(hooks: Hooks) -> Executor {
    // Port 9 of loopback: no one is there.
    let target = Target::parse("http://127.0.0.1:9").unwrap();
    let client = Client::new(target, Settings::default()).unwrap();
    let permission = Permission::new(crate::config::Permissions::default(), true);
    let service = Arc::new(Service::default());
    let mut executor =
        Executor::new(service, client, "/api".to_owned(), Identities::default(), permission);
    executor.hooks = hooks;
    executor
}

fn setup(command: &str) -> Hooks {
    Hooks { setup: Some(command.to_owned()), ..Hooks::default() }
}

#[test]
fn a_method_and_a_path_are_a_call_and_all_else_is_a_command() {
    assert_eq!(Action::of("POST /__reset"), Action::Call("POST".to_owned(), "/__reset".to_owned()));
    for command in ["sh clean.sh", "curl -X POST /x", "POST", "RESET /a /b", "/bin/true", ""] {
        assert_eq!(Action::of(command), Action::Command(command.to_owned()));
    }
}

#[tokio::test]
async fn what_setup_prints_are_variables() {
    let executor = executor(setup("echo seeding >&2; echo '{\"tenant\":\"t1\"}'"));
    executor.set_up().await.unwrap();
    let variables = executor.variables.get().unwrap();
    assert_eq!(variables.get("tenant"), Some(&Value::text("t1")));
}

#[tokio::test]
async fn a_setup_that_prints_nothing_gives_no_variables() {
    let executor = executor(setup("true"));
    executor.set_up().await.unwrap();
    assert!(executor.variables.get().unwrap().as_object().is_some());
}

#[tokio::test]
async fn a_command_knows_where_the_service_is() {
    let executor = executor(setup("printf '{\"url\":\"%s\"}' \"$PHI_FUZZ_URL\""));
    executor.set_up().await.unwrap();
    let url = executor.variables.get().unwrap().get("url").cloned();
    assert_eq!(url, Some(Value::text("http://127.0.0.1:9/api")));
}

#[tokio::test]
async fn a_setup_that_fails_is_told_with_what_it_said() {
    for (command, message) in [
        ("echo no database >&2; exit 3", "ended with exit code 3: no database"),
        ("echo not-json", "what it prints is no JSON"),
        ("echo '[1]'", "what it prints is JSON, but no object"),
        ("kill -KILL $$", "was killed"),
    ] {
        let error = executor(setup(command)).set_up().await.unwrap_err().to_string();
        assert!(error.starts_with("`setup` in phi-fuzz.toml: "), "{error}");
        assert!(error.contains(message), "{message}: {error}");
    }
}

#[tokio::test]
async fn a_command_that_hangs_is_killed_with_all_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let command = "echo waiting >&2; (sleep 600 & echo $! > child; wait)";
    let hooks = Hooks {
        limit: Duration::from_millis(1500),
        folder: Some(folder.path().to_owned()),
        ..setup(command)
    };
    let began = Instant::now();
    let error = executor(hooks).set_up().await.unwrap_err().to_string();
    assert!(error.contains("did not end within 1.5s: waiting"), "{error}");
    assert!(began.elapsed() < Duration::from_secs(60), "what it started is not waited for");
    let child = std::fs::read_to_string(folder.path().join("child")).unwrap();
    let gone = || {
        let asked = std::process::Command::new("sh")
            .args([
                "-c",
                &format!(
                    "kill -0 {child} 2>/dev/null && ! grep -q '^State:.Z' /proc/{}/status",
                    child.trim()
                ),
            ])
            .status();
        asked.is_ok_and(|status| !status.success())
    };
    while !gone() {
        assert!(began.elapsed() < Duration::from_secs(60), "{child} still runs");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_a_command_leaves_running_is_not_waited_for() {
    let began = Instant::now();
    let executor = executor(setup("sleep 30 & echo '{}'"));
    executor.set_up().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(25));
}

#[tokio::test]
async fn a_reset_that_is_not_answered_is_told() {
    let hooks = Hooks { reset: Some(Action::of("POST /__reset")), ..Hooks::default() };
    let error = executor(hooks).reset().await.unwrap_err().to_string();
    assert_eq!(error, "`reset` in phi-fuzz.toml: `POST /__reset` is not answered");
    let hooks = Hooks { reset: Some(Action::of("exit 1")), ..Hooks::default() };
    let error = executor(hooks).reset().await.unwrap_err().to_string();
    assert_eq!(error, "`reset` in phi-fuzz.toml: ended with exit code 1");
}

#[tokio::test]
async fn a_service_that_stays_away_after_its_restart_is_told() {
    let hooks =
        Hooks { restart: Some("true".to_owned()), wait: Duration::ZERO, ..Hooks::default() };
    let error = executor(hooks).restart().await.unwrap_err().to_string();
    assert!(error.contains("the service is not there"), "{error}");
    let none = Hooks { wait: Duration::ZERO, ..Hooks::default() };
    assert_eq!(executor(none).restart().await, Ok(false));
}

#[tokio::test]
async fn nothing_is_sent_and_nothing_waited_for_once_the_end_is_asked_for() {
    let executor = executor(Hooks::default());
    executor.stop.by_signal(2);
    let began = Instant::now();
    executor.sleep(Duration::from_secs(60)).await;
    let exchange = executor.ask("GET", "/").await;
    assert!(matches!(exchange.outcome, crate::case::Outcome::Abandoned));
    assert!(began.elapsed() < Duration::from_secs(30));
}
