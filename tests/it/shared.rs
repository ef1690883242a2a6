//! The folder of larger material, where it is there.

use std::path::PathBuf;

/// The folder that `PHI_SHARED` names, else the one beside this one.
pub(crate) fn shared() -> Option<PathBuf> {
    let given = std::env::var_os("PHI_SHARED").map(PathBuf::from);
    let folder =
        given.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    if !folder.is_dir() {
        println!("skipped: no {}", folder.display());
        return None;
    }
    Some(folder)
}
