//! Pages by offset and by number.

use super::*;

/// Cards of which each page shows only so many.
fn edge(store: &mut Store, asked: &Asked, lost: usize) -> Reply {
    listing(store, asked, |items, _| {
        let most = asked.number("limit").unwrap_or(usize::MAX);
        if most < 10 {
            items.truncate(most - lost);
        }
    })
}

#[test]
fn pages_that_lose_at_their_edge_fail() {
    for steps in [&PAGES[..], &THREE] {
        let stage = Stage::new(BOARDS, |s, a| edge(s, a, 1));
        let failure = stage.fails(&CHECK, steps);
        let last = format!("s{}", steps.len());
        assert_eq!((&failure.at, &*failure.outcome), (&last, "lost between pages"));
    }
    let stage = Stage::new(BOARDS, |s, a| edge(s, a, 1));
    assert_eq!(stage.occasion(&CHECK, &PAGES), "GET /boards/{board}/cards 1");
    insta::assert_snapshot!(stage.fails(&CHECK, &PAGES).why, @"GET /boards/{board}/cards shows 2 things in one page, and loses one of them in pages of 1");
}

#[test]
fn pages_that_repeat_fail() {
    let repeats = |s: &mut Store, a: &Asked| {
        let back = |(name, value): (String, String)| {
            let less =
                |offset: usize| if name == "offset" { offset.saturating_sub(1) } else { offset };
            let value = value.parse().map(less).map_or(value, |number: usize| number.to_string());
            (name, value)
        };
        let query = a.query.iter().cloned().map(back).collect();
        s.answer(&Asked { query, ..a.clone() })
    };
    let failure = Stage::new(BOARDS, repeats).fails(&CHECK, &THREE);
    assert_eq!(failure.outcome, "twice in pages");
    insta::assert_snapshot!(failure.why, @"GET /boards/{board}/cards shows 3 things in one page, and shows one of them twice in pages of 2");
}

#[test]
fn silent_for_pages_that_are_right_or_that_we_cannot_tell() {
    let others: [fn(&mut Store, &Asked) -> Reply; 6] = [
        Store::answer,
        // No page is smaller than five, none larger than one.
        |s, a| {
            let query = a.query.iter().map(|(name, value)| {
                (name.clone(), if name == "limit" { "5".to_owned() } else { value.clone() })
            });
            s.answer(&Asked { query: query.collect(), ..a.clone() })
        },
        |s, a| listing(s, a, |items, _| items.truncate(1)),
        // A new order each time, and things that come by themselves.
        |s, a| {
            listing(s, a, |items, store| {
                let turns = store.asked % items.len().max(1);
                items.rotate_left(turns);
            })
        },
        |s, a| {
            listing(s, a, |items, store| {
                items.push(json(&format!(r#"{{"id":{}}}"#, 1000 + store.asked)));
            })
        },
        // Behind the last page there is none, or the last one again.
        |s, a| {
            let reply = s.answer(a);
            let empty = reply.body.as_ref().and_then(Value::as_array).is_some_and(<[_]>::is_empty);
            if empty { Reply::empty(404) } else { reply }
        },
    ];
    for act in others {
        Stage::new(BOARDS, act).silent(&CHECK, &PAGES);
        Stage::new(BOARDS, act).silent(&CHECK, &THREE);
    }
}

#[test]
fn silent_for_collections_of_others_and_for_one_page() {
    let stage = Stage::new(BOARDS, |s, a| edge(s, a, 1));
    for steps in [
        &[BOARD, CARD, PAGES[3]][..],
        &[BOARD, CARD, CARD, "GET /boards/{board=s1}/cards?limit=3"],
        &[BOARD, CARD, CARD, "GET /boards/{board=s1}/cards"],
        &[BOARD, CARD, CARD, "DELETE /boards/{board=s1}/cards/{card=s2}", PAGES[3]],
    ] {
        assert_eq!(stage.occasion(&CHECK, steps), "never", "{steps:?}");
    }
    let foreign = r#"POST /boards/{board=1}/cards {"title":"a"}"#;
    let list = "GET /boards/{board=1}/cards?limit=1";
    assert_eq!(stage.occasion(&CHECK, &[foreign, foreign, list]), "never");
}

/// The page of a number, which begins so far from where it should.
fn numbered(store: &mut Store, asked: &Asked, from: usize, shift: usize) -> Reply {
    let size = asked.number("limit").unwrap_or(20);
    let number = asked.number("page").unwrap_or(from).saturating_sub(from);
    let offset = (number * size).saturating_sub(if number > 0 { shift } else { 0 });
    let query =
        vec![("limit".to_owned(), size.to_string()), ("offset".to_owned(), offset.to_string())];
    store.answer(&Asked { query, ..asked.clone() })
}

#[test]
fn pages_by_number_count_from_what_the_first_one_shows() {
    let document = |schema: &str| {
        let page = format!("{{name: page, in: query, schema: {{{schema}}}}}");
        BOARDS.replace("{name: offset, in: query, schema: {type: integer, minimum: 0}}", &page)
    };
    let right: [fn(&mut Store, &Asked) -> Reply; 2] =
        [|s, a| numbered(s, a, 1, 0), |s, a| numbered(s, a, 0, 0)];
    for act in right {
        Stage::new(&document("type: integer"), act).silent(&CHECK, &THREE);
    }
    let wrong: [fn(&mut Store, &Asked) -> Reply; 2] =
        [|s, a| numbered(s, a, 1, 1), |s, a| numbered(s, a, 0, 1)];
    for act in wrong {
        let failure = Stage::new(&document("type: integer"), act).fails(&CHECK, &THREE);
        assert_eq!(failure.outcome, "twice in pages");
    }
    let stage = Stage::new(&document("type: integer, minimum: 1"), right[0]);
    let case = stage.follow_ups(&CHECK, &PAGES).remove(0);
    let told = case.calls().skip(3).map(|call| {
        let query = call.query.iter().map(|(name, value)| format!(" {name}={value}"));
        format!("{}{}", call.id, query.collect::<String>())
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join(", "), @"whole1 limit=100, whole2 limit=100, whole3 limit=100, first limit=1, page1 limit=1 page=1, page2 limit=1 page=2, page3 limit=1 page=3, again limit=100");
}
