//! The requests of an HTTP/2 connection: each runs in a task of its own, which ends if its client stops reading.
//!
//! A client can stop reading one response and go on with the others. The socket then takes what is written, and hyper
//! does not poll the body of that response, which could not notice it. So its task does, and h2 resets the stream when
//! the task drops it.

use super::idle::OpenRequest;
use axum::body::{Body, Bytes};
use hyper::{
    body::{Body as _, Frame, SizeHint},
    rt::Executor,
};
use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep_until};

/// Length of the pieces in which a response is sent, in bytes. The client must read one within the time limit.
pub(super) const PIECE: usize = 16 * 1024;

tokio::task_local! {
    /// The reader of the response to the request that runs in this task.
    static READER: Reader;
}

/// Runs each request until its response was sent, or its client has read nothing of it for `write`.
#[derive(Clone, Debug)]
pub(super) struct Requests {
    /// How long a client may take to read a piece of a response.
    pub write: Duration,
}

impl<F> Executor<F> for Requests
where
    F: Future + Send + 'static,
{
    fn execute(&self, request: F) {
        let (reader, limit) = (Reader::default(), self.write);
        let run = READER.scope(reader.clone(), async move {
            tokio::select! {
                // In this order: the reader is looked at after each step of the request.
                biased;
                _ = request => {}
                () = reader.stalls(limit) => {}
            }
        });
        tokio::spawn(run);
    }
}

/// Since when the client has left a piece of the response unread; `None` while the response has nothing to send.
#[derive(Clone, Debug, Default)]
struct Reader(Arc<Mutex<Option<Instant>>>);

impl Reader {
    fn waits_since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resolves when the client has read nothing for this long. Must be polled after each step of the request.
    async fn stalls(&self, limit: Duration) {
        let mut timer: Option<(Instant, Pin<Box<Sleep>>)> = None;
        poll_fn(|context| {
            let Some(since) = *self.waits_since() else {
                timer = None;
                return Poll::Pending;
            };
            let end = since + limit;
            let (until, sleep) = timer.get_or_insert_with(|| (end, Box::pin(sleep_until(end))));
            if *until != end {
                *until = end;
                sleep.as_mut().reset(end);
            }
            sleep.as_mut().poll(context)
        })
        .await;
    }
}

/// Returns the body of a response that is sent piece by piece. It holds the request open until it was sent, or the client
/// has cancelled it.
pub(super) fn watch(body: Body, mut open: OpenRequest) -> Body {
    if body.is_end_stream() {
        open.complete();
        return body;
    }
    let reader = READER.try_with(Reader::clone).unwrap_or_default();
    Body::new(Watched {
        body,
        rest: Bytes::new(),
        reader,
        open,
    })
}

struct Watched {
    body: Body,
    /// What is left of a frame.
    rest: Bytes,
    reader: Reader,
    open: OpenRequest,
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        *self.reader.waits_since() = None;
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                end => {
                    self.open.complete();
                    return Poll::Ready(end);
                }
            }
        }
        let length = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(length);
        if self.is_end_stream() {
            self.open.complete();
        }
        *self.reader.waits_since() = Some(Instant::now());
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let rest = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint.set_lower(hint.lower().saturating_add(rest));
        hint
    }
}
