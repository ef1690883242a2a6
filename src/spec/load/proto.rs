//! Sources of protobuf: files, folders of them, and descriptor sets.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use prost_reflect::DescriptorPool;

use super::{Error, Loaded, MAX_BYTES};
use crate::schema::Documents;
use crate::spec::protobuf;

/// How the names of descriptor sets end.
const SETS: [&str; 5] = ["binpb", "desc", "protoset", "fds", "pb"];

/// What a source of protobuf is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A `.proto` file.
    File,
    /// A folder of such files.
    Folder,
    /// A descriptor set.
    Set,
}

/// What a path names, where that is protobuf: by the end of its name, or since it is a folder.
pub(super) fn kind(path: &Path) -> Option<Kind> {
    if path.is_dir() {
        return Some(Kind::Folder);
    }
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match name.rsplit_once('.')?.1 {
        "proto" => Some(Kind::File),
        end if SETS.contains(&end) => Some(Kind::Set),
        _ => None,
    }
}

/// The service that such a source describes.
///
/// # Errors
/// It cannot be read or compiled, or holds no methods.
pub(super) fn load(source: &str, kind: Kind, includes: &[PathBuf]) -> Result<Loaded, Error> {
    let (address, path) = (source.replace('\\', "/"), Path::new(source));
    let wrong = |why| Error::Protobuf { address: address.clone(), why };
    let of_files = |files: &[PathBuf]| -> Result<(DescriptorPool, Option<Vec<String>>), Error> {
        let (pool, names) = protobuf::compile(files, includes).map_err(wrong)?;
        Ok((pool, Some(names)))
    };
    let (pool, names) = match kind {
        Kind::File => of_files(&[path.to_owned()])?,
        Kind::Folder => {
            let files = protobuf::files_in(path).map_err(wrong)?;
            if files.is_empty() {
                return Err(wrong("holds no .proto files".to_owned()));
            }
            of_files(&files)?
        }
        Kind::Set => (protobuf::decode(&read(path, &address)?).map_err(wrong)?, None),
    };
    let service = protobuf::service(&pool, names.as_deref()).map_err(wrong)?;
    Ok(Loaded { service, documents: Arc::new(Documents::new()), address, attempts: Vec::new() })
}

fn read(path: &Path, address: &str) -> Result<Vec<u8>, Error> {
    let address = || address.to_owned();
    let unreadable =
        |error: std::io::Error| Error::Unreadable { address: address(), why: error.to_string() };
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > MAX_BYTES as u64 {
        return Err(Error::TooLarge { address: address() });
    }
    std::fs::read(path).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_apart_by_their_names() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(kind(folder.path()), Some(Kind::Folder));
        for (name, expected) in [
            ("a/shop.proto", Some(Kind::File)),
            ("shop.binpb", Some(Kind::Set)),
            ("shop.desc.gz", Some(Kind::Set)),
            ("shop.PB", Some(Kind::Set)),
            ("shop.yaml", None),
            ("proto", None),
        ] {
            assert_eq!(kind(Path::new(name)), expected, "{name}");
        }
    }
}
