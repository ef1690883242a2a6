//! Cases that are named: files, folders, ids of findings.

use std::path::Path;

use super::super::Error;
use super::super::resolve::Resolved;
use crate::corpus::{self, Folder, Stored};
use crate::report::words;

/// Where findings of a run are, below its folder.
const FINDINGS: &str = "findings";

/// The case that is meant by each name, in order; folders give all of theirs.
///
/// # Errors
/// A name that means none, or several; a file that is no case.
pub(super) fn named(resolved: &Resolved<'_>, names: &[String]) -> Result<Vec<Stored>, Error> {
    let mut all = Vec::new();
    for name in names {
        let path = Path::new(name);
        if path.exists() {
            all.extend(whole(corpus::read(path)?)?);
        } else {
            all.push(by_id(resolved, name)?);
        }
    }
    Ok(all)
}

/// What the last run found.
///
/// # Errors
/// There is nothing.
pub(super) fn findings(resolved: &Resolved<'_>) -> Result<Vec<Stored>, Error> {
    let folder = resolved.out().join(FINDINGS);
    let cases = in_folder(&folder)?;
    if cases.is_empty() {
        return Err(Error::usage(format!("there are no findings in {}", folder.display())));
    }
    Ok(cases)
}

/// What is committed.
///
/// # Errors
/// There is nothing.
pub(super) fn committed(resolved: &Resolved<'_>) -> Result<Vec<Stored>, Error> {
    let folder = resolved.corpus();
    let cases = in_folder(&folder)?;
    if cases.is_empty() {
        return Err(Error::usage(format!(
            "there are no cases in {}; name some, replay the last findings with --new, or accept \
             them first",
            folder.display()
        )));
    }
    Ok(cases)
}

/// What is committed and concerns a run; nothing where it is told to pass over that.
///
/// # Errors
/// A file that is no case.
pub(super) fn regressions(resolved: &Resolved<'_>) -> Result<Vec<Stored>, Error> {
    resolved.regressions().map_or(Ok(Vec::new()), |folder| in_folder(&folder))
}

/// All cases of a folder, which need not be there.
fn in_folder(folder: &Path) -> Result<Vec<Stored>, Error> {
    if folder.is_dir() { whole(corpus::read(folder)?) } else { Ok(Vec::new()) }
}

/// The cases of a folder, where none is broken: one that is passed over would look as if it held.
fn whole(folder: Folder) -> Result<Vec<Stored>, Error> {
    match folder.broken.first() {
        None => Ok(folder.cases),
        Some(broken) => {
            let more = match folder.broken.len() - 1 {
                0 => String::new(),
                more => format!(" (and {} more)", words::number(more as u64)),
            };
            Err(Error::usage(format!(
                "{} is no case file: {}{more}",
                broken.path.display(),
                broken.reason
            )))
        }
    }
}

/// The case of an id: new findings come before committed cases, since one that is in both places is
/// the same fault.
fn by_id(resolved: &Resolved<'_>, name: &str) -> Result<Stored, Error> {
    let folders = [resolved.out().join(FINDINGS), resolved.corpus()];
    for folder in &folders {
        if !folder.is_dir() {
            continue;
        }
        let called: Vec<Stored> =
            corpus::read(folder)?.cases.into_iter().filter(|s| s.is_called(name)).collect();
        match &called[..] {
            [] => {}
            [only] => return Ok(only.clone()),
            several => {
                let ids: Vec<String> = several.iter().map(Stored::id).collect();
                return Err(Error::usage(format!("`{name}` means {}; name one", ids.join(", "))));
            }
        }
    }
    Err(Error::usage(format!(
        "`{name}` is neither a file nor the id of a case in {} or {}",
        folders[0].display(),
        folders[1].display()
    )))
}
