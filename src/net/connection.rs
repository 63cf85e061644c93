//! One connection: hyper and axum answer its requests until one of them opens a stream.

use super::{
    follow::{StreamHead, follow},
    limits::ConnectionSlot,
    request_body::watch,
    site::Site,
    socket::Socket,
    stop::Stop,
};
use crate::web::stream::OpenedFeed;
use axum::{
    http::{HeaderValue, Request, header},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    convert::Infallible,
    future::{pending, poll_fn},
    net::IpAddr,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{sleep, timeout},
};

/// Time after which a connection with a slow first request no longer counts towards the limit on first requests.
pub(super) const ENTRY_MAX: Duration = Duration::from_millis(25);
/// Approximate size in bytes of hyper's buffer per connection and direction. A request with a longer head is answered
/// with 431. The limit is that of Node.js; most proxies reject longer heads, too.
pub(super) const BUFFER_BYTES: usize = 16 * 1024;
/// After the last response, a connection is closed once its client sends nothing for this long.
const LINGER_IDLE: Duration = Duration::from_secs(2);
/// Greatest duration for which a connection is kept open after the last response.
const LINGER_MAX: Duration = Duration::from_secs(30);
/// Greatest number of bytes that are discarded after the last response.
const LINGER_BYTES: usize = 8 * 1024 * 1024;

/// The state of the requests of a connection.
#[derive(Debug, Default)]
struct Progress {
    is_answered: AtomicBool,
    /// The stream opened by a request, for the task that takes over the connection.
    opened: Mutex<Option<StreamHead>>,
}

impl Progress {
    fn lock_opened(&self) -> MutexGuard<'_, Option<StreamHead>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves a connection until it ends, or until a stream takes it over.
pub(super) async fn serve(
    (socket, peer): (TcpStream, IpAddr),
    site: Arc<Site>,
    slot: ConnectionSlot,
    stop: Stop,
) {
    let limits = *slot.timeouts();
    let Some(permit) = enter(&socket, &slot, &stop).await else {
        return;
    };
    let mut entering = Some((permit, Box::pin(sleep(ENTRY_MAX))));
    let progress = Arc::<Progress>::default();
    let service = service_fn({
        let progress = Arc::clone(&progress);
        move |request| {
            Box::pin(answer(
                Arc::clone(&site),
                peer,
                request,
                Arc::clone(&progress),
            ))
        }
    });
    let socket = Socket::new(socket, limits.write);
    let is_write_pending = socket.is_write_pending();
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(BUFFER_BYTES)
        // A client may close its sending side after its request and still wait for the answer (RFC 9112, section 9.6).
        .half_close(true)
        .serve_connection(TokioIo::new(socket), service);
    let mut stopping = pin!(stop.soft.cancelled());
    let mut stops = false;
    let taken = poll_fn(|context| {
        if !stops && stopping.as_mut().poll(context).is_ready() {
            stops = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        let served = connection.poll_without_shutdown(context);
        entering.take_if(|(_, end)| {
            progress.is_answered.load(Ordering::Relaxed) || end.as_mut().poll(context).is_ready()
        });
        // If the client pipelined requests, an earlier answer may still be on its way.
        let head = (!is_write_pending.load(Ordering::Relaxed))
            .then(|| progress.lock_opened().take())
            .flatten();
        head.map_or_else(|| served.map(|_| None), |head| Poll::Ready(Some(head)))
    });
    let taken = tokio::select! {
        taken = taken => taken,
        () = stop.hard.cancelled() => return,
    };
    let socket = connection.into_parts().io.into_inner().into_stream();
    match taken {
        Some(head) => drop(
            stop.tasks
                .spawn(follow(socket, head, slot, stop.hard.clone())),
        ),
        // Boxed, since most of a connection's life does not need its buffer.
        None => Box::pin(close(socket, &stop)).await,
    }
}

/// Waits for the first byte of a request, and until few enough connections are at their first request. `None` if
/// nothing comes in time, or the server stops.
pub(super) async fn enter(
    socket: &TcpStream,
    slot: &ConnectionSlot,
    stop: &Stop,
) -> Option<OwnedSemaphorePermit> {
    let entered = async {
        timeout(slot.timeouts().head, socket.readable())
            .await
            .ok()?
            .ok()?;
        slot.enter().await
    };
    tokio::select! {
        entered = entered => entered,
        () = stop.soft.cancelled() => None,
    }
}

/// Closes a connection in two steps (RFC 9112, section 9.6). A request may have been answered before its body was
/// read; closing at once would reset the connection, and the reset can destroy the answer before it is read.
async fn close(mut socket: TcpStream, stop: &Stop) {
    if socket.shutdown().await.is_err() {
        return;
    }
    tokio::select! {
        _ = timeout(LINGER_MAX, discard(&mut socket)) => {}
        () = stop.soft.cancelled() => {}
    }
}

/// Reads and discards what the client still sends, until it closes its side, pauses or exceeds [`LINGER_BYTES`].
async fn discard(socket: &mut TcpStream) {
    let mut buffer = [0; 4096];
    let mut total = 0;
    while let Ok(Ok(length @ 1..)) = timeout(LINGER_IDLE, socket.read(&mut buffer)).await {
        total += length;
        if total > LINGER_BYTES {
            break;
        }
    }
}

/// Answers a request; a stream is the body of its response.
pub(super) async fn answer_whole(
    site: Arc<Site>,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let (head, body) = request.into_parts();
    let (body, end) = watch(body);
    let mut response = site.answer(peer, Request::from_parts(head, body)).await?;
    if !end.is_reached() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    Ok(response)
}

/// Answers a request. The response that opens a stream is not sent here; it is stored for the task that takes over the
/// connection.
async fn answer(
    site: Arc<Site>,
    peer: IpAddr,
    request: Request<Incoming>,
    progress: Arc<Progress>,
) -> Result<Response, Infallible> {
    let version = request.version();
    let mut response = answer_whole(site, peer, request).await?;
    let feed = response
        .extensions_mut()
        .remove::<OpenedFeed>()
        .and_then(|feed| feed.take());
    let Some(feed) = feed else {
        progress.is_answered.store(true, Ordering::Relaxed);
        return Ok(response);
    };
    let (parts, _) = response.into_parts();
    *progress.lock_opened() = Some(StreamHead {
        parts,
        version,
        feed,
    });
    pending().await
}
