//! Every edit does what it says, and has the verdict that the tree itself tells of its result.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::wire::protobuf::tests::{hint, message, octets, wild};
use crate::wire::protobuf::{DEEPEST, Kind, listing, parse};

/// 1: 5, 2: {1: 7, 3: [1, 300]}, 3: [1], 3: 2, 3: 3, 4: "ab", 5: 1i32, 6: 1i64, 8: !{1: 1}.
fn rich() -> Tree {
    let octets = octets(
        "0805 1207 0807 1a0301ac02 1a0101 1802 1803 22026162 2d01000000 310100000000000000 43 0801 44",
    );
    parse(&octets, &hint)
}

/// Applies an edit at one of its places, and judges what becomes of it.
fn check(edit: &Edit, tree: &Tree, place: &Place) -> Result<(), TestCaseError> {
    let edited = edit.apply(tree, place);
    prop_assert!(edited.is_some(), "{} does nothing at {place:?} of\n{}", edit.name, listing(tree));
    let octets = encode(&edited.unwrap());
    prop_assert!(octets != encode(tree));
    let read = parse(&octets.clone().into(), &hint);
    prop_assert_eq!(encode(&read), octets);
    let told = format!("{} at {place:?}:\n{}", edit.name, listing(&read));
    let is_too_deep = read.fields().iter().any(|place| place.0.len() >= DEEPEST);
    match edit.verdict {
        Verdict::MustAccept => prop_assert!(read.is_well_formed(), "{told}"),
        Verdict::MustReject => prop_assert!(!read.is_well_formed() || is_too_deep, "{told}"),
        Verdict::Grey => {}
    }
    Ok(())
}

#[test]
fn each_name_stands_for_one_edit() {
    let names: BTreeSet<&str> = all().map(|edit| edit.name).collect();
    assert_eq!(names.len(), all().count());
    for edit in all() {
        let is_name =
            |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_';
        assert!(edit.name.chars().all(is_name), "{}", edit.name);
        assert_eq!(find(edit.name).unwrap().name, edit.name);
        assert!(!edit.explain.is_empty() && !edit.explain.contains('\n'), "{}", edit.name);
    }
}

#[test]
fn each_edit_has_a_place_in_a_message_that_has_everything() {
    let tree = rich();
    assert!(tree.is_well_formed());
    for edit in all() {
        let places = edit.places(&tree, &hint);
        assert!(!places.is_empty(), "{} has no place", edit.name);
        for place in places {
            check(edit, &tree, &place).unwrap();
        }
    }
}

