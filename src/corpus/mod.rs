//! Where findings and cases are kept: folders, file names, evidence, the journal; and recorded traffic
//! as cases.
//!
//! Responsible for the layout `<root>/<service>/<operation>/<check>-<8 hex>.json`, for signatures,
//! for writing so that a file is whole or not there, and for the folder a run writes to. Knows no
//! transport, and nothing of how a finding was made.

mod accept;
mod error;
mod evidence;
mod har;
mod journal;
mod layout;
mod out;
mod read;
mod signature;
mod write;

pub use accept::accept;
pub use error::Error;
pub use evidence::{BODY_LIMIT, Evidence, write_evidence};
pub use har::Traffic;
pub use journal::{Created, Journal};
pub use layout::{evidence_path, path, slug};
pub use out::Out;
pub use read::{Broken, Folder, Stored, read};
pub use signature::{Fault, Signature};
pub use write::{finding_path, write_finding, write_whole};
