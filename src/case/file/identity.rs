//! The identity a call is sent as: `"alice"`, `"none"`, `"invalid"`.

use crate::case::Auth;

const NONE: &str = "none";
const INVALID: &str = "invalid";

/// Whether an identity cannot have this name, because it means something else in a case file.
pub fn is_reserved(name: &str) -> bool {
    name == NONE || name == INVALID
}

pub(super) fn read(name: String) -> Auth {
    match &*name {
        NONE => Auth::None,
        INVALID => Auth::Invalid,
        _ => Auth::Identity(name),
    }
}

pub(super) fn write(auth: &Auth) -> Option<&str> {
    match auth {
        Auth::Default => None,
        Auth::None => Some(NONE),
        Auth::Invalid => Some(INVALID),
        Auth::Identity(name) => Some(name),
    }
}
