//! Cases from octets, for fuzz targets and property tests.
//!
//! Every case is well-formed: ids stand once, references name calls whose answers have come before,
//! groups have two to eight calls, a call repeats one of its own group, connections are declared. So
//! its file can be read back. What it sends makes no sense to any service.

use std::time::Duration;

use arbitrary::{Arbitrary, Result, Unstructured};

use super::{
    Auth, Body, Call, Case, Connection, Deviation, Label, Message, Perturbation, Position, Release,
    Saw, Step, Together, Want,
};
use crate::value::{Fresh, Pointer, Reference, Source, Symbol, Text, Value, arbitrary as values};

/// Deepest nesting of a value in an arbitrary case.
const DEPTH: usize = 3;

impl<'a> Arbitrary<'a> for Case {
    /// A well-formed case of one to four steps.
    ///
    /// ```
    /// use arbitrary::{Arbitrary, Unstructured};
    /// use phi_fuzz::case::{Case, Step};
    ///
    /// let octets: Vec<u8> = (0..=255).cycle().take(4096).collect();
    /// let case = Case::arbitrary(&mut Unstructured::new(&octets))?;
    ///
    /// assert!((1..=4).contains(&case.steps.len()));
    /// for step in &case.steps {
    ///     if let Step::Together(group) = step {
    ///         assert!((2..=8).contains(&group.calls.len()));
    ///     }
    /// }
    /// # Ok::<(), arbitrary::Error>(())
    /// ```
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut connections = Vec::new();
        for name in ["c1", "c 2"] {
            if u.ratio(1u8, 4u8)? {
                let http = u.arbitrary::<bool>()?.then_some(u.int_in_range(1..=2)?);
                let initial_window = option(u, |u| u.int_in_range(0..=0x7FFF_FFFF))?;
                connections.push((name.to_owned(), Connection { http, initial_window }));
            }
        }
        let count = u.int_in_range(1..=4usize)?;
        let names = connections.iter().map(|(name, _)| name.clone()).collect();
        let steps = (1..=count).map(|n| format!("s{n}")).collect();
        let mut maker = Maker { earlier: Vec::new(), steps, connections: names };
        let steps = (0..count).map(|index| maker.step(u, index)).collect::<Result<_>>()?;
        Ok(Self { service: word(u)?, connections, steps })
    }
}

/// What the parts of a case may name.
struct Maker {
    /// Calls whose answers have come.
    earlier: Vec<String>,
    /// All steps.
    steps: Vec<String>,
    connections: Vec<String>,
}

impl Maker {
    fn step(&mut self, u: &mut Unstructured<'_>, index: usize) -> Result<Step> {
        let id = self.steps[index].clone();
        if !u.ratio(1u8, 4u8)? {
            let call = self.call(u, id, index)?;
            self.earlier.push(call.id.clone());
            return Ok(Step::Call(call));
        }
        let mut calls: Vec<Call> = Vec::new();
        for member in 0..u.int_in_range(2..=8usize)? {
            let member = format!("{id}.{member}");
            let originals: Vec<&Call> = calls.iter().filter(|call| call.same.is_none()).collect();
            let same = if originals.is_empty() || u.arbitrary()? {
                None
            } else {
                Some(u.choose(&originals)?.id.clone())
            };
            calls.push(match same {
                Some(same) => Call {
                    id: member,
                    same: Some(same),
                    skew: option(u, duration)?,
                    want: option(u, want)?,
                    saw: option(u, |u| self.saw(u))?,
                    ..Call::default()
                },
                None => Call { skew: option(u, duration)?, ..self.call(u, member, index)? },
            });
        }
        self.earlier.extend(calls.iter().map(|call| call.id.clone()));
        let release = *u.choose(&Release::ALL)?;
        Ok(Step::Together(Together { id, wait: option(u, duration)?, release, calls }))
    }

