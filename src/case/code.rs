//! What calls of gRPC end with.

/// A status of gRPC (statuscodes.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub u32);

/// Their names, and the statuses of HTTP that say the same (`google/rpc/code.proto`).
const CODES: [(&str, u16); 17] = [
    ("OK", 200),
    ("CANCELLED", 499),
    ("UNKNOWN", 500),
    ("INVALID_ARGUMENT", 400),
    ("DEADLINE_EXCEEDED", 504),
    ("NOT_FOUND", 404),
    ("ALREADY_EXISTS", 409),
    ("PERMISSION_DENIED", 403),
    ("RESOURCE_EXHAUSTED", 429),
    ("FAILED_PRECONDITION", 400),
    ("ABORTED", 409),
    ("OUT_OF_RANGE", 400),
    ("UNIMPLEMENTED", 501),
    ("INTERNAL", 500),
    ("UNAVAILABLE", 503),
    ("DATA_LOSS", 500),
    ("UNAUTHENTICATED", 401),
];

impl Code {
    /// Everything is well.
    pub const OK: Self = Self(0);

    /// The name; `None` for a number that is no status.
    pub fn name(self) -> Option<&'static str> {
        self.known().map(|(name, _)| name)
    }

    /// The status of HTTP that says the same.
    pub fn http(self) -> Option<u16> {
        self.known().map(|(_, status)| status)
    }

    /// The code that says the same as a status of HTTP, or as a range of them; the first of several.
    pub fn of_http(status: &str) -> Option<Self> {
        let (class, rest) = status.split_at_checked(1)?;
        let is_code = rest.len() == 2 && rest.bytes().all(|digit| digit.is_ascii_digit());
        if class == "2" && (is_code || rest == "XX") {
            return Some(Self::OK);
        }
        if rest == "XX" {
            return Self::named(if class == "4" { "INVALID_ARGUMENT" } else { "UNKNOWN" });
        }
        let status: u16 = status.parse().ok()?;
        let at = CODES.iter().position(|(_, own)| *own == status)?;
        u32::try_from(at).ok().map(Self)
    }

    /// The code of this name.
    pub fn named(name: &str) -> Option<Self> {
        let at = CODES.iter().position(|(known, _)| *known == name)?;
        u32::try_from(at).ok().map(Self)
    }

    fn known(self) -> Option<(&'static str, u16)> {
        usize::try_from(self.0).ok().and_then(|at| CODES.get(at)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_known_by_its_name() {
        for (at, (name, _)) in CODES.iter().enumerate() {
            assert_eq!(Code::named(name), Some(Code(at as u32)));
        }
        assert_eq!((Code(17).name(), Code::named("FINE")), (None, None));
    }

    #[test]
    fn a_status_of_http_has_a_code_that_says_the_same() {
        let name = |status| Code::of_http(status).and_then(Code::name);
        assert_eq!(name("201"), Some("OK"));
        assert_eq!(name("404"), Some("NOT_FOUND"));
        assert_eq!(name("4XX"), Some("INVALID_ARGUMENT"));
        assert_eq!((name("5XX"), name("302"), name("")), (Some("UNKNOWN"), None, None));
    }
}