/// What each edit makes of a small message, at its last place.
#[test]
fn edits_show_what_they_do() {
    // 2: {1: 5}, 3: [1], 3: 2.
    let tree = parse(&octets("1202 0805 1a0101 1802"), &hint);
    let mut table = String::new();
    for edit in all() {
        let place = edit.places(&tree, &hint).pop().unwrap();
        let octets = encode(&edit.apply(&tree, &place).unwrap());
        let text = crate::value::hex::write(&octets);
        let text = if text.len() > 60 { format!("{}…", &text[..60]) } else { text };
        let verdict = format!("{:?}", edit.verdict);
        table.push_str(&format!(
            "{:21} {verdict:10} {:3} {text}\n",
            edit.name,
            tree.name(&place).unwrap_or_default()
        ));
    }
    insta::assert_snapshot!(table, @r#"
    overlong_varint       MustAccept 3.1 120208051a01011882808080808080808000
    varint_of_11_octets   MustReject 3.1 120208051a0101188280808080808080808000
    varint_beyond_64_bits Grey       3.1 120208051a01011882808080808080808002
    overlong_tag          Grey       3.1 120208051a0101988080800002
    truncated_varint      MustReject 3.1 120208051a01011882
    truncated_tag         MustReject 2   12030805801a01011802
    field_number_zero     MustReject 3.1 120208051a01010002
    unknown_field         MustAccept 2   12060805c0a309011a01011802
    wire_type_varint      Grey       3   1202080518011802
    wire_type_fixed64     Grey       3.1 120208051a0101190100000000000000
    wire_type_length      Grey       3.1 120208051a01011a0102
    wire_type_group       Grey       3.1 120208051a01011b1c
    wire_type_fixed32     Grey       3.1 120208051a01011d01000000
    wire_type_6           MustReject 3.1 120208051a01011e02
    wire_type_7           MustReject 3.1 120208051a01011f02
    unknown_group         MustAccept 2   120a0805c3a3090801c4a3091a01011802
    unmatched_start_group MustReject 2   12070805c3a30908011a01011802
    unmatched_end_group   MustReject 2   12050805c4a3091a01011802
    wrong_end_group       MustReject 2   120a0805c3a3090801cca3091a01011802
    unpacked              MustAccept 3   1202080518011802
    packed                MustAccept 3.1 120208051a01011a0102
    truncated_packed      MustReject 3   120208051a0201801802
    duplicate_field       MustAccept 2/1 1204080508051a01011802
    length_past_end       MustReject 3   120208051a04011802
    length_2_31           MustReject 3   120208051a8080808008011802
    length_2_63           MustReject 3   120208051a80808080808080808001011802
    overlong_length       Grey       3   120208051a8180808000011802
    unknown_groups_100    MustAccept 2   12d4040805c3a309c3a309c3a309c3a309c3a309c3a309c3a309c3a309c3…
    unknown_groups_101    Grey       2   12da040805c3a309c3a309c3a309c3a309c3a309c3a309c3a309c3a309c3…
    unknown_groups_20000  MustReject 2   12bca9070805c3a309c3a309c3a309c3a309c3a309c3a309c3a309c3a309…
    nested_message_100    MustAccept 2   12ec0112e90112e60112e30112e00112dd0112da0112d70112d40112d101…
    nested_message_101    Grey       2   12ef0112ec0112e90112e60112e30112e00112dd0112da0112d70112d401…
    nested_message_20000  MustReject 2   12d5c50412d1c50412cdc50412c9c50412c5c50412c1c50412bdc50412b9…
    message_cut_short     MustReject 3.1 120208051a010118
    "#);
}

#[test]
fn an_edit_that_does_not_fit_its_place_gives_nothing() {
    let tree = rich();
    let nowhere = Place(vec![99]);
    for edit in all() {
        assert_eq!(edit.apply(&tree, &nowhere), None, "{}", edit.name);
    }
    let text = Place(vec![5]);
    for name in ["overlong_varint", "truncated_varint", "unpacked", "packed", "nested_message_100"]
    {
        assert_eq!(find(name).unwrap().apply(&tree, &text), None, "{name}");
    }
}

#[test]
fn what_is_cut_off_within_a_group_would_be_taken_for_the_group_itself() {
    let tree = rich();
    let within_group = Place(vec![8, 0]);
    assert!(tree.field(&within_group).is_some());
    for name in ["truncated_varint", "message_cut_short", "length_past_end"] {
        assert!(!find(name).unwrap().places(&tree, &hint).contains(&within_group), "{name}");
    }
}

#[test]
fn rows_of_numbers_are_packed_as_a_whole() {
    let tree = rich();
    let packed = find("packed").unwrap();
    assert_eq!(packed.places(&tree, &hint), [Place(vec![3])]);
    let edited = packed.apply(&tree, &Place(vec![3])).unwrap();
    assert!(listing(&edited).contains("3: [1]\n3: [2, 3]\n4:"), "{}", listing(&edited));
    let unpacked = find("unpacked").unwrap().apply(&edited, &Place(vec![3])).unwrap();
    assert_eq!(unpacked, tree);
}

#[test]
fn messages_that_cannot_hold_themselves_are_not_nested() {
    // Field 2 holds a message whose field 2 is text.
    let once = |path: &[u32]| if path == [2] { Kind::Message } else { Kind::Octets };
    let tree = parse(&octets("1202 0805"), &once);
    assert!(find("nested_message_101").unwrap().places(&tree, &once).is_empty());
    assert_eq!(find("nested_message_101").unwrap().places(&tree, &hint), [Place(vec![0])]);
}

#[test]
fn nesting_goes_down_to_the_level_it_says() {
    // 2: {2: {8: !{}}} has level 3.
    let tree = parse(&octets("1204 1202 4344"), &hint);
    for (name, level) in [("unknown_groups_100", 100), ("nested_message_100", 100)] {
        let edit = find(name).unwrap();
        for place in edit.places(&tree, &hint) {
            let octets = encode(&edit.apply(&tree, &place).unwrap());
            let places = parse(&octets.into(), &hint).fields();
            let deepest = places.iter().map(|place| place.0.len()).max();
            assert_eq!(deepest, Some(level), "{name} at {place:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn edits_of_any_message_have_their_verdict(tree in message(), index: Index) {
        for edit in all() {
            let places = edit.places(&tree, &hint);
            if !places.is_empty() {
                check(edit, &tree, index.get(&places))?;
            }
        }
    }

    #[test]
    fn edits_of_any_octets_change_them(octets in wild(), index: Index) {
        let mut tree = parse(&octets.into(), &hint);
        tree.open_plausible();
        for edit in all() {
            let places = edit.places(&tree, &hint);
            if places.is_empty() { continue }
            if let Some(edited) = edit.apply(&tree, index.get(&places)) {
                let octets = encode(&edited);
                prop_assert!(octets != encode(&tree));
                prop_assert_eq!(encode(&parse(&octets.clone().into(), &hint)), octets);
            }
        }
    }
}
