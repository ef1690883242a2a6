//! Names as the words they are made of: case styles, plurals, and what stands around a name.

/// Words that name the identity of a thing; all of them count as `id`.
const IDENTITY: [&str; 9] = ["id", "uuid", "guid", "uid", "sid", "identifier", "pk", "oid", "iid"];

/// Words around the name of a schema that say nothing of the kind of thing.
const NOISE: [&str; 48] = [
    "add",
    "basic",
    "body",
    "brief",
    "collection",
    "create",
    "created",
    "data",
    "detail",
    "dto",
    "entity",
    "envelope",
    "full",
    "get",
    "info",
    "input",
    "item",
    "json",
    "list",
    "listing",
    "minimal",
    "model",
    "nested",
    "new",
    "object",
    "of",
    "out",
    "output",
    "page",
    "paginated",
    "partial",
    "patched",
    "payload",
    "post",
    "read",
    "record",
    "representation",
    "request",
    "resource",
    "response",
    "result",
    "retrieve",
    "schema",
    "simple",
    "summary",
    "update",
    "view",
    "writable",
];

/// Those of them that are also kinds of things, where nothing else is said; as stems.
const THINGS: [&str; 6] = ["collection", "item", "pag", "post", "record", "view"];

/// Members that hold what an answer is about, and are no kind of thing themselves.
const WRAPPERS: [&str; 24] = [
    "_embedded",
    "attributes",
    "collection",
    "content",
    "contents",
    "data",
    "elements",
    "entries",
    "entry",
    "hits",
    "item",
    "items",
    "list",
    "objects",
    "page",
    "payload",
    "records",
    "response",
    "result",
    "results",
    "resource",
    "rows",
    "value",
    "values",
];

/// Plurals that no rule gives.
const IRREGULAR: [(&str, &str); 8] = [
    ("people", "person"),
    ("children", "child"),
    ("indices", "index"),
    ("indexes", "index"),
    ("analyses", "analysis"),
    ("men", "man"),
    ("women", "woman"),
    ("criteria", "criterion"),
];

/// Attributes that tell things of one kind apart.
pub(super) const NAMING: [&str; 9] =
    ["slug", "key", "code", "sku", "number", "name", "handle", "arn", "username"];

/// The words of a name in lower case and singular: `userIDs`, `user_ids` and `User-Id` are all
/// `user id`. Words that name an identity are `id`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = name.replace("IDs", "Ids").chars().collect();
    for (at, char) in chars.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let next = chars.get(at + 1);
        let begins = char.is_uppercase()
            && (before.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit())
                || next.is_some_and(|c| c.is_lowercase()));
        if (begins || !char.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if char.is_alphanumeric() {
            word.extend(char.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words.into_iter().map(|word| stem(&word)).collect()
}

/// What a word and its plural have in common; not always a word.
fn stem(word: &str) -> String {
    let singular = word.strip_suffix('s').unwrap_or(word);
    if IDENTITY.contains(&word) || IDENTITY.contains(&singular) {
        return "id".to_owned();
    }
    if let Some((_, singular)) = IRREGULAR.iter().find(|(plural, _)| *plural == word) {
        return (*singular).to_owned();
    }
    if word.len() < 3 || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").or_else(|| word.strip_suffix("ie")) {
        return format!("{stem}y");
    }
    if word.len() == 3 {
        return singular.to_owned();
    }
    let bare = word.strip_suffix("es").or_else(|| word.strip_suffix('s'));
    let bare = bare.or_else(|| word.strip_suffix('e')).unwrap_or(word);
    // `shelf` and `shelves`, `knife` and `knives`.
    bare.strip_suffix('f').map_or_else(|| bare.to_owned(), |root| format!("{root}v"))
}

/// Words as one: how names are looked up, so that `userid` is `user_id`.
pub(crate) fn key(words: &[String]) -> String {
    words.concat()
}

/// The kind of thing that the name of a schema, a member or a segment speaks of: `user` for `Users`,
/// `UserDto`, `CreateUserResponse`, `com.example.User`. `None` where it speaks of none.
pub(super) fn kind(name: &str) -> Option<String> {
    let name = name.rsplit(['.', '/', '$']).next().unwrap_or(name);
    let words = words(name);
    let says_nothing = |word: &String| {
        let version = word.strip_prefix('v').unwrap_or(word);
        is_any(&NOISE, word) || version.bytes().all(|b| b.is_ascii_digit())
    };
    let Some(first) = words.iter().position(|word| !says_nothing(word)) else {
        return words.into_iter().rev().find(|word| THINGS.contains(&&**word));
    };
    let last = words.iter().rposition(|word| !says_nothing(word))?;
    words.get(first..=last).map(key).filter(|kind| kind != "id")
}

/// Whether a word is one of these or its plural.
pub(super) fn is_any(list: &[&str], word: &str) -> bool {
    // A stem begins as its word does, which is cheaper to ask.
    list.iter().any(|known| known.get(..2) == word.get(..2) && stem(known) == word)
}

/// Whether a member only holds what an answer is about.
pub(super) fn is_wrapper(name: &str) -> bool {
    WRAPPERS.iter().any(|wrapper| wrapper.eq_ignore_ascii_case(name))
}

/// Whether words end in one that names an identity.
pub(super) fn ends_in_id(words: &[String]) -> bool {
    words.last().is_some_and(|word| word == "id")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyed(name: &str) -> String {
        key(&words(name))
    }

    #[test]
    fn case_styles_and_plurals_of_a_name_are_one() {
        for names in [
            &["userId", "user_id", "user-id", "UserID", "userid", "USER_ID", "user_ids", "userIDs"]
                [..],
            &["orderUUID", "order_uuid", "OrderGuid"],
            &["categories", "category", "Category"],
            &["movies", "movie"],
            &["databases", "database"],
            &["addresses", "address"],
            &["statuses", "status"],
            &["boxes", "box"],
            &["shelves", "shelf"],
            &["knives", "knife"],
            &["proofs", "proof"],
            &["people", "person"],
            &["licenses", "license"],
            &["HTTPServers", "http_server"],
        ] {
            let keys: Vec<String> = names.iter().map(|name| keyed(name)).collect();
            assert!(keys.windows(2).all(|pair| pair[0] == pair[1]), "{names:?} {keys:?}");
        }
        for (one, other) in [("user", "use"), ("status", "state"), ("bus", "bu")] {
            assert_ne!(keyed(one), keyed(other), "{one} {other}");
        }
    }

    #[test]
    fn kinds_are_told_from_what_stands_around_them() {
        for name in ["Users", "UserDto", "CreateUserResponse", "com.example.User", "UserListResult"]
        {
            assert_eq!(kind(name).as_deref(), Some("user"), "{name}");
        }
        assert_eq!(kind("/pages"), kind("PageResponse"));
        assert_eq!(kind("CreatePostRequest").as_deref(), Some("post"));
        assert_eq!(kind("v1.GiftCard").as_deref(), Some("giftcard"));
        for name in ["Response", "id", "data", "200", "", "ListResult"] {
            assert_eq!(kind(name), None, "{name}");
        }
    }
}
