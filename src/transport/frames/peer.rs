//! What the other side has told of itself: its settings and its windows (RFC 9113, sections 5.2 and 6.5).

use std::collections::BTreeMap;

use super::frame::{self, INITIAL_WINDOW_SIZE, MAX_CONCURRENT_STREAMS, MAX_FRAME_SIZE};

/// The window of streams and of the connection before a word is said (section 6.9.2).
const WINDOW: i64 = 65_535;

/// The largest window (section 6.9.1).
const MOST: i64 = (1 << 31) - 1;

/// The other side of a connection.
#[derive(Debug)]
pub(super) struct Peer {
    /// Octets of the payload of a frame that it takes.
    pub(super) max_frame: usize,
    /// Streams at once that it admits, where it bounds them.
    pub(super) max_streams: Option<u32>,
    initial_window: i64,
    connection: i64,
    streams: BTreeMap<u32, i64>,
}

impl Default for Peer {
    fn default() -> Self {
        Self {
            max_frame: frame::LEAST_MOST,
            max_streams: None,
            initial_window: WINDOW,
            connection: WINDOW,
            streams: BTreeMap::new(),
        }
    }
}

impl Peer {
    /// Takes settings over.
    ///
    /// # Errors
    /// One has a value that it may not have; a lower-case fragment.
    pub(super) fn settings(&mut self, settings: &[(u16, u32)]) -> Result<(), String> {
        for (identifier, value) in settings {
            match *identifier {
                MAX_CONCURRENT_STREAMS => self.max_streams = Some(*value),
                INITIAL_WINDOW_SIZE => {
                    let window = i64::from(*value);
                    if window > MOST {
                        return Err(format!("its initial window is {value} octets"));
                    }
                    let change = window - self.initial_window;
                    self.initial_window = window;
                    // Windows may fall below zero (section 6.9.2).
                    self.streams.values_mut().for_each(|own| *own += change);
                }
                MAX_FRAME_SIZE => {
                    let size = *value as usize;
                    if !(frame::LEAST_MOST..1 << 24).contains(&size) {
                        return Err(format!("its largest frame is {value} octets"));
                    }
                    self.max_frame = size;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Octets of DATA, padding included, that may go out on a stream in one frame.
    pub(super) fn room(&self, stream: u32) -> usize {
        let own = self.streams.get(&stream).copied().unwrap_or(self.initial_window);
        usize::try_from(own.min(self.connection)).unwrap_or(0).min(self.max_frame)
    }

    /// Notes that so many have gone out.
    pub(super) fn spend(&mut self, stream: u32, octets: usize) {
        let initial = self.initial_window;
        let octets = i64::try_from(octets).unwrap_or(MOST);
        *self.streams.entry(stream).or_insert(initial) -= octets;
        self.connection -= octets;
    }

    /// Notes that so many more may; stream 0 is the connection.
    pub(super) fn credit(&mut self, stream: u32, octets: u32) {
        let initial = self.initial_window;
        let own = match stream {
            0 => &mut self.connection,
            _ => self.streams.entry(stream).or_insert(initial),
        };
        *own = (*own + i64::from(octets)).min(MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_spent_and_given_back() {
        let mut peer = Peer::default();
        assert_eq!(peer.room(1), 16_384);
        peer.spend(1, 65_535);
        assert_eq!((peer.room(1), peer.room(3)), (0, 0));
        peer.credit(0, 10);
        assert_eq!((peer.room(1), peer.room(3)), (0, 10));
        peer.credit(1, u32::MAX);
        assert_eq!(peer.room(1), 10);
    }

    #[test]
    fn settings_hold_for_streams_that_are_open() {
        let mut peer = Peer::default();
        peer.spend(1, 100);
        peer.settings(&[(INITIAL_WINDOW_SIZE, 50), (MAX_CONCURRENT_STREAMS, 7), (99, 1)]).unwrap();
        assert_eq!((peer.room(1), peer.room(3), peer.max_streams), (0, 50, Some(7)));
        peer.credit(1, 60);
        assert_eq!(peer.room(1), 10);
        assert!(peer.settings(&[(INITIAL_WINDOW_SIZE, 1 << 31)]).is_err());
        assert!(peer.settings(&[(MAX_FRAME_SIZE, 1)]).is_err());
    }
}
