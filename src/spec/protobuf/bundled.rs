//! The options that many files of protobuf import, as a descriptor set: `google/api`, `google/rpc`, `google/type`,
//! `buf/validate`, `validate/validate.proto` (protoc-gen-validate) and `gogoproto/gogo.proto`. Where they are from,
//! and what they are licensed under, stands in `bundled.LICENSES`.

use prost_reflect::DescriptorPool;
use protox::Error;
use protox::file::{File, FileResolver};

/// All of them with what they import, as `google.protobuf.FileDescriptorSet`.
const SET: &[u8] = include_bytes!("bundled.binpb");

/// The descriptors of what is bundled.
///
/// # Errors
/// It is damaged: a lower-case fragment.
pub(super) fn pool() -> Result<DescriptorPool, String> {
    DescriptorPool::decode(SET).map_err(|error| format!("what is bundled is damaged: {error}"))
}

/// Finds what is bundled by its name.
#[derive(Debug)]
pub(super) struct Resolver(pub(super) DescriptorPool);

impl FileResolver for Resolver {
    fn open_file(&self, name: &str) -> Result<File, Error> {
        let file = self.0.get_file_by_name(name).ok_or_else(|| Error::file_not_found(name))?;
        File::decode_file_descriptor_proto(&file.encode_to_vec()[..]).map_err(Error::new)
    }
}
