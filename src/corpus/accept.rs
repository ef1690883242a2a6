//! Accepting a finding: from a run's folder into the corpus.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Error, Stored, layout, write_whole};
use crate::case::{Finding, Known, file};

/// Moves a finding to where it belongs below `root` (`corpus/regressions`); its evidence stays
/// behind and is removed. `known` says that it may fail for a while; `None` keeps what the file
/// says.
///
/// # Errors
/// It cannot be written, or what was moved cannot be removed.
pub fn accept(stored: &Stored, root: &Path, known: Option<Known>) -> Result<PathBuf, Error> {
    let finding =
        Finding { known: known.or_else(|| stored.finding.known.clone()), ..stored.finding.clone() };
    let folder = root.join(layout::slug(finding.service())).join(layout::slug(finding.operation()));
    let path = folder.join(stored.path.file_name().unwrap_or_default());
    write_whole(&path, file::write(&finding).as_bytes())?;
    let same = |a: &Path, b: &Path| fs::canonicalize(a).ok() == fs::canonicalize(b).ok();
    if !same(&stored.path, &path) {
        fs::remove_file(&stored.path).map_err(Error::io("remove", &stored.path))?;
        let evidence = layout::evidence_path(&stored.path);
        if evidence.exists() {
            fs::remove_file(&evidence).map_err(Error::io("remove", &evidence))?;
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{read, write_finding};

    #[test]
    fn a_finding_is_moved_and_can_be_accepted_again() {
        let folder = tempfile::tempdir().unwrap();
        let (out, corpus) = (folder.path().join("out"), folder.path().join("corpus"));
        let golden =
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/v1/call-at-a-boundary.json");
        let finding = read(Path::new(golden)).unwrap().cases.remove(0).finding;
        let written = write_finding(&out, &finding, "1f3a9c20".parse().unwrap()).unwrap();
        fs::write(layout::evidence_path(&written), "{}").unwrap();
        let known = Known { issue: "S-1".to_owned(), until: "2027-01-31".to_owned() };

        let stored = read(&out).unwrap().cases.remove(0);
        let path = accept(&stored, &corpus, Some(known.clone())).unwrap();
        assert_eq!(path, corpus.join("shop/post-orders/not_a_server_error-1f3a9c20.json"));
        assert!(!written.exists() && !layout::evidence_path(&written).exists());

        let stored = read(&corpus).unwrap().cases.remove(0);
        assert_eq!(accept(&stored, &corpus, None).unwrap(), path);
        assert_eq!(read(&corpus).unwrap().cases[0].finding.known, Some(known));
    }
}
