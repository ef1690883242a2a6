//! A tolerant, incremental reader of HTTP/1.1 answers.
//!
//! Fed with whatever came, in any pieces; the pieces never change the result. It accepts what
//! clients in the field accept (bare line feeds, folded fields, blanks before a colon, chunk
//! extensions) and tells apart what they do not.

use bytes::Bytes;

use super::Limits;
use super::framing::{self, Framing};
use crate::case::{Answer, Ending, Outcome};

/// Octets of evidence that are kept where there is no answer, and of surplus after one.
const KEPT: usize = 64 << 10;
/// Octets in the line of a chunk size, extensions included.
const CHUNK_LINE: usize = 8 << 10;

/// Octets of empty lines before a head.
const BLANK: usize = 64;

/// How far an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// No whole final head yet.
    Head,
    /// The final head is there, the body goes on.
    Body,
    /// Nothing more is needed.
    Done,
}

/// How the connection came to its end before the reader was done (or after: then it is ignored).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// FIN, or the TLS close alert.
    Closed,
    /// RST, or another failure to read.
    Reset,
    /// The time allowed was over.
    TimedOut,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The answer or the lack of one; [`Answer::early`] is left to the transport, content coding is
    /// not removed.
    pub outcome: Outcome,
    /// Whether another request may follow on the connection (RFC 9112, section 9.3).
    pub reusable: bool,
    /// Octets that came after the end of a complete answer, capped.
    pub surplus: Bytes,
}

/// Reads one answer.
#[derive(Clone, Debug)]
pub struct Decoder {
    limits: Limits,
    method: Method,
    state: State,
    /// The head, chunk size line or trailers so far.
    buffer: Vec<u8>,
    /// Octets of `buffer` known to hold no end of the head or trailers.
    scanned: usize,
    answer: Answer,
    /// The heads of interim answers, capped: all that came where no final one does.
    interim: Vec<u8>,
    body: Vec<u8>,
    persistent: bool,
    surplus: Vec<u8>,
}

/// What matters of the request's method (RFC 9112, section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Head,
    Connect,
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Head,
    Length(u64),
    UntilClose,
    ChunkSize,
    Chunk(u64),
    ChunkEnd,
    Trailers,
    /// The answer is whole, or its body can be read no further.
    Done,
    Garbage(String),
}

impl Decoder {
    /// A reader for the answer to a request of this method.
    pub fn new(method: &str, limits: Limits) -> Self {
        Self {
            limits,
            method: match method {
                "HEAD" => Method::Head,
                "CONNECT" => Method::Connect,
                _ => Method::Other,
            },
            state: State::Head,
            buffer: Vec::new(),
            scanned: 0,
            answer: Answer::default(),
            interim: Vec::new(),
            body: Vec::new(),
            persistent: false,
            surplus: Vec::new(),
        }
    }

    /// Takes the next octets.
    pub fn feed(&mut self, mut octets: &[u8]) -> Progress {
        while !octets.is_empty() {
            octets = self.step(octets);
        }
        self.progress()
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        match self.state {
            State::Head => Progress::Head,
            State::Done | State::Garbage(_) => Progress::Done,
            _ => Progress::Body,
        }
    }

    /// Interim answers so far, for one who waits for `100 Continue`.
    pub fn interim(&self) -> &[u16] {
        &self.answer.interim
    }

    /// The end of it.
    pub fn end(mut self, how: End) -> Ended {
        let surplus = Bytes::from(self.surplus);
        let outcome = match self.state {
            State::Garbage(reason) => Outcome::Garbage { received: capped(self.buffer), reason },
            State::Head => {
                self.interim.append(&mut self.buffer);
                let received = capped(self.interim);
                let interim = self.answer.interim;
                return Ended {
                    outcome: match how {
                        End::TimedOut => Outcome::TimedOut { received },
                        End::Closed | End::Reset => {
                            let reset = how == End::Reset;
                            Outcome::Dropped { received, interim, reset, code: None }
                        }
                    },
                    reusable: false,
                    surplus,
                };
            }
            ref state => {
                if *state != State::Done {
                    self.persistent = false;
                    self.answer.ending = match (state, how) {
                        (State::UntilClose, End::Closed) => Ending::Complete,
                        (_, End::TimedOut) => Ending::TimedOut,
                        (_, End::Closed | End::Reset) => Ending::Truncated,
                    };
                }
                self.answer.body = Bytes::from(self.body);
                Outcome::Answered(self.answer)
            }
        };
        let whole = matches!(&outcome, Outcome::Answered(a) if a.ending == Ending::Complete);
        Ended { reusable: whole && self.persistent && surplus.is_empty(), outcome, surplus }
    }