    fn call(&self, u: &mut Unstructured<'_>, id: String, step: usize) -> Result<Call> {
        let rpc = u.arbitrary::<bool>()?;
        let operations = if rpc {
            ["shop.v1.Orders/Create", "Echo/Chat"]
        } else {
            ["POST /orders/{id}", "GET /"]
        };
        let label = *u.choose(&Label::ALL)?;
        let count = u8::from(matches!(label, Label::Invalid | Label::Malformed));
        Ok(Call {
            id,
            same: None,
            wait: option(u, duration)?,
            operation: (*u.choose(&operations)?).to_owned(),
            service: option(u, word)?,
            label,
            auth: match u.int_in_range(0..=5u8)? {
                0 => Auth::None,
                1 => Auth::Invalid,
                2 => Auth::Identity("bob".to_owned()),
                _ => Auth::Default,
            },
            on: if self.connections.is_empty() {
                None
            } else {
                option(u, |u| u.choose(&self.connections).cloned())?
            },
            path: self.named(u, false)?,
            query: self.named(u, true)?,
            headers: self.named(u, true)?,
            cookies: self.named(u, false)?,
            body: option(u, |u| self.body(u, rpc))?,
            render: if u.ratio(1u8, 4u8)? {
                vec![("query/ids".to_owned(), word(u)?), ("json".to_owned(), word(u)?)]
            } else {
                Vec::new()
            },
            deviations: (0..count).map(|_| self.deviation(u)).collect::<Result<_>>()?,
            perturb: if u.ratio(1u8, 4u8)? {
                vec![self.perturbation(u, step)?, self.perturbation(u, step)?]
            } else {
                Vec::new()
            },
            skew: None,
            want: option(u, want)?,
            saw: option(u, |u| self.saw(u))?,
        })
    }

    fn named(&self, u: &mut Unstructured<'_>, repeat: bool) -> Result<Vec<(String, Value)>> {
        let mut list: Vec<(String, Value)> = Vec::new();
        for _ in 0..u.int_in_range(0..=2u8)? {
            let name = word(u)?;
            if repeat || list.iter().all(|(other, _)| *other != name) {
                list.push((name, self.value(u)?));
            }
        }
        Ok(list)
    }

    fn body(&self, u: &mut Unstructured<'_>, rpc: bool) -> Result<Body> {
        let kind = if rpc { u.int_in_range(6..=8)? } else { u.int_in_range(0..=5u8)? };
        Ok(match kind {
            0 => Body::Json(self.value(u)?),
            1 => Body::Form(self.value(u)?),
            2 => Body::Multipart(self.value(u)?),
            3 => Body::Xml(self.value(u)?),
            4 => Body::Text(self.value(u)?),
            5 => Body::Bytes(self.value(u)?),
            6 => Body::Proto(self.value(u)?),
            7 => Body::Wire(octets(u)?),
            _ => {
                let count = u.int_in_range(0..=4u8)?;
                Body::Messages((0..count).map(|_| self.message(u)).collect::<Result<_>>()?)
            }
        })
    }

    fn message(&self, u: &mut Unstructured<'_>) -> Result<Message> {
        Ok(match u.int_in_range(0..=5u8)? {
            0 => Message::Proto(self.value(u)?),
            1 => Message::Wire(octets(u)?),
            2 => Message::Wait(duration(u)?),
            3 => Message::Await(u.arbitrary()?),
            4 => Message::HalfClose,
            _ => Message::Cancel(u.arbitrary()?),
        })
    }

    fn deviation(&self, u: &mut Unstructured<'_>) -> Result<Deviation> {
        Ok(Deviation {
            rule: u.arbitrary()?,
            at: option(u, word)?,
            with: if u.arbitrary()? { vec![("by".to_owned(), self.value(u)?)] } else { Vec::new() },
        })
    }

    fn perturbation(&self, u: &mut Unstructured<'_>, step: usize) -> Result<Perturbation> {
        let others: Vec<&String> =
            self.steps.iter().enumerate().filter(|(i, _)| *i != step).map(|(_, id)| id).collect();
        Ok(match u.int_in_range(0..=7u8)? {
            0 => Perturbation::Stall { at: position(u)?, pause: duration(u)? },
            1 => Perturbation::Slice { size: u.int_in_range(1..=u32::MAX)?, gap: duration(u)? },
            2 => Perturbation::Cut(position(u)?),
            3 => Perturbation::Reset(position(u)?),
            4 => Perturbation::HalfClose(position(u)?),
            5 => Perturbation::Read { size: u.int_in_range(1..=u32::MAX)?, gap: duration(u)? },
            6 if !others.is_empty() => {
                Perturbation::Hold { at: position(u)?, until: (*u.choose(&others)?).clone() }
            }
            _ => Perturbation::Cancel(duration(u)?),
        })
    }

