//! Writing files so that they are whole or not there.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Error, Signature, layout};
use crate::case::{Finding, file};

/// Writes a finding where it belongs below `root`, over an earlier one of the same signature.
///
/// # Errors
/// A folder or file that cannot be written.
pub fn write_finding(
    root: &Path,
    finding: &Finding,
    signature: Signature,
) -> Result<PathBuf, Error> {
    let path = finding_path(root, finding, signature);
    write_whole(&path, file::write(finding).as_bytes())?;
    Ok(path)
}

/// Where a finding belongs below `root`.
pub fn finding_path(root: &Path, finding: &Finding, signature: Signature) -> PathBuf {
    layout::path(root, finding.service(), finding.operation(), &finding.check, signature)
}

/// Writes a file under another name in the same folder, brings it to the disk and renames it: at
/// any moment, and after a crash, the file is the old one or the new one. Folders are made.
///
/// # Errors
/// A folder or file that cannot be written; nothing is left behind then.
pub fn write_whole(path: &Path, octets: &[u8]) -> Result<(), Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Error::io("make the folder", folder))?;
    let (begun, file) = begin(folder, path).map_err(Error::io("write", path))?;
    let written = fill(file, octets);
    written.and_then(|()| fs::rename(&begun, path)).map_err(|error| {
        // What was begun is worth nothing; that it cannot be removed either says nothing new.
        let _ = fs::remove_file(&begun);
        Error::io("write", path)(error)
    })?;
    // The name itself; not every system lets a folder be opened.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Begins a file beside another, under a name that no reader takes for a case and no other writer has:
/// one that is there, left by a process that was killed or being written, is passed over.
fn begin(folder: &Path, path: &Path) -> std::io::Result<(PathBuf, File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut number = 0_u64;
    loop {
        let begun = folder.join(format!(".{name}.{}-{number}.part", std::process::id()));
        match File::create_new(&begun) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            opened => return opened.map(|file| (begun, file)),
        }
    }
}

fn fill(mut file: File, octets: &[u8]) -> std::io::Result<()> {
    file.write_all(octets)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/c.json");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_written_is_told_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("file");
        fs::write(&blocked, "").unwrap();
        let error = write_whole(&blocked.join("x.json"), b"").unwrap_err().to_string();
        assert!(error.contains(&blocked.display().to_string()), "{error}");
        assert!(error.contains("--out"), "{error}");
        let target = folder.path().join("folder");
        fs::create_dir(&target).unwrap();
        let error = write_whole(&target, b"").unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot write {}", target.display())), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_told_with_the_way_out() {
        let full = std::io::Error::from_raw_os_error(28);
        let error = Error::io("write", Path::new("/x/y.json"))(full).to_string();
        assert!(error.starts_with("cannot write /x/y.json: No space left"), "{error}");
        assert!(error.ends_with("free some space, or choose another folder with --out"), "{error}");
    }
}
