//! Reading folders of cases.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Error, Signature, layout};
use crate::case::{Finding, file};

/// Largest case file that is read, in octets.
const LARGEST: u64 = 64 << 20;

/// Deepest folder that is looked into.
const DEEPEST: usize = 16;

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Folder {
    /// The cases, by path.
    pub cases: Vec<Stored>,
    /// Files that should be cases and are none, by path.
    pub broken: Vec<Broken>,
}

/// A case and its file.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The file.
    pub path: PathBuf,
    /// What it says.
    pub finding: Finding,
}

/// A file that cannot be read as a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The file.
    pub path: PathBuf,
    /// Why, a lower-case fragment.
    pub reason: String,
}

impl Stored {
    /// The signature, where the file's name ends in one.
    pub fn signature(&self) -> Option<Signature> {
        self.path.file_stem()?.to_str()?.rsplit_once('-')?.1.parse().ok()
    }

    /// What people call it: `shop-1f3a9c20`, or the name of the file where that has no signature.
    pub fn id(&self) -> String {
        match self.signature() {
            Some(signature) => format!("{}-{signature}", layout::slug(self.finding.service())),
            None => self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        }
    }

    /// Whether a person means it by `name`: its id, or the digits of its signature.
    pub fn is_called(&self, name: &str) -> bool {
        self.id() == name || self.signature().is_some_and(|s| s.to_string() == name)
    }
}

/// Reads all cases at or below a path: `*.json` but evidence and what begins with a dot. What is
/// broken is reported, never fatal.
///
/// # Errors
/// The path itself cannot be read.
pub fn read(path: &Path) -> Result<Folder, Error> {
    let mut folder = Folder::default();
    let about = fs::metadata(path).map_err(Error::io("read", path))?;
    if about.is_dir() {
        let mut files = Vec::new();
        walk(path, DEEPEST, &mut files, &mut folder.broken)
            .map_err(Error::io("read the folder", path))?;
        // Files of a folder before those of folders below it would depend on how paths compare.
        files.sort();
        for file in files {
            add(&mut folder, file);
        }
    } else {
        add(&mut folder, path.to_owned());
    }
    folder.broken.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(folder)
}

fn add(folder: &mut Folder, path: PathBuf) {
    match case(&path) {
        Ok(finding) => folder.cases.push(Stored { path, finding }),
        Err(reason) => folder.broken.push(Broken { path, reason }),
    }
}

fn case(path: &Path) -> Result<Finding, String> {
    let about = fs::metadata(path).map_err(|error| error.to_string())?;
    if !about.is_file() {
        return Err("not a file".to_owned());
    }
    if about.len() > LARGEST {
        return Err(format!("{} octets are more than any case file has", about.len()));
    }
    let octets = fs::read(path).map_err(|error| error.to_string())?;
    file::read(&octets).map_err(|error| error.to_string())
}

/// Whether a file of this name should be a case.
fn is_case(name: &str) -> bool {
    name.strip_suffix(".json").is_some_and(|stem| !stem.ends_with(".evidence"))
}

fn walk(
    folder: &Path,
    depth: usize,
    files: &mut Vec<PathBuf>,
    broken: &mut Vec<Broken>,
) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            // Links may lead in circles, so the way down is bounded.
            let below = match depth.checked_sub(1) {
                Some(depth) => walk(&path, depth, files, broken).map_err(|e| e.to_string()),
                None => Err("folders are nested too deep".to_owned()),
            };
            if let Err(reason) = below {
                broken.push(Broken { path, reason });
            }
        } else if is_case(&name) {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::write_finding;

    const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v1");

    #[test]
    fn a_folder_is_read_in_order_and_what_is_broken_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let golden = read(Path::new(GOLDEN)).unwrap();
        assert_eq!(golden.broken, []);
        let finding = &golden.cases[1].finding;
        for digits in ["20000000", "1000000a"] {
            write_finding(root, finding, digits.parse().unwrap()).unwrap();
        }
        let stored = root.join("shop").join(layout::slug(finding.operation()));
        fs::write(stored.join("x.json"), "{").unwrap();
        for skipped in ["x.evidence.json", ".x.json", "notes.md"] {
            fs::write(stored.join(skipped), "{").unwrap();
        }
        fs::create_dir(root.join(".git")).unwrap();
        fs::write(root.join(".git/y.json"), "{").unwrap();
        let read = super::read(root).unwrap();
        let ids: Vec<String> = read.cases.iter().map(Stored::id).collect();
        assert_eq!(ids, ["shop-1000000a", "shop-20000000"]);
        assert!(read.cases[0].is_called("1000000a") && read.cases[0].is_called("shop-1000000a"));
        assert!(!read.cases[0].is_called("shop"));
        assert_eq!(read.cases[0].finding, *finding);
        assert_eq!(read.broken.len(), 1);
        assert!(read.broken[0].path.ends_with("x.json"));
        assert!(read.broken[0].reason.contains("line 1"), "{}", read.broken[0].reason);
    }

    #[test]
    fn one_file_is_a_folder_of_one() {
        let path = Path::new(GOLDEN).join("cut-body.json");
        let read = super::read(&path).unwrap();
        assert_eq!((read.cases.len(), read.broken.len()), (1, 0));
        assert_eq!((read.cases[0].id(), read.cases[0].signature()), ("cut-body".to_owned(), None));
    }

    #[test]
    fn a_path_that_is_not_there_is_an_error_that_names_it() {
        let error = super::read(Path::new("no/such/folder")).unwrap_err().to_string();
        assert!(error.starts_with("cannot read no/such/folder: "), "{error}");
    }
}
