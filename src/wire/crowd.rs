//! Others who send the same request.

use crate::case::Perturbation;

/// Others who send the same request as a call, each over a connection of its own: before it, or beside
/// it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// How many they are.
    pub count: usize,
    /// How their timing is bent. Where it is not, they all send at once.
    pub perturb: Vec<Perturbation>,
    /// Whether they are still there while the call is sent; else they are answered before it.
    pub stays: bool,
}