    /// Takes some octets, gives those that are left.
    fn step<'o>(&mut self, octets: &'o [u8]) -> &'o [u8] {
        match self.state {
            State::Head => self.head(octets),
            State::Length(left) => {
                let (taken, rest) = split(octets, left);
                self.body(taken);
                let left = left - taken.len() as u64;
                self.advance(if left == 0 { State::Done } else { State::Length(left) });
                rest
            }
            State::UntilClose => {
                self.body(octets);
                &[]
            }
            State::ChunkSize => self.chunk_size(octets),
            State::Chunk(left) => {
                let (taken, rest) = split(octets, left);
                self.body(taken);
                let left = left - taken.len() as u64;
                self.advance(if left == 0 { State::ChunkEnd } else { State::Chunk(left) });
                rest
            }
            State::ChunkEnd => {
                match octets {
                    [b'\r', ..] if self.buffer.is_empty() => self.buffer.push(b'\r'),
                    [b'\n', ..] => {
                        self.buffer.clear();
                        self.state = State::ChunkSize;
                    }
                    _ => self.broken("no line end after a chunk".to_owned()),
                }
                if self.state == State::Done { octets } else { &octets[1..] }
            }
            State::Trailers => self.trailers(octets),
            // What follows a body that could not be read to its end belongs to that body.
            State::Done if self.answer.ending != Ending::Complete => &[],
            State::Done => {
                let room = KEPT - self.surplus.len().min(KEPT);
                self.surplus.extend(octets.iter().take(room));
                &[]
            }
            State::Garbage(_) => {
                let room = KEPT - self.buffer.len().min(KEPT);
                self.buffer.extend(octets.iter().take(room));
                &[]
            }
        }
    }

    /// Goes on, unless the body has just become too large.
    fn advance(&mut self, next: State) {
        if self.state != State::Done {
            self.state = next;
        }
    }

    fn body(&mut self, octets: &[u8]) {
        let room = self.limits.body - self.body.len();
        self.body.extend_from_slice(&octets[..octets.len().min(room)]);
        if octets.len() > room {
            self.answer.ending = Ending::TooLarge;
            self.state = State::Done;
        }
    }

    fn broken(&mut self, how: String) {
        self.answer.ending = Ending::Broken(how);
        self.state = State::Done;
    }

    fn garbage(&mut self, reason: impl Into<String>) {
        self.state = State::Garbage(reason.into());
    }

    fn head<'o>(&mut self, octets: &'o [u8]) -> &'o [u8] {
        let held = self.buffer.len();
        self.buffer.extend_from_slice(octets);
        let blank = self.buffer.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        if blank > BLANK {
            self.garbage("it begins with nothing but empty lines");
            return &[];
        }
        let begun = &self.buffer[blank..];
        let expected = b"HTTP/1.";
        let compared = begun.len().min(expected.len());
        if begun[..compared] != expected[..compared] {
            self.garbage("it does not begin with `HTTP/1.`");
            return &[];
        }
        let from = self.scanned.max(blank);
        let Some(length) = framing::end_of_fields(&self.buffer, from) else {
            self.scanned = self.buffer.len().saturating_sub(2);
            if self.buffer.len() > self.limits.head {
                self.garbage(format!("its head is longer than {} octets", self.limits.head));
            }
            return &[];
        };
        if length > self.limits.head {
            self.garbage(format!("its head is longer than {} octets", self.limits.head));
            return &[];
        }
        let whole = Bytes::copy_from_slice(&self.buffer[..length]);
        match framing::head(&whole, self.limits.fields) {
            Ok(head) => {
                if is_interim(head.status) {
                    let room = KEPT - self.interim.len().min(KEPT);
                    self.interim.extend_from_slice(&self.buffer[..length.min(room)]);
                }
                self.buffer.clear();
                self.scanned = 0;
                self.begin(head);
                &octets[length - held..]
            }
            Err(reason) => {
                self.garbage(reason);
                &[]
            }
        }
    }

    fn begin(&mut self, head: framing::Head) {
        if is_interim(head.status) {
            self.answer.interim.push(head.status);
            if self.answer.interim.len() > self.limits.interim {
                self.garbage(format!("more than {} interim answers", self.limits.interim));
            }
            return;
        }
        let bodiless = self.method == Method::Head
            || matches!(head.status, 101 | 204 | 304)
            || self.method == Method::Connect && (200..300).contains(&head.status);
        let framing = if bodiless { Ok(Framing::Length(0)) } else { head.framing() };
        self.persistent = head.persistent() && head.status != 101;
        self.answer.status = head.status;
        self.answer.headers = head.headers;
        self.state = State::UntilClose;
        match framing {
            Ok(Framing::Length(0)) => self.state = State::Done,
            Ok(Framing::Length(length)) => self.state = State::Length(length),
            Ok(Framing::Chunked) => self.state = State::ChunkSize,
            Ok(Framing::UntilClose) => self.persistent = false,
            Err(flaw) => self.broken(flaw),
        }
    }

    fn chunk_size<'o>(&mut self, octets: &'o [u8]) -> &'o [u8] {
        let Some(line) = octets.iter().position(|octet| *octet == b'\n') else {
            self.buffer.extend_from_slice(octets);
            if self.buffer.len() > CHUNK_LINE {
                self.broken(format!("a chunk size line is longer than {CHUNK_LINE} octets"));
            }
            return &[];
        };
        self.buffer.extend_from_slice(&octets[..line]);
        let read = if self.buffer.len() > CHUNK_LINE {
            Err(format!("a chunk size line is longer than {CHUNK_LINE} octets"))
        } else {
            framing::chunk_size(&self.buffer)
        };
        self.buffer.clear();
        match read {
            Ok(0) => self.state = State::Trailers,
            Ok(size) => self.state = State::Chunk(size),
            Err(flaw) => self.broken(flaw),
        }
        &octets[line + 1..]
    }

    fn trailers<'o>(&mut self, octets: &'o [u8]) -> &'o [u8] {
        let held = self.buffer.len();
        self.buffer.extend_from_slice(octets);
        let length = match self.buffer[..] {
            [b'\n', ..] => Some(1),
            [b'\r', b'\n', ..] => Some(2),
            _ => framing::end_of_fields(&self.buffer, self.scanned),
        };
        let too_long = length.unwrap_or(self.buffer.len()) > self.limits.head;
        if too_long {
            self.broken(format!("its trailers are longer than {} octets", self.limits.head));
            return &[];
        }
        let Some(length) = length else {
            self.scanned = self.buffer.len().saturating_sub(2);
            return &[];
        };
        let whole = Bytes::copy_from_slice(&self.buffer[..length]);
        match framing::fields(&whole, self.limits.fields) {
            Ok(trailers) => {
                self.answer.trailers = trailers;
                self.state = State::Done;
            }
            Err(flaw) => self.broken(format!("its trailers are broken: {flaw}")),
        }
        self.buffer.clear();
        &octets[length - held..]
    }
}

/// Whether a final answer is to follow. 101 ends HTTP on the connection, so it is final itself
/// (RFC 9110, section 15.2.2).
fn is_interim(status: u16) -> bool {
    (100..200).contains(&status) && status != 101
}

/// The first `length` octets, and the rest.
fn split(octets: &[u8], length: u64) -> (&[u8], &[u8]) {
    octets.split_at(usize::try_from(length).map_or(octets.len(), |length| length.min(octets.len())))
}

fn capped(mut octets: Vec<u8>) -> Bytes {
    octets.truncate(KEPT);
    octets.into()
}
