//! Addresses of documents and the references between them.
//!
//! An address is a URL, a URN, or a file path with `/` between its parts. References are resolved
//! as RFC 3986, section 5.2 says; a relative path keeps the `..` that lead above its beginning.

use percent_encoding::percent_decode_str;

/// `reference` seen from `base`, without its fragment, and the fragment.
///
/// Where the reference is a fragment alone, the address is the base.
pub fn resolve<'r>(base: &str, reference: &'r str) -> (String, &'r str) {
    let (target, fragment) = split(reference);
    (join(base, target), fragment)
}

/// An address and its fragment, which is empty where there is none.
pub fn split(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// The fragment with its percent-encoding undone.
pub fn decode(fragment: &str) -> String {
    percent_decode_str(fragment).decode_utf8_lossy().into_owned()
}

/// Whether it is fetched over HTTP.
pub fn is_http(address: &str) -> bool {
    scheme(address).is_some_and(|scheme| {
        scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
    })
}

/// Whether it is a service of gRPC.
pub fn is_rpc(address: &str) -> bool {
    scheme(address).is_some_and(|scheme| {
        scheme.eq_ignore_ascii_case("grpc") || scheme.eq_ignore_ascii_case("grpcs")
    })
}

/// The scheme; `None` for a path. A single letter before `:` is a drive, not a scheme.
pub fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let plain =
        scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    (scheme.len() > 1 && plain && scheme.as_bytes()[0].is_ascii_alphabetic()).then_some(scheme)
}

/// `scheme://host:port` of a URL, in lower case and without user information.
pub fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let origin = format!("{scheme}://{host}").to_ascii_lowercase();
    let default = match &*scheme.to_ascii_lowercase() {
        "http" | "grpc" => ":80",
        "https" | "grpcs" => ":443",
        _ => "",
    };
    let origin = if default.is_empty() { &*origin } else { origin.trim_end_matches(default) };
    (!host.is_empty()).then(|| origin.to_owned())
}

/// Whether a URL, an origin or a host is one of this machine.
pub fn is_loopback(origin: &str) -> bool {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let host = host.split('/').next().unwrap_or_default();
    let name = if host.starts_with('[') {
        host.split(']').next().unwrap_or_default().trim_start_matches('[')
    } else {
        host.split(':').next().unwrap_or_default()
    };
    name.eq_ignore_ascii_case("localhost") || name == "::1" || name.starts_with("127.")
}

/// The path of a URL, with its leading `/`; what follows `?` or `#` is no part of it.
pub fn path(address: &str) -> &str {
    let rest = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => address,
    };
    rest.split(['?', '#']).next().unwrap_or_default()
}

/// `reference`, which has no fragment, seen from `base`.
pub fn join(base: &str, reference: &str) -> String {
    if reference.is_empty() {
        return split(base).0.to_owned();
    }
    if scheme(reference).is_some() {
        return reference.to_owned();
    }
    let base = split(base).0;
    let (root, rest) = match base.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find(['/', '?']).unwrap_or(rest.len());
            if let Some(other) = reference.strip_prefix("//") {
                return format!("{scheme}://{other}");
            }
            (&base[..scheme.len() + 3 + end], &rest[end..])
        }
        None => ("", base),
    };
    let rest = rest.split('?').next().unwrap_or_default();
    let (target, query) = match reference.find('?') {
        Some(at) => reference.split_at(at),
        None => (reference, ""),
    };
    let merged = if target.starts_with('/') || rest.is_empty() && root.is_empty() {
        target.to_owned()
    } else if target.is_empty() {
        return format!("{root}{rest}{query}");
    } else {
        let folder = rest.rfind('/').map_or("", |at| &rest[..=at]);
        format!("{}{target}", if folder.is_empty() && !root.is_empty() { "/" } else { folder })
    };
    format!("{root}{}{query}", without_dots(&merged))
}

/// RFC 3986, section 5.2.4; a relative path keeps the `..` it begins with.
fn without_dots(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let last = segments.len() - 1;
    for (index, segment) in segments.into_iter().enumerate() {
        match segment {
            "." | ".." => {
                if segment == ".." {
                    match kept.last() {
                        Some(&"..") | None if !rooted => kept.push(".."),
                        _ => drop(kept.pop()),
                    }
                }
                if index == last && kept.last() != Some(&"..") {
                    kept.push("");
                }
            }
            segment => kept.push(segment),
        }
    }
    format!("{}{}", if rooted { "/" } else { "" }, kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_3986_resolve() {
        let base = "http://a/b/c/d;p?q";
        for (reference, target) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("g/../h", "http://a/b/c/h"),
            ("mailto:x", "mailto:x"),
        ] {
            assert_eq!(join(base, reference), target, "{reference}");
        }
    }

    #[test]
    fn paths_keep_what_leads_above_their_beginning() {
        assert_eq!(join("specs/a.yaml", "../shared/b.yaml"), "shared/b.yaml");
        assert_eq!(join("a.yaml", "../b.yaml"), "../b.yaml");
        assert_eq!(join("../a/b.yaml", "../../c.yaml"), "../../c.yaml");
        assert_eq!(join("/x/a.yaml", "b/c.yaml"), "/x/b/c.yaml");
        assert_eq!(join("C:/x/a.yaml", "b.yaml"), "C:/x/b.yaml");
        assert_eq!(join("", "b.yaml"), "b.yaml");
        assert_eq!(join("http://h", "b.yaml"), "http://h/b.yaml");
        assert_eq!(join("urn:x:y", ""), "urn:x:y");
    }

    #[test]
    fn an_origin_is_the_same_however_it_is_spelled() {
        assert_eq!(origin("HTTP://User@Host:80/x").as_deref(), Some("http://host"));
        assert_eq!(origin("https://h:8443?x").as_deref(), Some("https://h:8443"));
        assert_eq!(origin("file.yaml"), None);
        assert!(
            is_loopback("http://[::1]:80/x")
                && is_loopback("LocalHost:1")
                && is_loopback("127.0.0.9")
        );
        assert!(!is_loopback("https://localhost.example/127.0.0.1"));
        assert_eq!(path("https://h/a/b?c"), "/a/b");
        assert_eq!(path("https://h"), "");
    }
}
