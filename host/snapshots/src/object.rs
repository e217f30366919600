//! Objects: bytes, named by their digest.

use crate::{
    SnapshotError,
    store::{Snapshots, is_damage},
};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use orchestrator_core::Digest;
use rusqlite::{Connection, params};
use std::io::{Read, Write};

/// Bytes under which packing gains less than it costs.
const PACKED_MIN: usize = 256;

impl Snapshots {
    /// Stores `bytes` under `digest`, which the caller has computed of them.
    pub(crate) fn put(
        &self,
        connection: &Connection,
        digest: Digest,
        bytes: &[u8],
    ) -> Result<(), SnapshotError> {
        let packed = pack(bytes);
        let body = packed.as_deref().unwrap_or(bytes);
        connection
            .prepare_cached("INSERT OR IGNORE INTO objects (digest, packed, body) VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![digest.0, packed.is_some(), body]))
            .map(drop)
            .map_err(self.failed("storing an object"))
    }

    pub(crate) fn has(&self, connection: &Connection, digest: Digest) -> Result<bool, SnapshotError> {
        connection
            .prepare_cached("SELECT 1 FROM objects WHERE digest = ?1")
            .and_then(|mut select| select.exists([digest.0]))
            .map_err(self.failed("looking for an object"))
    }

    /// The bytes stored under `digest`, checked.
    pub(crate) fn get(&self, connection: &Connection, digest: Digest) -> Result<Vec<u8>, SnapshotError> {
        let found: rusqlite::Result<(bool, Vec<u8>)> = connection
            .prepare_cached("SELECT packed, body FROM objects WHERE digest = ?1")
            .and_then(|mut select| select.query_row([digest.0], |row| Ok((row.get(0)?, row.get(1)?))));
        let bytes = match found {
            Ok((true, body)) => unpack(&body),
            Ok((false, body)) => Some(body),
            Err(error) if is_damage(&error) => None,
            Err(error) => return Err(self.failed("reading an object")(error)),
        };
        bytes.filter(|bytes| Digest::of(bytes) == digest).ok_or_else(|| self.damaged(digest))
    }
}

/// The bytes in fewer bytes, where there is a way.
fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() < PACKED_MIN {
        return None;
    }
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().filter(|packed| packed.len() < bytes.len())
}

fn unpack(body: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    DeflateDecoder::new(body).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gets_smaller_is_packed_and_comes_back() {
        let text = "let a = 1;\n".repeat(1000);
        let packed = pack(text.as_bytes()).expect("it gets smaller");
        assert!(packed.len() < text.len() / 10);
        assert_eq!(unpack(&packed).as_deref(), Some(text.as_bytes()));
        assert_eq!(pack(b"short"), None);
        assert_eq!(unpack(b"\xff\xff"), None);
    }
}
