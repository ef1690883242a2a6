//! Calls whose timing is bent: the usual call, with one bend at a time.

use std::sync::Arc;
use std::time::Duration;

use super::planned::Planned;
use crate::case::{Call, Perturbation, Position};
use crate::wire::danger;
use crate::wire::deviation::Danger;

/// A silence that any server should bear.
const SILENCE: Duration = Duration::from_millis(500);

/// Pauses between the pieces of a request or an answer.
const GAP: Duration = Duration::from_millis(2);

/// Octets of a piece of an answer: few, and not so few that an answer takes for ever.
const PIECE: u32 = 512;

/// When a client goes away that has no patience.
const AWAY: [Duration; 2] = [Duration::ZERO, Duration::from_millis(20)];

/// The bends, each with what it is called; those in a body where there is one.
fn bends(has_body: bool) -> Vec<(&'static str, Perturbation)> {
    use Perturbation::{Cancel, Cut, HalfClose, Read, Reset, Slice, Stall};
    use Position::{BeforeLastByte, Body, Headers, ResponseFirstByte, Sent};
    let in_body = [
        ("stalled body", Stall { at: Body(1), pause: SILENCE }),
        ("cut in the body", Cut(Body(1))),
        ("cut before its last byte", Cut(BeforeLastByte)),
        ("reset in the body", Reset(Body(1))),
        ("reset after the head", Reset(Headers)),
    ];
    let anywhere = [
        ("stalled before its last byte", Stall { at: BeforeLastByte, pause: SILENCE }),
        ("sent in pieces", Slice { size: 16, gap: GAP }),
        ("reset once sent", Reset(Sent)),
        ("reset at the first byte of the answer", Reset(ResponseFirstByte)),
        ("half closed once sent", HalfClose(Sent)),
        ("read in pieces", Read { size: PIECE, gap: GAP }),
    ];
    let away = AWAY.map(|after| ("given up", Cancel(after)));
    let in_body = in_body.into_iter().filter(|_| has_body);
    in_body.chain(anywhere).chain(away).collect()
}

/// Calls whose timing is bent, each with where it may be sent.
pub(super) fn planned(base: &Arc<Call>) -> Vec<Planned> {
    let bent = |(class, bend)| {
        let perturb = vec![bend];
        let call = Call { perturb: perturb.clone(), ..Call::default() };
        let danger = danger::of_call(&call).map(|(_, danger)| danger).max();
        Planned::bent(base, class, perturb, danger.unwrap_or(Danger::Safe))
    };
    bends(base.body.is_some()).into_iter().map(bent).collect()
}
