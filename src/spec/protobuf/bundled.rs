//! The options that many files of protobuf import, as a descriptor set: `google/api`, `google/rpc`, `google/type`,
//! `buf/validate`, `validate/validate.proto` (protoc-gen-validate) and `gogoproto/gogo.proto`. What each of them is
//! licensed under stands beside it in `bundled.LICENSES`.

use std::sync::LazyLock;

use prost_reflect::DescriptorPool;
use protox::Error;
use protox::file::{File, FileResolver};

/// All of them with what they import, as `google.protobuf.FileDescriptorSet`.
pub const SET: &[u8] = include_bytes!("bundled.binpb");

/// The descriptors in [`SET`].
pub static POOL: LazyLock<Option<DescriptorPool>> = LazyLock::new(|| DescriptorPool::decode(SET).ok());

/// Finds what is bundled by its name.
#[derive(Debug)]
pub(super) struct Resolver;

impl FileResolver for Resolver {
    fn open_file(&self, name: &str) -> Result<File, Error> {
        let file = POOL.as_ref().and_then(|pool| pool.get_file_by_name(name));
        let file = file.ok_or_else(|| Error::file_not_found(name))?;
        File::decode_file_descriptor_proto(&file.encode_to_vec()[..])
    }
}
