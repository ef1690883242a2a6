//! Pages by a cursor.

use super::*;

/// A page that loses so many things at its end.
fn by_cursor(store: &mut Store, asked: &Asked, lost: usize) -> Reply {
    if asked.method != "GET" || !asked.path.ends_with("/cards") {
        return store.answer(asked);
    }
    let all = store.within(&asked.path);
    let from = asked.query("cursor").map_or(Some(0), |at| at.strip_prefix('c')?.parse().ok());
    let Some(from) = from else { return Reply::empty(400) };
    let size = asked.number("limit").unwrap_or(20);
    let next = (from + size < all.len()).then(|| format!("c{}", from + size));
    let lost = if size < 10 { lost } else { 0 };
    let items: Vec<_> = all.into_iter().skip(from).take(size - lost).collect();
    let next = next.map_or(Value::Null, Value::text);
    Reply::of(200, Value::object([("items", Value::Array(items)), ("next_cursor", next)]))
}

/// Boards whose cards are listed by a cursor.
fn cursors() -> String {
    BOARDS
        .replace(
            "{name: offset, in: query, schema: {type: integer, minimum: 0}}",
            "{name: cursor, in: query, schema: {type: string}}",
        )
        .replace(
            "{type: array, items: {$ref: '#/components/schemas/Card'}}",
            "{type: object, properties: {items: {type: array, items: {$ref: \
             '#/components/schemas/Card'}}}}",
        )
}

#[test]
fn pages_by_a_cursor_follow_what_the_answer_tells() {
    let document = cursors();
    Stage::new(&document, |s, a| by_cursor(s, a, 0)).silent(&CHECK, &PAGES);
    Stage::new(&document, |s, a| by_cursor(s, a, 0)).silent(&CHECK, &THREE);
    let stage = Stage::new(&document, |s, a| by_cursor(s, a, 1));
    assert_eq!(stage.fails(&CHECK, &PAGES).outcome, "lost between pages");
    assert_eq!(stage.fails(&CHECK, &THREE).outcome, "lost between pages");
    // A cursor that ends too early loses what is behind it.
    let ends = |s: &mut Store, a: &Asked| {
        let mut reply = by_cursor(s, a, 0);
        if let (Some(Value::Object(members)), Some("1")) = (&mut reply.body, a.query("limit"))
            && a.query("cursor").is_some()
        {
            members.set("next_cursor", Value::Null);
        }
        reply
    };
    let four = [BOARD, CARD, CARD, CARD, "GET /boards/{board=s1}/cards?limit=1"];
    assert_eq!(Stage::new(&document, ends).fails(&CHECK, &four).outcome, "lost between pages");
}

#[test]
fn silent_for_a_cursor_whose_pages_are_shorter_and_more() {
    let short = |s: &mut Store, a: &Asked| {
        let query = a.query.iter().map(|(name, value)| {
            let short = name == "limit" && value == "2";
            (name.clone(), if short { "1".to_owned() } else { value.clone() })
        });
        by_cursor(s, &Asked { query: query.collect(), ..a.clone() }, 0)
    };
    let four = [BOARD, CARD, CARD, CARD, CARD, THREE[4]];
    Stage::new(&cursors(), short).silent(&CHECK, &four);
}
