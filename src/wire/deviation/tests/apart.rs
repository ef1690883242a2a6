//! Unusual frames, and others beside a call.

use super::*;
use crate::wire::{Crowd, FrameOperation};

fn with(rule: &str, name: &str, value: impl Into<Value>) -> Deviation {
    Deviation { with: vec![(name.to_owned(), value.into())], ..Deviation::wire(rule) }
}

#[test]
fn what_takes_a_service_away_is_dangerous_and_the_rest_is_told() {
    let told = |danger: Danger| -> Vec<&str> {
        let rules = of_frames().chain(of_crowds());
        rules.filter(|rule| rule.danger == danger).map(|rule| rule.name).collect()
    };
    assert_eq!(
        told(Danger::Dangerous),
        ["rapid_reset", "continuation_flood", "ping_flood", "held_connections"]
    );
    assert_eq!(told(Danger::Remote), ["tiny_window"]);
    assert_eq!(told(Danger::Disruptive), ["burst", "slow_connections", "long_slow_read"]);
    assert!(all().filter(|rule| rule.danger == Danger::Dangerous).count() == 4);
    assert!(of_frames().chain(of_crowds()).all(|rule| rule.label == Label::Unspecified));
}

#[test]
fn a_rule_says_what_is_done_with_frames() {
    let frames = |deviation: Deviation| deviate(&rich(), deviation).map(|request| request.frames);
    assert_eq!(frames(Deviation::wire("ping_in_request")), Ok(vec![FrameOperation::Ping]));
    assert_eq!(frames(with("rapid_reset", "count", 7)), Ok(vec![FrameOperation::Resets(7)]));
    let setting = FrameOperation::Setting { identifier: 1, value: 0 };
    let deviation = with("settings_in_request", "setting", "header_table_size");
    assert_eq!(frames(deviation), Ok(vec![setting]));
    let unknown = with("settings_in_request", "setting", "enable_push");
    assert!(frames(unknown).unwrap_err().contains("initial_window_size, max_frame_size"));
    assert!(frames(with("ping_flood", "count", 10_001)).unwrap_err().contains("not within 1 and"));
}

#[test]
fn others_are_there_once() {
    let crowd = deviate(&bare(), with("burst", "connections", 3)).unwrap().crowd;
    let expected = Crowd { count: 3, perturb: Vec::new(), stays: false };
    assert_eq!(crowd.as_deref(), Some(&expected));
    let deviations = ["held_connections", "burst"].map(Deviation::wire).to_vec();
    let call = Call { deviations, ..bare() };
    assert!(is_crowded(&call));
    let why = render::request(&call, "").unwrap_err().to_string();
    assert!(why.contains("others are there already"), "{why}");
}
