//! Descriptor sets (`google.protobuf.FileDescriptorSet`), as `protoc --descriptor_set_out` and `buf build` write
//! them, and as a service tells them by reflection.

use std::io::Read as _;

use prost_reflect::DescriptorPool;

use super::{bundled, editions};

/// What gzip begins with (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// The largest set that is read once its coding is removed, in octets.
const LONGEST: u64 = 256 << 20;

/// The descriptors of a set, which may be coded by gzip. What it imports and does not hold is taken from what is
/// bundled.
///
/// # Errors
/// It is no such set, or imports what is nowhere: a lower-case fragment with the way out.
pub fn decode(octets: &[u8]) -> Result<DescriptorPool, String> {
    let plain;
    let octets = if octets.starts_with(&GZIP) {
        plain = unzipped(octets)?;
        &plain[..]
    } else {
        octets
    };
    if octets.is_empty() {
        return Err("it is empty, and no descriptor set".to_owned());
    }
    let octets = &*editions::set(octets);
    let whole = match DescriptorPool::decode(octets) {
        Ok(pool) => return Ok(pool),
        Err(error) => error,
    };
    let mut pool = bundled::pool()?;
    pool.decode_file_descriptor_set(octets).map_err(|_| {
        format!("it is no whole descriptor set: {whole}; write one with all imports: protoc --include_imports")
    })?;
    Ok(pool)
}

fn unzipped(octets: &[u8]) -> Result<Vec<u8>, String> {
    let mut plain = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(octets).take(LONGEST + 1);
    reader
        .read_to_end(&mut plain)
        .map_err(|error| format!("its gzip coding is damaged: {error}"))?;
    if plain.len() as u64 > LONGEST {
        return Err(format!("it is longer than {} MiB", LONGEST >> 20));
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_set_is_read_plain_and_coded() {
        let set = bundled::pool().unwrap().encode_to_vec();
        assert!(decode(&set).unwrap().get_message_by_name("google.rpc.Status").is_some());
        let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        coder.write_all(&set).unwrap();
        let coded = coder.finish().unwrap();
        assert!(decode(&coded).unwrap().get_message_by_name("google.rpc.Status").is_some());
        assert!(decode(&coded[..coded.len() / 2]).unwrap_err().contains("gzip"));
    }

    #[test]
    fn what_is_no_set_is_refused() {
        assert!(decode(b"").unwrap_err().contains("empty"));
        assert!(decode(b"<html>").unwrap_err().contains("no whole descriptor set"));
    }

    #[test]
    fn rules_survive() {
        let pool = bundled::pool().unwrap();
        for name in
            ["buf.validate.field", "validate.rules", "google.api.field_behavior", "google.api.http"]
        {
            assert!(pool.get_extension_by_name(name).is_some(), "{name}");
        }
    }
}