    fn saw(&self, u: &mut Unstructured<'_>) -> Result<Saw> {
        Ok(Saw {
            status: option(u, |u| u.int_in_range(100..=999))?,
            grpc_status: option(u, word)?,
            message: option(u, word)?,
            outcome: option(u, word)?,
            value: option(u, |u| self.value(u))?,
        })
    }

    /// A value in which symbols may stand.
    fn value(&self, u: &mut Unstructured<'_>) -> Result<Value> {
        values::value(u, DEPTH, &mut |u| {
            if u.ratio(1u8, 8u8)? { self.symbol(u).map(Some) } else { Ok(None) }
        })
    }

    fn symbol(&self, u: &mut Unstructured<'_>) -> Result<Value> {
        let symbol = match u.int_in_range(0..=5u8)? {
            0 if !self.earlier.is_empty() => Symbol::From(Reference {
                call: u.choose(&self.earlier)?.clone(),
                source: source(u)?,
                matching: option(u, word)?,
            }),
            1 => Symbol::Fresh(Fresh { name: word(u)?, like: option(u, Arbitrary::arbitrary)? }),
            2 => {
                let count = u.int_in_range(0..=2u8)?;
                Symbol::Join((0..count).map(|_| u.arbitrary()).collect::<Result<_>>()?)
            }
            3 => Symbol::Var(word(u)?),
            4 => Symbol::Secret(word(u)?),
            _ => Symbol::Now("+1d".to_owned()),
        };
        Ok(Value::Symbol(Box::new(symbol)))
    }
}

fn source(u: &mut Unstructured<'_>) -> Result<Source> {
    let pointer = |u: &mut Unstructured<'_>| -> Result<Pointer> {
        let tokens = ["id", "a/b~", "0", ""];
        let count = u.int_in_range(0..=2u8)?;
        (0..count).map(|_| u.choose(&tokens).map(|token| Text::from(*token))).collect()
    };
    Ok(match u.int_in_range(0..=4u8)? {
        0 => Source::Status,
        1 => Source::Header(word(u)?),
        2 => Source::Message(usize::from(u.arbitrary::<u8>()?), pointer(u)?),
        3 => Source::Trailer(word(u)?),
        _ => Source::Body(pointer(u)?),
    })
}

fn option<'a, T>(
    u: &mut Unstructured<'a>,
    make: impl FnOnce(&mut Unstructured<'a>) -> Result<T>,
) -> Result<Option<T>> {
    if u.ratio(1u8, 4u8)? { make(u).map(Some) } else { Ok(None) }
}

/// A name or short message.
fn word(u: &mut Unstructured<'_>) -> Result<String> {
    u.choose(&["a", "$from", "é 😀", "", "x/y", "\u{0}\u{202E}", "q\"\\"]).map(|w| (*w).to_owned())
}

fn octets(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let count = u.int_in_range(0..=4usize)?.min(u.len());
    u.bytes(count).map(<[u8]>::to_vec)
}

fn duration(u: &mut Unstructured<'_>) -> Result<Duration> {
    let units = [1, 1_000, 1_000_000, 1_000_000_000];
    Ok(Duration::from_nanos(u64::from(u.arbitrary::<u16>()?) * u.choose(&units)?))
}

fn position(u: &mut Unstructured<'_>) -> Result<Position> {
    Ok(match u.int_in_range(0..=6u8)? {
        0 => Position::Headers,
        1 => Position::Body(u.arbitrary()?),
        2 => Position::Message(u.arbitrary()?, u64::from(u.arbitrary::<u8>()?)),
        3 => Position::BeforeLastByte,
        4 => Position::Sent,
        5 => Position::ResponseFirstByte,
        _ => Position::Response(u.arbitrary()?),
    })
}

fn want(u: &mut Unstructured<'_>) -> Result<Want> {
    let status: Vec<String> = match u.int_in_range(0..=2u8)? {
        0 => Vec::new(),
        1 => vec![u.int_in_range(100..=999u16)?.to_string()],
        _ => vec!["404".to_owned(), "2XX".to_owned()],
    };
    Ok(Want { status, grpc_status: option(u, word)?.into_iter().collect() })
}
