//! Which reports are wanted, and where they go.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anstream::{AutoStream, ColorChoice};

use super::{Junit, Ndjson, Report, Terminal, Verbosity, Ways};
use crate::check::Severity;
use crate::value::nearest;

/// A format of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people.
    Text,
    /// Every event as a line of JSON.
    Ndjson,
    /// JUnit's XML, for CI.
    Junit,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Text, Self::Ndjson, Self::Junit];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Ndjson => "ndjson",
            Self::Junit => "junit",
        }
    }
}

/// A report that is wanted: `FORMAT`, for standard output, or `FORMAT=PATH`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// The format.
    pub format: Format,
    /// The file; standard output where there is none.
    pub path: Option<PathBuf>,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = match text.split_once('=') {
            Some((name, path)) => (name, Some(path)),
            None => (text, None),
        };
        let names = Format::ALL.map(Format::name);
        let format = Format::ALL.into_iter().find(|format| format.name() == name);
        let format = format.ok_or_else(|| {
            format!("`{name}` is no format of reports; {}", nearest::advice(name, &names))
        })?;
        match path {
            Some("") => Err(format!("`{text}` names no file; write {name}=PATH or {name}")),
            Some("-") | None => Ok(Self { format, path: None }),
            Some(path) => Ok(Self { format, path: Some(path.into()) }),
        }
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.path {
            None => f.write_str(self.format.name()),
            Some(path) => write!(f, "{}={}", self.format.name(), path.display()),
        }
    }
}

/// How much the report for people tells.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// How much is told.
    pub verbosity: Verbosity,
    /// The severity from which a finding counts.
    pub fail_on: Option<Severity>,
    /// Whether replays that went well are told, too.
    pub every_replay: bool,
    /// How the tool is called again.
    pub ways: Ways,
}

impl Style {
    /// The report for people, to `out`.
    pub fn report(self, out: impl Write + Send + 'static) -> Box<dyn Report> {
        let report = Terminal::new(out, self.verbosity, self.fail_on).with_ways(self.ways);
        Box::new(if self.every_replay { report.telling_every_replay() } else { report })
    }
}

/// A report that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the report {}: {source}", .path.display())]
pub struct Error {
    /// The file.
    pub path: PathBuf,
    /// Why not.
    pub source: io::Error,
}

impl Wanted {
    /// Opens the report; a file is begun anew, folders are made.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn open(&self, color: ColorChoice, style: Style) -> Result<Box<dyn Report>, Error> {
        let file = self.path.as_deref().map(create).transpose()?;
        if self.format == Format::Text {
            // Only text holds colours that a stream may not want.
            let out: Box<dyn Write + Send> = match file {
                None => Box::new(AutoStream::new(io::stdout(), color)),
                Some(file) => Box::new(AutoStream::never(file)),
            };
            return Ok(style.report(out));
        }
        let out: Box<dyn Write + Send> = match file {
            None => Box::new(io::stdout()),
            Some(file) => Box::new(BufWriter::new(file)),
        };
        Ok(match self.format {
            Format::Junit => Box::new(Junit::new(out, style.ways)),
            Format::Ndjson | Format::Text => Box::new(Ndjson::new(out)),
        })
    }
}

fn create(path: &Path) -> Result<File, Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| File::create(path)).map_err(|source| Error { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wanted_reports_are_read_as_they_are_written() {
        for text in ["text", "junit=out/report.xml", "ndjson=a=b"] {
            assert_eq!(text.parse::<Wanted>().unwrap().to_string(), text);
        }
        assert_eq!("junit=-".parse::<Wanted>().unwrap().path, None);
        assert_eq!(
            "juint=x".parse::<Wanted>().unwrap_err(),
            "`juint` is no format of reports; did you mean `junit`?"
        );
        assert!("junit=".parse::<Wanted>().unwrap_err().contains("names no file"));
    }

    #[test]
    fn a_file_that_cannot_be_written_fails_when_it_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let open = |path: PathBuf| {
            let wanted = Wanted { format: Format::Junit, path: Some(path) };
            wanted.open(ColorChoice::Never, Style::default())
        };
        assert!(open(folder.path().join("new/folder/r.xml")).is_ok());
        assert!(folder.path().join("new/folder/r.xml").exists());
        let error = open(folder.path().to_owned()).err().unwrap().to_string();
        assert!(error.starts_with("cannot write the report "), "{error}");
    }
}
