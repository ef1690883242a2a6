//! The answer on a stream, as far as it came (RFC 9113, section 8.1).

use bytes::Bytes;

use crate::case::{Answer, Ending, Header};
use crate::wire::http1::Limits;

/// The answer on a stream.
#[derive(Debug, Default)]
pub(super) struct Reading {
    answer: Option<Answer>,
    pub(super) interim: Vec<u16>,
    body: Vec<u8>,
    /// Whether the stream has ended.
    pub(super) ended: bool,
}

impl Reading {
    /// Whether a final head came.
    pub(super) fn is_answered(&self) -> bool {
        self.answer.is_some()
    }

    /// Takes a block of fields over: an interim head, the final one, or trailers. `early` says that the
    /// request is not out yet.
    ///
    /// # Errors
    /// It is none of them; a lower-case fragment.
    pub(super) fn fields(
        &mut self,
        mut fields: Vec<Header>,
        early: bool,
        limits: &Limits,
    ) -> Result<(), String> {
        if let Some(answer) = &mut self.answer {
            answer.trailers = fields;
            return Ok(());
        }
        let status = fields.iter().position(|field| field.name == ":status");
        let status = status.map(|at| fields.remove(at));
        let status = status.as_ref().and_then(Header::text).and_then(|text| text.parse().ok());
        let Some(status) = status.filter(|status| (100..1_000).contains(status)) else {
            return Err("its head has no status".to_owned());
        };
        fields.retain(|field| !field.name.starts_with(':'));
        if status < 200 {
            if self.interim.len() < limits.interim {
                self.interim.push(status);
            }
            return Ok(());
        }
        let interim = std::mem::take(&mut self.interim);
        self.answer = Some(Answer { status, headers: fields, interim, early, ..Answer::default() });
        Ok(())
    }

    /// Takes octets of the body over; `false` where they are more than is read.
    ///
    /// # Errors
    /// No head came before; a lower-case fragment.
    pub(super) fn data(&mut self, octets: &[u8], limits: &Limits) -> Result<bool, String> {
        if !self.is_answered() {
            return Err("its body comes before its head".to_owned());
        }
        let room = limits.body.saturating_sub(self.body.len());
        self.body.extend_from_slice(&octets[..octets.len().min(room)]);
        Ok(octets.len() <= room)
    }

    /// The answer, where a head came, with how its body ended.
    pub(super) fn finish(&mut self, ending: Ending) -> Option<Answer> {
        let answer = self.answer.take()?;
        let body = Bytes::from(std::mem::take(&mut self.body));
        let ending = if self.ended { Ending::Complete } else { ending };
        Some(Answer { body, ending, ..answer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(all: &[(&str, &str)]) -> Vec<Header> {
        let field = |(name, value): &(&str, &str)| Header {
            name: (*name).to_owned(),
            value: (*value).to_owned().into(),
        };
        all.iter().map(field).collect()
    }

    #[test]
    fn heads_bodies_and_trailers_are_told_apart() {
        let limits = Limits { body: 3, ..Limits::default() };
        let mut reading = Reading::default();
        assert!(reading.data(b"x", &limits).is_err());
        reading.fields(fields(&[(":status", "103")]), true, &limits).unwrap();
        assert!(!reading.is_answered());
        reading.fields(fields(&[(":status", "200"), ("a", "b")]), false, &limits).unwrap();
        assert_eq!(reading.data(b"abc", &limits), Ok(true));
        assert_eq!(reading.data(b"d", &limits), Ok(false));
        reading.fields(fields(&[("t", "1")]), false, &limits).unwrap();
        let answer = reading.finish(Ending::TooLarge).unwrap();
        assert_eq!(
            (answer.status, &answer.body[..], &*answer.interim),
            (200, &b"abc"[..], &[103][..])
        );
        assert_eq!((answer.headers.len(), answer.trailers.len()), (1, 1));
        assert_eq!(answer.ending, Ending::TooLarge);
    }

    #[test]
    fn a_head_without_a_status_is_none() {
        for head in [&[("a", "b")][..], &[(":status", "x")], &[(":status", "7")]] {
            let limits = Limits::default();
            assert!(Reading::default().fields(fields(head), false, &limits).is_err());
        }
    }
}
