//! One connection: requests by hyper and axum, until one of them opens a stream.

use super::{
    follow::{StreamHead, follow},
    limits::Place,
    socket::Socket,
    stop::Stop,
};
use crate::web::stream::OpenedFeed;
use axum::{Router, body::Body, http::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    convert::Infallible,
    future::{pending, poll_fn},
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    task::Poll,
    time::Duration,
};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

/// For the head of a request, its first byte included; an idle connection lives no longer either.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes that hyper holds for one connection in each direction, about; heads of some 100 KB still pass.
const BUFFER_BYTES: usize = 64 * 1024;

/// A stream that a request has opened, on its way to the task that will carry it.
type Opened = Arc<Mutex<Option<StreamHead>>>;

/// Serves a connection until it ends, or hands it over to a stream.
pub(super) async fn serve(socket: TcpStream, router: Router, place: Place, stop: Stop) {
    let opened = Opened::default();
    let service = service_fn({
        let opened = Arc::clone(&opened);
        move |request| Box::pin(answer(router.clone(), request, Arc::clone(&opened)))
    });
    let socket = Socket::new(socket);
    let write_waits = socket.write_waits();
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(BUFFER_BYTES)
        .serve_connection(TokioIo::new(socket), service);
    let mut stopping = pin!(stop.soft.cancelled());
    let mut stops = false;
    let taken = poll_fn(|context| {
        if !stops && stopping.as_mut().poll(context).is_ready() {
            stops = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        let served = connection.poll_without_shutdown(context);
        // A client that sends requests without awaiting answers may have an earlier answer under way.
        let head = (!write_waits.load(Ordering::Relaxed))
            .then(|| lock(&opened).take())
            .flatten();
        head.map_or_else(|| served.map(|_| None), |head| Poll::Ready(Some(head)))
    });
    let taken = tokio::select! {
        taken = taken => taken,
        () = stop.hard.cancelled() => return,
    };
    let socket = connection.into_parts().io.into_inner();
    match taken {
        Some(head) => {
            stop.tasks
                .spawn(follow(socket.into_stream(), head, place, stop.hard.clone()));
        }
        None => end(socket.into_stream()).await,
    }
}

/// Says goodbye properly, so that the last answer is not lost to a reset.
async fn end(mut socket: TcpStream) {
    let _ = tokio::io::AsyncWriteExt::shutdown(&mut socket).await;
}

/// Answers a request. One that opens a stream is never answered here: its answer is left for the task that
/// takes the connection over.
async fn answer(
    router: Router,
    request: Request<Incoming>,
    opened: Opened,
) -> Result<Response, Infallible> {
    let version = request.version();
    let mut response = router.oneshot(request.map(Body::new)).await?;
    let feed = response
        .extensions_mut()
        .remove::<OpenedFeed>()
        .and_then(|feed| feed.take());
    let Some(feed) = feed else {
        return Ok(response);
    };
    let (parts, _) = response.into_parts();
    *lock(&opened) = Some(StreamHead {
        parts,
        version,
        feed,
    });
    pending().await
}

fn lock(opened: &Opened) -> MutexGuard<'_, Option<StreamHead>> {
    opened.lock().unwrap_or_else(PoisonError::into_inner)
}
