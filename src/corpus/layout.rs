//! Names of folders and files: readable, and safe on every file system.

use std::path::{Path, PathBuf};

use super::Signature;

/// Longest name of a folder; some file systems end at 143 octets.
const LONGEST: usize = 80;

/// Names that Windows keeps for devices.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Where a finding is kept: `<root>/<service>/<operation>/<check>-<8 hex>.json`.
///
/// Two operations may share a folder, where they differ only in case, separators or braces; their
/// files never share a name, because the operation is part of the signature.
pub fn path(
    root: &Path,
    service: &str,
    operation: &str,
    check: &str,
    signature: Signature,
) -> PathBuf {
    let file = format!("{}-{signature}.json", slug(check).replace('-', "_"));
    root.join(slug(service)).join(slug(operation)).join(file)
}

/// Where the evidence of a finding is kept: beside it, as `<name>.evidence.json`.
pub fn evidence_path(finding: &Path) -> PathBuf {
    finding.with_extension("evidence.json")
}

/// A readable name of `a-z`, `0-9` and `-`: `POST /orders/{orderId}` → `post-orders-order-id`.
///
/// What cannot be told from the name (characters other than letters, digits and separators, empty
/// segments, a name that is too long, a name that a system keeps for itself) adds eight digits of a
/// hash.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    let mut lossy = text.ends_with('/') && !text.ends_with(" /") || text.contains("//");
    let mut lower = false;
    for char in text.chars() {
        if char.is_ascii_alphanumeric() {
            // A hump of camelCase begins a word.
            if char.is_ascii_uppercase() && lower {
                slug.push('-');
            }
            slug.push(char.to_ascii_lowercase());
        } else {
            lossy |= !" /{}-_.:".contains(char);
            if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        lower = char.is_ascii_lowercase() || char.is_ascii_digit();
    }
    slug.truncate(slug.trim_end_matches('-').len());
    let device = DEVICES.contains(&slug.as_str())
        || slug.len() == 4 && (slug.starts_with("com") || slug.starts_with("lpt"));
    if lossy || device || slug.is_empty() || slug.len() > LONGEST {
        let hash = Signature::hash([text]);
        slug.truncate(LONGEST - 9);
        slug.truncate(slug.trim_end_matches('-').len());
        let name = if slug.is_empty() { "x" } else { &slug };
        return format!("{name}-{hash}");
    }
    slug
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_readable() {
        for (text, expected) in [
            ("POST /orders/{id}", "post-orders-id"),
            ("GET /users/{userId}/items.json", "get-users-user-id-items-json"),
            ("GET /", "get"),
            ("shop.v1.Orders/Create", "shop-v1-orders-create"),
            ("Petstore API", "petstore-api"),
            ("GET /v2/HTTPServer", "get-v2-httpserver"),
        ] {
            assert_eq!(slug(text), expected);
        }
    }

    #[test]
    fn what_a_name_cannot_tell_is_told_by_a_hash() {
        let all = ["GET /a", "GET /a/", "GET //a", "GET /a~", "GET /å", "GET /é", "GET /a?b"];
        let mut slugs: Vec<String> = all.iter().map(|text| slug(text)).collect();
        slugs.sort();
        slugs.dedup();
        assert_eq!(slugs.len(), all.len(), "{slugs:?}");
        assert_ne!(slug(&"a".repeat(200)), slug(&"a".repeat(201)));
        assert_ne!(slug("con"), "con");
        assert!(slug("é").starts_with("x-"));
    }

    #[test]
    fn a_finding_has_its_place() {
        let signature = "1f3a9c20".parse().unwrap();
        let path =
            path(Path::new("corpus"), "shop", "POST /orders", "not_a_server_error", signature);
        assert_eq!(path, Path::new("corpus/shop/post-orders/not_a_server_error-1f3a9c20.json"));
        assert_eq!(
            evidence_path(&path),
            Path::new("corpus/shop/post-orders/not_a_server_error-1f3a9c20.evidence.json")
        );
    }

    proptest! {
        #[test]
        fn names_are_safe_everywhere(text: String) {
            let slug = slug(&text);
            prop_assert!((1..=LONGEST).contains(&slug.len()));
            prop_assert!(slug.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')));
            prop_assert!(!slug.starts_with('-') && !slug.ends_with('-'));
            prop_assert!(!DEVICES.contains(&slug.as_str()));
        }
    }
}
