//! The folder a run writes to: `.phi-fuzz/` by default.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::{Error, Journal};

/// The name of the folder where none is given.
const USUAL: &str = ".phi-fuzz";

/// A run's own folder: findings with their evidence, the journal of what it created. One run at a
/// time; it is free again when this is dropped, or when the process ends in whatever way.
#[derive(Debug)]
pub struct Out {
    root: PathBuf,
    /// Held, not used: the lock lives as long as the file is open.
    _lock: File,
}

impl Out {
    /// Takes the folder, and makes it where it is not there. In one that was made here (or is empty,
    /// or has the usual name) a `.gitignore` keeps everything out of version control; in any other
    /// it could hide what is not ours.
    ///
    /// # Errors
    /// The folder cannot be made or written to, or another run has it.
    pub fn open(root: &Path) -> Result<Self, Error> {
        fs::create_dir_all(root).map_err(Error::io("make the folder", root))?;
        let mut entries = fs::read_dir(root).map_err(Error::io("read the folder", root))?;
        let ours = entries.next().is_none() || root.file_name().is_some_and(|name| name == USUAL);
        let lock = take(root)?;
        let ignore = root.join(".gitignore");
        if ours && !ignore.exists() {
            fs::write(&ignore, "*\n").map_err(Error::io("write", &ignore))?;
        }
        Ok(Self { root: root.to_owned(), _lock: lock })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where findings are written: the root for [`super::write_finding`].
    pub fn findings(&self) -> PathBuf {
        self.root.join("findings")
    }

    /// The journal of what runs created.
    ///
    /// # Errors
    /// It cannot be opened for writing.
    pub fn journal(&self) -> Result<Journal, Error> {
        Journal::open(&self.root.join("created.ndjson"))
    }
}

fn take(root: &Path) -> Result<File, Error> {
    let path = root.join("lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(Error::io("write", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Who holds it is a courtesy; where it cannot be read, the error stands without.
            let _ = file.read_to_string(&mut holder);
            return Err(Error::Locked {
                path: root.to_owned(),
                process: holder.trim().parse().ok(),
            });
        }
        Err(TryLockError::Error(error)) => return Err(Error::io("lock", &path)(error)),
    }
    let named = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", std::process::id()));
    named.map_err(Error::io("write", &path))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_at_a_time_has_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("out");
        let first = Out::open(&root).unwrap();
        let error = Out::open(&root).unwrap_err().to_string();
        let process = format!("(process {})", std::process::id());
        assert!(error.contains("in use by another run") && error.contains(&process), "{error}");
        drop(first);
        Out::open(&root).unwrap();
    }

    #[test]
    fn version_control_sees_nothing_of_it_and_all_of_what_is_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        let ignore = |root: &Path| fs::read_to_string(root.join(".gitignore")).ok();
        let new = folder.path().join("new");
        Out::open(&new).unwrap();
        assert_eq!(ignore(&new).as_deref(), Some("*\n"));
        let usual = folder.path().join(".phi-fuzz");
        fs::create_dir_all(usual.join("findings")).unwrap();
        Out::open(&usual).unwrap();
        assert_eq!(ignore(&usual).as_deref(), Some("*\n"));
        let project = folder.path().join("project");
        fs::create_dir_all(project.join("src")).unwrap();
        Out::open(&project).unwrap();
        assert_eq!(ignore(&project), None);
    }

    #[test]
    fn a_file_in_the_way_is_told_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        fs::write(&path, "").unwrap();
        let error = Out::open(&path).unwrap_err().to_string();
        assert!(error.contains(&path.display().to_string()) && error.contains("--out"), "{error}");
    }
}
