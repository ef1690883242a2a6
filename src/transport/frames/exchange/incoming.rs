//! What each frame of the other side means (RFC 9113, section 6).

use bytes::Bytes;
use tokio::time::{Instant, sleep};

use super::super::frame::{self, Frame};
use super::super::script::PINGED;
use super::{Run, Stop};

impl Run {
    /// Takes a frame over.
    pub(super) fn take(&mut self, frame: &Frame) -> Result<Option<Stop>, String> {
        let within = self.block.as_ref().map(|(stream, ..)| *stream);
        let goes_on = frame.kind == frame::CONTINUATION;
        if within.is_some_and(|stream| !goes_on || stream != frame.stream) {
            return Err("another frame came in the middle of a head".to_owned());
        }
        if !self.heard && (frame.kind != frame::SETTINGS || frame.has(frame::ACK)) {
            return Err("the first frame is no SETTINGS".to_owned());
        }
        let broken = |what: &str| format!("a broken {what} frame came");
        match frame.kind {
            frame::SETTINGS if frame.has(frame::ACK) => {}
            frame::SETTINGS => {
                let settings = frame.settings().ok_or_else(|| broken("SETTINGS"))?;
                self.peer.settings(&settings)?;
                Frame::new(frame::SETTINGS, frame::ACK, 0, Bytes::new()).write(&mut self.owed);
                if !std::mem::replace(&mut self.heard, true) {
                    return Ok(Some(Stop::Heard));
                }
            }
            frame::PING if frame.has(frame::ACK) => {
                self.script.ping &= frame.payload[..] != PINGED;
                return Ok(self.done());
            }
            frame::PING => {
                let data = frame.payload.clone();
                Frame::new(frame::PING, frame::ACK, 0, data).write(&mut self.owed);
            }
            frame::WINDOW_UPDATE => {
                let octets = frame.number(0).ok_or_else(|| broken("WINDOW_UPDATE"))?;
                self.peer.credit(frame.stream, octets & 0x7fff_ffff);
            }
            frame::GOAWAY => {
                let number = |at| frame.number(at).ok_or_else(|| broken("GOAWAY"));
                let (last, code) = (number(0)? & 0x7fff_ffff, number(4)?);
                self.go_away = Some(code);
                if self.script.main > last {
                    return Ok(Some(Stop::Ended(code)));
                }
            }
            frame::RST_STREAM => {
                let code = frame.number(0).ok_or_else(|| broken("RST_STREAM"))?;
                self.script.others.remove(&frame.stream);
                if frame.stream == self.script.main && !self.reading.ended {
                    return Ok(Some(Stop::Ended(code)));
                }
                return Ok(self.done());
            }
            frame::HEADERS => {
                let content = frame.content().ok_or_else(|| broken("HEADERS"))?;
                let ends = frame.has(frame::END_STREAM);
                self.block = Some((frame.stream, ends, content.to_vec()));
                return self.block(frame);
            }
            frame::CONTINUATION => {
                let block =
                    self.block.as_mut().ok_or("a CONTINUATION frame came without a head")?;
                block.2.extend_from_slice(&frame.payload);
                return self.block(frame);
            }
            frame::DATA => {
                let content = frame.content().ok_or_else(|| broken("DATA"))?;
                return self.content(frame, &content);
            }
            frame::PUSH_PROMISE => return Err("a PUSH_PROMISE frame came unasked".to_owned()),
            // Others mean nothing to us (section 5.5).
            _ => {}
        }
        Ok(None)
    }

    /// Reads a block of fields once it is whole.
    fn block(&mut self, frame: &Frame) -> Result<Option<Stop>, String> {
        let most = self.limits.head;
        if self.block.as_ref().is_some_and(|(_, _, octets)| octets.len() > most) {
            return Err(format!("its head is longer than {most} octets"));
        }
        if !frame.has(frame::END_HEADERS) {
            return Ok(None);
        }
        let Some((stream, ends, octets)) = self.block.take() else { return Ok(None) };
        // Blocks of other streams fill the table, too.
        let fields = self.decoder.decode(&octets, most, self.limits.fields)?;
        if stream == self.script.main {
            self.first_byte.get_or_insert_with(Instant::now);
            self.reading.fields(fields, self.sent.is_none(), &self.limits)?;
        }
        Ok(if ends { self.end(stream) } else { None })
    }

    /// Takes DATA over, and gives its octets back to the windows.
    fn content(&mut self, frame: &Frame, content: &[u8]) -> Result<Option<Stop>, String> {
        let octets = u32::try_from(frame.payload.len()).unwrap_or(u32::MAX);
        let (is_main, ends) = (frame.stream == self.script.main, frame.has(frame::END_STREAM));
        if octets > 0 {
            frame::window_update(0, octets).write(&mut self.owed);
        }
        match &mut self.tiny {
            _ if octets == 0 || ends => {}
            Some(tiny) if is_main => {
                tiny.owed += octets;
                tiny.pause.get_or_insert_with(|| (Box::pin(sleep(tiny.gap)), Instant::now()));
            }
            _ => frame::window_update(frame.stream, octets).write(&mut self.owed),
        }
        if is_main && !self.reading.data(content, &self.limits)? {
            return Ok(Some(Stop::TooLarge));
        }
        Ok(if ends { self.end(frame.stream) } else { None })
    }

    /// Notes that the other side has ended a stream.
    fn end(&mut self, stream: u32) -> Option<Stop> {
        self.script.others.remove(&stream);
        self.reading.ended |= stream == self.script.main && self.reading.is_answered();
        self.done()
    }

    fn done(&self) -> Option<Stop> {
        let is_done = self.reading.ended && self.script.others.is_empty() && !self.script.ping;
        is_done.then_some(Stop::Done)
    }
}
