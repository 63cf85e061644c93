//! Request bodies, with a flag that tells whether a body was read to its end.

use axum::body::{Body, Bytes};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

/// A flag that is set when the body of a request was read to its end.
#[derive(Clone, Debug)]
pub(super) struct BodyEnd(Option<Arc<AtomicBool>>);

impl BodyEnd {
    /// Returns whether the whole body was read. If it was not when the response is sent, the connection cannot be
    /// reused: the rest of the body would be parsed as the next request.
    pub(super) fn is_reached(&self) -> bool {
        let is_read = self.0.as_ref();
        is_read.is_none_or(|is_read| is_read.load(Ordering::Relaxed))
    }
}

/// Returns the body for the router, and the flag for its end. Most requests have no body.
pub(super) fn watch(body: Incoming) -> (Body, BodyEnd) {
    if body.is_end_stream() {
        return (Body::empty(), BodyEnd(None));
    }
    let is_read = Arc::new(AtomicBool::new(false));
    let end = BodyEnd(Some(Arc::clone(&is_read)));
    (Body::new(Watched { body, is_read }), end)
}

struct Watched {
    body: Incoming,
    is_read: Arc<AtomicBool>,
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.is_read.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
