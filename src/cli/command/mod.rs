//! The commands, one file each.

pub(super) mod accept;
mod cases;
pub(super) mod demo;
mod dry_run;
pub(super) mod explain;
pub(super) mod export;
pub(super) mod generate;
pub(super) mod list;
mod planned;
pub(super) mod replay;
pub(super) mod run;
pub(super) mod shrink;
