//! The body of a request, and whether it was read to its end.

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

/// Says whether the body of a request was read to its end.
#[derive(Clone, Debug)]
pub(super) struct BodyEnd(Option<Arc<AtomicBool>>);

impl BodyEnd {
    /// Whether the whole body was read. If it was not when the request is answered, the connection cannot be used for
    /// another request: what is left of the body would be taken for it.
    pub(super) fn is_reached(&self) -> bool {
        let is_read = self.0.as_ref();
        is_read.is_none_or(|is_read| is_read.load(Ordering::Relaxed))
    }
}

/// The body for the router, and how to learn whether it was read to its end. Most requests have no body.
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
