//! From contracts to cases.

pub mod apart;
mod bends;
pub mod boundary;
mod budget;
pub mod case;
pub mod catalogue;
pub mod confirm;
mod contrast;
pub mod deviation;
pub mod edit;
pub mod facts;
pub mod format;
mod fullest;
pub mod greatest;
pub mod ideas;
pub mod input;
#[cfg(test)]
mod fixture;
mod malformed;
pub mod mutate;
pub mod naming;
pub mod obstacle;
mod pairs;
pub mod pattern;
pub mod planned;
mod random;
pub mod repair;
mod scripts;
pub mod sequence;
mod size;
mod symbols;
pub mod value;
pub mod walk;
