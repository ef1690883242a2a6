//! Where `phi-fuzz.toml` is.

use std::path::{Path, PathBuf};

/// The name of the configuration file.
pub const FILE_NAME: &str = "phi-fuzz.toml";

/// The configuration file nearest to a folder: in it, or above it up to the root of its repository
/// (the folder that holds `.git`). Outside any repository only the folder itself is looked at: what
/// lies above it may be anyone's.
pub fn find(from: &Path) -> Option<PathBuf> {
    let root = from.ancestors().position(|folder| folder.join(".git").exists()).unwrap_or(0);
    from.ancestors().take(root + 1).map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_nearest_file_up_to_the_repository_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let outer = folder.path();
        let deep = outer.join("repository/a/b");
        fs::create_dir_all(&deep).unwrap();
        fs::write(outer.join(FILE_NAME), "").unwrap();
        assert_eq!(find(&deep), None, "outside a repository nothing above is read");

        fs::create_dir(outer.join("repository/.git")).unwrap();
        assert_eq!(find(&deep), None, "nothing beyond the repository is read");

        let root = outer.join("repository").join(FILE_NAME);
        fs::write(&root, "").unwrap();
        assert_eq!(find(&deep), Some(root));

        let near = outer.join("repository/a").join(FILE_NAME);
        fs::write(&near, "").unwrap();
        assert_eq!(find(&deep), Some(near));
    }
}
