//! What is sent on a stream besides messages, and when.

use std::time::Duration;

use crate::case::Message;
use crate::spec::protobuf::frame;

/// A script of a stream: its messages are the body of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// What is done, each once so many octets of the body are out, or once the sending side is ended; in order.
    pub beats: Vec<(Option<usize>, Beat)>,
    /// Whether the sending side is ended at the end; else it stays open.
    pub ends: bool,
}

/// Something that is done between messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Nothing is sent for so long.
    Wait(Duration),
    /// Nothing is sent until so many messages have come in all.
    Await(u32),
    /// The stream is reset with this code of HTTP/2 (RFC 9113, section 7).
    Cancel(u32),
}

impl Script {
    /// The script of these messages, and the octets of the messages; `None` where one of them is not
    /// written as octets yet. Messages behind the end of the sending side are left out.
    pub fn of(messages: &[Message]) -> Option<(Self, Vec<u8>)> {
        let (mut octets, mut beats, mut ends) = (Vec::new(), Vec::new(), false);
        let at = |octets: &Vec<u8>, ends: bool| (!ends).then_some(octets.len());
        for message in messages {
            match message {
                Message::Proto(_) => return None,
                Message::Wire(_) if ends => {}
                Message::Wire(message) => octets.extend(frame(message)),
                Message::Wait(pause) => beats.push((at(&octets, ends), Beat::Wait(*pause))),
                Message::Await(count) => beats.push((at(&octets, ends), Beat::Await(*count))),
                Message::HalfClose => ends = true,
                Message::Cancel(code) => {
                    beats.push((at(&octets, ends), Beat::Cancel(*code)));
                    break;
                }
            }
        }
        Some((Self { beats, ends }, octets))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_octets_and_what_is_done_between_them() {
        let wait = Duration::from_millis(5);
        let (script, octets) = Script::of(&[
            Message::Wire(vec![8, 1]),
            Message::Wait(wait),
            Message::Await(1),
            Message::Wire(Vec::new()),
            Message::HalfClose,
            Message::Wire(vec![1]),
        ])
        .unwrap();
        assert_eq!(octets, [0, 0, 0, 0, 2, 8, 1, 0, 0, 0, 0, 0]);
        assert_eq!(script.beats, [(Some(7), Beat::Wait(wait)), (Some(7), Beat::Await(1))]);
        assert!(script.ends);
        let (open, _) = Script::of(&[Message::Cancel(8), Message::HalfClose]).unwrap();
        assert_eq!(open, Script { beats: vec![(Some(0), Beat::Cancel(8))], ends: false });
        assert_eq!(Script::of(&[Message::Proto(crate::value::Value::Null)]), None);
    }
}
