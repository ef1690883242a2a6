//! One exchange on a stream of its own.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use h2::client::ResponseFuture;
use h2::{RecvStream, SendStream};
use http::header::HeaderMap;
use tokio::time::{Instant, Sleep};

use crate::case::{Answer, Ending, Header, Outcome};
use crate::transport::Limits;

/// Octets of DATA handed over at once.
const PIECE: usize = 64 << 10;

/// Why a stream stopped.
pub(super) enum Stop {
    Done,
    TimedOut,
    Failed(h2::Error),
}

/// An exchange under way.
pub(super) struct Run<'l> {
    response: ResponseFuture,
    stream: SendStream<Bytes>,
    /// What is still to send.
    pub(super) body: Bytes,
    pub(super) sent: Option<Instant>,
    /// The server takes no more; its answer is still awaited.
    failed: bool,
    answer: Option<(Answer, RecvStream)>,
    interim: Vec<u16>,
    read: Vec<u8>,
    ended: bool,
    pub(super) first_byte: Option<Instant>,
    limits: &'l Limits,
}

impl<'l> Run<'l> {
    pub(super) fn new(
        response: ResponseFuture,
        stream: SendStream<Bytes>,
        body: Bytes,
        limits: &'l Limits,
    ) -> Self {
        Self {
            response,
            stream,
            sent: body.is_empty().then(Instant::now),
            body,
            failed: false,
            answer: None,
            interim: Vec::new(),
            read: Vec::new(),
            ended: false,
            first_byte: None,
            limits,
        }
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>, timer: Pin<&mut Sleep>) -> Poll<Stop> {
        self.write(cx);
        match self.read(cx) {
            Poll::Ready(Ok(())) => Poll::Ready(Stop::Done),
            Poll::Ready(Err(error)) => Poll::Ready(Stop::Failed(error)),
            Poll::Pending => timer.poll(cx).map(|()| Stop::TimedOut),
        }
    }

    /// Writes on once the whole answer is there.
    pub(super) fn finish(&mut self, cx: &mut Context<'_>, timer: Pin<&mut Sleep>) -> Poll<()> {
        self.write(cx);
        if self.sent.is_some() || self.failed { Poll::Ready(()) } else { timer.poll(cx) }
    }

    /// Hands over as much of the body as the windows allow. A failure is no end: the server may
    /// have answered and closed its side.
    fn write(&mut self, cx: &mut Context<'_>) {
        while self.sent.is_none() && !self.failed {
            self.stream.reserve_capacity(self.body.len().min(PIECE));
            let capacity = match self.stream.capacity() {
                0 => match self.stream.poll_capacity(cx) {
                    Poll::Pending => return,
                    Poll::Ready(Some(Ok(capacity))) => capacity,
                    Poll::Ready(_) => 0,
                },
                capacity => capacity,
            };
            let piece = self.body.slice(..capacity.min(self.body.len()));
            let last = piece.len() == self.body.len();
            let taken = piece.len();
            if taken == 0 || self.stream.send_data(piece, last).is_err() {
                self.failed = true;
                return;
            }
            self.body = self.body.slice(taken..);
            self.sent = last.then(Instant::now);
        }
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), h2::Error>> {
        if self.answer.is_none() {
            while let Poll::Ready(Some(Ok(interim))) = self.response.poll_informational(cx) {
                self.first_byte.get_or_insert_with(Instant::now);
                if self.interim.len() < self.limits.answer.interim {
                    self.interim.push(interim.status().as_u16());
                }
            }
            let response = match Pin::new(&mut self.response).poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(response) => response?,
            };
            self.first_byte.get_or_insert_with(Instant::now);
            let (parts, body) = response.into_parts();
            let answer = Answer {
                status: parts.status.as_u16(),
                headers: fields(&parts.headers),
                interim: std::mem::take(&mut self.interim),
                early: self.sent.is_none(),
                ..Answer::default()
            };
            self.answer = Some((answer, body));
        }
        let Some((answer, body)) = &mut self.answer else { return Poll::Pending };
        while !self.ended {
            match body.poll_data(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => self.ended = true,
                Poll::Ready(Some(data)) => {
                    let data = data?;
                    body.flow_control().release_capacity(data.len())?;
                    let room = self.limits.answer.body - self.read.len();
                    self.read.extend_from_slice(&data[..data.len().min(room)]);
                    if data.len() > room {
                        answer.ending = Ending::TooLarge;
                        return Poll::Ready(Ok(()));
                    }
                }
            }
        }
        match body.poll_trailers(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(trailers) => {
                answer.trailers = trailers?.as_ref().map(fields).unwrap_or_default();
                Poll::Ready(Ok(()))
            }
        }
    }

    pub(super) fn outcome(
        &mut self,
        stop: Stop,
        failed: impl Fn(&h2::Error) -> Outcome,
    ) -> Outcome {
        let Some((mut answer, _)) = self.answer.take() else {
            return match stop {
                Stop::Failed(error) => match failed(&error) {
                    Outcome::Dropped { received, reset, code, .. } => {
                        let interim = std::mem::take(&mut self.interim);
                        Outcome::Dropped { received, interim, reset, code }
                    }
                    other => other,
                },
                Stop::Done | Stop::TimedOut => Outcome::TimedOut { received: Bytes::new() },
            };
        };
        answer.body = Bytes::from(std::mem::take(&mut self.read));
        match stop {
            Stop::Done => {}
            Stop::TimedOut => answer.ending = Ending::TimedOut,
            Stop::Failed(error) => {
                answer.ending = if error.is_remote() || error.is_io() {
                    Ending::Truncated
                } else {
                    Ending::Broken(error.to_string())
                };
            }
        }
        if answer.headers.len() > self.limits.answer.fields {
            let most = self.limits.answer.fields;
            let reason = format!("it has more than {most} header fields");
            return Outcome::Garbage { received: Bytes::new(), reason };
        }
        Outcome::Answered(answer)
    }
}

fn fields(map: &HeaderMap) -> Vec<Header> {
    map.iter()
        .map(|(name, value)| Header {
            name: name.as_str().to_owned(),
            value: Bytes::copy_from_slice(value.as_bytes()),
        })
        .collect()
}
