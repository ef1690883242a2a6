use super::*;

/// A file around some steps; the first step's line is 7.
fn file(steps: &str, rest: &str) -> String {
    format!(
        "{{\n\"phi_fuzz\": 1,\n\"check\": \"hang\",\n\"at\": \"s1\",\n\"why\": \"w\", \"service\": \
         \"shop\",\n\"steps\": [\n{steps}\n]{rest}}}"
    )
}

fn error(text: &str) -> String {
    read(text.as_bytes()).unwrap_err().to_string()
}

const ONE: &str = r#"{"id": "s1", "call": "GET /"}"#;

#[test]
fn a_file_written_by_hand_needs_no_counts() {
    let finding = read(file(ONE, "").as_bytes()).unwrap();
    assert_eq!((finding.reproduced, finding.replays), (Reproduced::default(), 1));
    assert!(finding.minimal);
}

#[test]
fn errors_name_the_place_and_the_way_out() {
    let s1 = |rest: &str| file(&format!("{{\"id\": \"s1\", \"call\": \"GET /\"{rest}}}"), "");
    let two = |second: &str| file(&format!("{ONE},\n{second}"), "");
    let group = |calls: &str| {
        two(&format!("{{\"id\": \"s2\", \"release\": \"plain\", \"together\": [{calls}]}}"))
    };
    let texts = [
        "{\n\"phi_fuzz\" 1}".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        "{\"phi_fuzz\":\n2, \"new\": 1}".to_owned(),
        file(ONE, ", \"stpes\": []"),
        file(ONE, ", \"why\": \"again\""),
        s1(", \"jsn\": {}"),
        s1(",\n\"json\": {}, \"text\": \"\""),
        s1(", \"label\": \"vaild\""),
        s1(", \"wait\": 5"),
        s1(", \"json\": {\n\"a\": {\n\"$form\": 1}}"),
        s1(", \"perturb\": [{\"stal\": {}}]"),
        s1(", \"perturb\": [{\"hold\": {\"at\": \"sent\", \"until\": \"s1\"}}]"),
        s1(", \"deviations\": [{\"rul\": \"maximum\"}]"),
        s1(", \"on\": \"c1\""),
        s1(", \"same\": \"s1\""),
        s1(", \"path\": {\"\\ud800\": 1}"),
        two(ONE),
        two("{\"id\": \"s2\", \"call\": \"GET /\", \"json\": [{\n\"$from\": \"s3/body\"}]}"),
        two("{\"id\": \"s2\", \"call\": \"GET /\", \"json\": [{\n\"$from\": \"s2/body\"}]}"),
        two(
            "{\"id\": \"s2\", \"call\": \"GET /\", \"query\": {\"a\": {\"$join\": [{\"$from\": \"s2/status\"}]}}}",
        ),
        group("{\"id\": \"a\", \"call\": \"GET /\"}"),
        group("{\"id\": \"a\", \"call\": \"GET /\"}, {\"id\": \"b\", \"same\": \"c\"}"),
        group(
            "{\"id\": \"a\", \"call\": \"GET /\"}, {\"id\": \"b\", \"same\": \"a\", \"auth\": \"x\"}",
        ),
        group(
            "{\"id\": \"a\", \"call\": \"GET /\"}, {\"id\": \"b\", \"call\": \"GET /{a}\", \"path\": {\"a\": {\"$from\": \"a/body\"}}}",
        ),
        file(ONE, ", \"boundary\": {\"at\": \"s2/json\", \"passes\": 1, \"fails\": 2}"),
        file(ONE, ", \"known\": {\"issue\": \"x\", \"until\": \"2027-02-29\"}"),
        file(ONE, ", \"reproduced\": {\"failed\": 6, \"of\": 5}"),
    ];
    let messages: Vec<String> = texts.iter().map(|text| error(text)).collect();
    insta::assert_snapshot!(messages.join("\n"), @r#"
    not JSON: expected `:` at line 2 column 12
    line 1, the whole file: needs an object, not a list
    line 1, the whole file: is no case file: it has no `phi_fuzz`; add "phi_fuzz": 1
    line 1, /phi_fuzz: format 2 is not known; this program reads format 1: use a newer one, or write 1
    line 8, /stpes: unknown key `stpes`; did you mean `steps`?
    line 8, /why: the key `why` stands twice
    line 7, /steps/0/jsn: unknown key `jsn`; did you mean `json`?
    line 8, /steps/0/text: a call has one body, but here are `json` and `text`
    line 7, /steps/0/label: `vaild` is not known here; did you mean `valid`?
    line 7, /steps/0/wait: needs a duration such as "500ms", not 5
    line 9, /steps/0/json/a/$form: unknown symbol `$form`; did you mean `$from`? (data goes into `$literal`)
    line 7, /steps/0/perturb/0/stal: unknown perturbation `stal`; did you mean `stall`?
    line 7, /steps/0/perturb/0/hold/until: `s1` would wait for itself
    line 7, /steps/0/deviations/0: has no `rule`, which must be there; is it what `rul` should be?
    line 7, /steps/0/on: no connection `c1` stands under `connections`; none is known here
    line 7, /steps/0/same: only a call of a group can repeat another of its group
    line 7, /steps/0/path/�: holds half of a surrogate pair, which only values may
    line 8, /steps/1/id: the id `s1` stands twice; every call and group has its own
    line 9, /steps/1/json/0/$from: no call has the id `s3`; did you mean `s1`?
    line 9, /steps/1/json/0/$from: the answer of `s2` comes too late to be used here
    line 8, /steps/1/query/a/$join/0/$from: the answer of `s2` comes too late to be used here
    line 8, /steps/1/together: a group has 2 to 8 calls, not 1
    line 8, /steps/1/together/1/same: `c` is no call with an operation of its own before this one in its group; known are a
    line 8, /steps/1/together/1/auth: does not belong here: a call that repeats another has id, same, skew, want, saw and nothing else
    line 8, /steps/1/together/1/path/a/$from: the answer of `a` comes too late to be used here
    line 8, /boundary/at: no call has the id `s2`; did you mean `s1`?
    line 8, /known/until: `2027-02-29` is no day of the calendar; write "2027-01-31"
    line 8, /reproduced/failed: needs a whole number from 0 to 5, not 6
    "#);
}
