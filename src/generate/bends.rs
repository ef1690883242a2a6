//! Calls whose timing is bent: the usual call, with one bend at a time.

use std::sync::Arc;
use std::time::Duration;

use super::planned::Planned;
use crate::case::{Call, Deviation, Perturbation, Position};
use crate::value::Value;
use crate::wire::danger;
use crate::wire::deviation::Danger;
use crate::wire::grpc;

/// A silence that any server should bear.
const SILENCE: Duration = Duration::from_millis(500);

/// Pauses between the pieces of a request or an answer.
const GAP: Duration = Duration::from_millis(2);

/// Octets of a piece of an answer: few, and not so few that an answer takes for ever.
const PIECE: u32 = 512;

/// When a client goes away that has no patience.
const AWAY: [Duration; 2] = [Duration::ZERO, Duration::from_millis(20)];

/// Octets of a chunk that is cut in its middle.
const CHUNK: i64 = 1_000_000;

/// One way to send a call.
struct Bent {
    class: &'static str,
    perturb: Vec<Perturbation>,
    deviation: Option<Deviation>,
}

impl Bent {
    fn new(class: &'static str, perturb: impl Into<Vec<Perturbation>>) -> Self {
        Self { class, perturb: perturb.into(), deviation: None }
    }

    /// The same for a call that is written in another way, by a rule with one parameter.
    fn written(self, rule: &str, parameter: &str, value: Value) -> Self {
        let with = vec![(parameter.to_owned(), value)];
        Self { deviation: Some(Deviation { with, ..Deviation::wire(rule) }), ..self }
    }
}

/// The ways, those in a body where there is one.
fn bends(has_body: bool) -> Vec<Bent> {
    use Perturbation::{Cancel, Cut, HalfClose, Read, Reset, Slice, Stall};
    use Position::{BeforeLastByte, Body, Headers, ResponseFirstByte, Sent};
    let silence = |at| Stall { at, pause: SILENCE };
    let in_body =
        || {
            [
                Bent::new("stalled after the head", [silence(Headers)]),
                Bent::new("stalled body", [silence(Body(1))]),
                Bent::new("cut in the body", [Cut(Body(1))]),
                Bent::new("cut before its last byte", [Cut(BeforeLastByte)]),
                Bent::new("reset in the body", [Reset(Body(1))]),
                Bent::new("reset after the head", [Reset(Headers)]),
                Bent::new("cut in a chunk", [Cut(Body(1))]).written(
                    "chunked",
                    "size",
                    Value::int(CHUNK),
                ),
                Bent::new("expects to go on, and does not", [silence(Headers), Cut(Headers)])
                    .written("expect", "value", Value::text("100-continue")),
            ]
        };
    let anywhere = [
        Bent::new("stalled before its last byte", [silence(BeforeLastByte)]),
        Bent::new("sent in pieces", [Slice { size: 16, gap: GAP }]),
        Bent::new("reset once sent", [Reset(Sent)]),
        Bent::new("reset at the first byte of the answer", [Reset(ResponseFirstByte)]),
        Bent::new("half closed once sent", [HalfClose(Sent)]),
        Bent::new("read in pieces", [Read { size: PIECE, gap: GAP }]),
    ];
    let away = AWAY.map(|after| Bent::new("given up", [Cancel(after)]));
    let in_body = has_body.then(in_body).into_iter().flatten();
    in_body.chain(anywhere).chain(away).collect()
}

/// Calls whose timing is bent, each with where it may be sent.
pub(super) fn planned(base: &Arc<Call>) -> Vec<Planned> {
    let bent = |Bent { class, perturb, deviation }| {
        let deviations = deviation.iter().cloned().collect();
        let call = Call { perturb, deviations, body: base.body.clone(), ..Call::default() };
        let danger = danger::of_call(&call).map(|(_, danger)| danger).max();
        Planned::bent(base, class, call.perturb, deviation, danger.unwrap_or(Danger::Safe))
    };
    // Framings of HTTP/1.1 are nothing to gRPC.
    let is_rpc = grpc::is_method(&base.operation);
    let bends = bends(base.body.is_some()).into_iter();
    // Messages are often shorter than a piece.
    let slow = Perturbation::Slice { size: 1, gap: GAP };
    let bends = bends.chain(is_rpc.then(|| Bent::new("sent octet by octet", [slow])));
    bends.filter(|own| !is_rpc || own.deviation.is_none()).map(bent).collect()
}
