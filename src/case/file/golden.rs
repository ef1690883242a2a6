//! The golden files of every released version, and the laws of the format.

use arbitrary::{Arbitrary, Unstructured};
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};

use super::{read, write};
use crate::case::{Boundary, Case, Finding, Known, Reproduced};
use crate::value::{Value, read as json};

/// The golden files: names and octets.
pub(super) fn files() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v1");
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    assert!(files.len() >= 13, "{} golden files", files.len());
    files
}

#[test]
fn golden_files_are_read_and_written_octet_for_octet() {
    for (name, octets) in files() {
        let finding = read(&octets).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(write(&finding), String::from_utf8(octets).unwrap(), "{name}");
    }
}

/// An arbitrary well-formed finding.
fn finding(octets: &[u8]) -> arbitrary::Result<Finding> {
    let mut u = Unstructured::new(octets);
    let case = Case::arbitrary(&mut u)?;
    let calls: Vec<String> = case.calls().map(|call| call.id.clone()).collect();
    let of = u.int_in_range(0..=20)?;
    Ok(Finding {
        check: "not_a_server_error".to_owned(),
        at: u.choose(&calls)?.clone(),
        why: "it answers \"500\" – \u{202E}\n".to_owned(),
        known: u
            .arbitrary::<bool>()?
            .then(|| Known { issue: "X-1".to_owned(), until: "2027-01-31".to_owned() }),
        boundary: if u.arbitrary()? {
            Some(Boundary {
                at: format!("{}/json/a", u.choose(&calls)?),
                passes: Value::arbitrary(&mut u)?,
                fails: Value::arbitrary(&mut u)?,
            })
        } else {
            None
        },
        irrelevant: if u.arbitrary()? {
            vec![format!("{}/query/a", u.choose(&calls)?)]
        } else {
            Vec::new()
        },
        reproduced: Reproduced { failed: u.int_in_range(0..=of)?, of },
        replays: u.int_in_range(1..=u32::MAX)?,
        minimal: u.arbitrary()?,
        also: u.arbitrary::<bool>()?.then(|| "hang".to_owned()).into_iter().collect(),
        case,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn every_finding_is_read_back_as_it_was_written(
        octets in proptest::collection::vec(any::<u8>(), 0..3000),
    ) {
        let finding = finding(&octets).unwrap();
        let text = write(&finding);
        let again = read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"));
        prop_assert_eq!(&again, &finding, "{}", text);
        prop_assert_eq!(write(&again), text);
        let schema = super::schema::verdict(&json::json(write(&finding).as_bytes()).unwrap());
        prop_assert_eq!(schema, None, "{}", write(&finding));
    }

    #[test]
    fn no_octets_make_the_reader_panic(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&octets);
    }

    #[test]
    fn no_damage_to_a_file_makes_the_reader_panic(
        file: proptest::sample::Index, at: proptest::sample::Index, octet in any::<u8>(), cut: bool,
    ) {
        let files = files();
        let mut octets = files[file.index(files.len())].1.clone();
        let at = at.index(octets.len());
        octets[at] = octet;
        if cut {
            octets.truncate(at);
        }
        if let Ok(finding) = read(&octets) {
            prop_assert_eq!(read(write(&finding).as_bytes()).unwrap(), finding);
        }
    }
}
