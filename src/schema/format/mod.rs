//! stub
/// f
pub trait Format: Sync { /// e
fn edges(&self) -> &[(&'static str, &'static str)]; 
/// n
fn near_misses(&self) -> &[(&'static str, &'static str)]; }
/// n
pub fn named(_n: &str) -> Option<&'static dyn Format> { None }
