//! The journal: what runs created on services, one line each, so that it can be found again.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::Error;
use crate::value::{Object, Value, read as json};

/// Something that a run created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The service it was created on.
    pub service: String,
    /// The operation that created it.
    pub operation: String,
    /// Its id, where the answer names one; `null` where not.
    pub id: Value,
    /// The `Location` of the answer.
    pub location: Option<String>,
}

/// A file of lines of JSON that is only ever added to. A line is handed to the operating system in
/// one piece before the call returns, so that a killed run loses none.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens a journal for adding, and makes it where it is not there.
    ///
    /// # Errors
    /// It cannot be opened for writing.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        Ok(Self { path: path.to_owned(), file: file.map_err(Error::io("write", path))? })
    }

    /// Adds a line.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&self, created: &Created) -> Result<(), Error> {
        let mut line = Object::new();
        line.push("service", Value::text(created.service.as_str()));
        line.push("operation", Value::text(created.operation.as_str()));
        line.push("id", created.id.to_file());
        if let Some(location) = &created.location {
            line.push("location", Value::text(location.as_str()));
        }
        let line = format!("{}\n", Value::Object(line));
        (&self.file).write_all(line.as_bytes()).map_err(Error::io("write", &self.path))
    }

    /// What a journal holds, in order. Lines that are broken, as a crash may leave the last one, are
    /// left out.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(path: &Path) -> Result<Vec<Created>, Error> {
        let octets = std::fs::read(path).map_err(Error::io("read", path))?;
        Ok(octets.split(|octet| *octet == b'\n').filter_map(entry).collect())
    }
}

fn entry(line: &[u8]) -> Option<Created> {
    let line = json::json(line).ok()?;
    let text = |key| line.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Created {
        service: text("service")?,
        operation: text("operation")?,
        id: Value::from_file(line.get("id")?).ok()?,
        location: text("location"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_grows_and_survives_a_torn_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("created.ndjson");
        let created = |id: Value, location: Option<&str>| Created {
            service: "shop".to_owned(),
            operation: "POST /orders".to_owned(),
            id,
            location: location.map(str::to_owned),
        };
        let first = created(Value::text("a\nb"), Some("/orders/1"));
        let second = created(Value::int(1i128 << 70), None);
        Journal::open(&path).unwrap().add(&first).unwrap();
        Journal::open(&path).unwrap().add(&second).unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"service\":\"sh").unwrap();
        assert_eq!(Journal::read(&path).unwrap(), [first, second]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_told_with_the_path_and_the_way_out() {
        let journal = Journal::open(Path::new("/dev/full")).unwrap();
        let created = Created {
            service: String::new(),
            operation: String::new(),
            id: Value::Null,
            location: None,
        };
        let error = journal.add(&created).unwrap_err().to_string();
        assert!(error.starts_with("cannot write /dev/full: No space left"), "{error}");
        assert!(error.ends_with("free some space, or choose another folder with --out"), "{error}");
    }
}
