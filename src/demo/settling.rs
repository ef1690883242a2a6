//! What takes a moment until it shows.

use std::time::{Duration, Instant};

/// A look brings what is looked for as much nearer as this time does.
const LOOK: Duration = Duration::from_millis(25);

/// Something on its way: so many looks, or as much time, bring it nearer.
#[derive(Debug)]
pub(crate) struct Settling {
    began: Instant,
    looks: u32,
}

impl Settling {
    /// It begins now.
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), looks: 0 }
    }

    /// Someone looks.
    pub(crate) fn look(&mut self) -> &Self {
        self.looks = self.looks.saturating_add(1);
        self
    }

    /// Whether there were more looks than so many, or their time is over.
    pub(crate) fn is_past(&self, looks: u32) -> bool {
        self.looks > looks || self.began.elapsed() > LOOK * looks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_at_the_third_look() {
        let mut note = Settling::new();
        note.began = Instant::now() + Duration::from_secs(60);
        assert_eq!([2; 3].map(|looks| note.look().is_past(looks)), [false, false, true]);
    }
}
