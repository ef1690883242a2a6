//! Files of protobuf for tests, given as text.

use prost_reflect::DescriptorPool;

use crate::spec::Service;

/// What a file with this text compiles to, and the name that it goes under.
pub(crate) fn compiled(text: &str) -> (DescriptorPool, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.proto");
    std::fs::write(&path, text).unwrap();
    super::compile(&[path], &[]).unwrap()
}

/// The service of such a file.
pub(crate) fn service(text: &str) -> Service {
    let (pool, names) = compiled(text);
    super::service(&pool, Some(&names)).unwrap()
}
