//! A body that comes in pieces, each after a while: chunked answers and event streams.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame};
use tokio::time::Sleep;

/// Pieces, each with the time before it.
#[derive(Debug)]
pub(crate) struct Paced {
    pieces: VecDeque<(Duration, String)>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Paced {
    /// A body of these.
    pub(crate) fn body(pieces: impl IntoIterator<Item = (Duration, String)>) -> axum::body::Body {
        axum::body::Body::new(Self { pieces: pieces.into_iter().collect(), pause: None })
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some((wait, _)) = self.pieces.front() else { return Poll::Ready(None) };
        if !wait.is_zero() {
            let wait = *wait;
            let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(wait)));
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        let piece = self.pieces.pop_front().map(|(_, piece)| Ok(Frame::data(piece.into())));
        Poll::Ready(piece)
    }
}
