//! Connections over TLS: HTTP/2 or HTTP/1.1, as the client prefers. Streams are ordinary bodies here.

use super::{
    connection::{BUFFER_BYTES, ENTRY_MAX, answer_whole, enter},
    http2_requests::{PIECE, Requests, watch},
    idle::Activity,
    limits::ConnectionSlot,
    site::Site,
    socket::Socket,
    stop::Stop,
};
use crate::config::timeouts::Timeouts;
use axum::{body::Body, http::Request, response::Response};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    convert::Infallible,
    net::IpAddr,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpStream, sync::OwnedSemaphorePermit, time::timeout};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig, server::TlsStream};

/// The protocols that are offered by ALPN (RFC 7301), the preferred one first.
pub(super) const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];
/// The protocol of checks by an ACME directory (RFC 8737), in which nothing is sent after the handshake.
pub(super) const ACME_PROTOCOL: &[u8] = b"acme-tls/1";
/// Requests of one connection at a time, streams included. Browsers open one connection for all tabs.
const REQUESTS_MAX: u32 = 100;
/// Time without a frame after which the client of an HTTP/2 connection is asked whether it is there, and time in which
/// it has to answer.
const PROBE_AFTER: Duration = Duration::from_secs(20);
/// How much of a response is buffered for a client that does not read it, in bytes. The last piece of one is left in the
/// buffer, without a task that could cut it, until the client reads it or has no other request open.
const SEND_BUFFER: usize = PIECE;
/// Requests that a client has cancelled before h2 has handed them over, beyond which the connection ends.
const UNSEEN_CANCELLED_MAX: usize = 20;
/// Time in which an idle client of HTTP/2 has to confirm that the connection ends.
const GOODBYE_MAX: Duration = Duration::from_secs(2);

type Connected = TokioIo<TlsStream<Socket>>;

/// Serves a connection until it ends.
pub(super) async fn serve(
    (socket, peer): (TcpStream, IpAddr),
    tls: Arc<ServerConfig>,
    site: Arc<Site>,
    slot: ConnectionSlot,
    stop: Stop,
) {
    let limits = *slot.timeouts();
    let Some(permit) = enter(&socket, &slot, &stop).await else {
        return;
    };
    let connected = tokio::select! {
        connected = handshake(socket, tls, limits, permit) => connected,
        () = stop.soft.cancelled() => None,
    };
    let Some(connected) = connected else {
        return;
    };
    let protocol = connected.get_ref().1.alpn_protocol();
    if protocol == Some(ACME_PROTOCOL) {
        return;
    }
    let is_http2 = protocol == Some(PROTOCOLS[0]);
    let io = TokioIo::new(connected);
    // Boxed, since the two differ in size.
    if is_http2 {
        Box::pin(serve_http2(io, peer, site, limits, &stop)).await;
    } else {
        Box::pin(serve_http1(io, peer, site, limits, &stop)).await;
    }
}

/// Completes the handshake. The permit is returned early if that takes long, so that slow clients do not keep others
/// from entering.
async fn handshake(
    socket: TcpStream,
    tls: Arc<ServerConfig>,
    limits: Timeouts,
    permit: OwnedSemaphorePermit,
) -> Option<TlsStream<Socket>> {
    let accepted = TlsAcceptor::from(tls).accept(Socket::new(socket, limits.write));
    let mut accepted = pin!(timeout(limits.handshake, accepted));
    let early = timeout(ENTRY_MAX, &mut accepted).await;
    drop(permit);
    let accepted = match early {
        Ok(accepted) => accepted,
        Err(_) => accepted.await,
    };
    match accepted {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a TLS handshake failed");
            None
        }
        Err(_) => None,
    }
}

async fn serve_http1(io: Connected, peer: IpAddr, site: Arc<Site>, limits: Timeouts, stop: &Stop) {
    let service = service_fn(move |request| answer_whole(Arc::clone(&site), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(BUFFER_BYTES)
        .serve_connection(io, service);
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stop.hard.cancelled() => return,
        () = stop.soft.cancelled() => {}
    }
    connection.as_mut().graceful_shutdown();
    end(connection, stop).await;
}

async fn serve_http2(io: Connected, peer: IpAddr, site: Arc<Site>, limits: Timeouts, stop: &Stop) {
    let Timeouts { head, write, .. } = limits;
    let activity = Arc::<Activity>::default();
    let service = service_fn({
        let activity = Arc::clone(&activity);
        move |request| answer_counted(Arc::clone(&site), peer, request, Arc::clone(&activity))
    });
    let connection = http2::Builder::new(Requests { write })
        .timer(TokioTimer::new())
        .keep_alive_interval(PROBE_AFTER)
        .keep_alive_timeout(PROBE_AFTER)
        .max_concurrent_streams(REQUESTS_MAX)
        .max_pending_accept_reset_streams(UNSEEN_CANCELLED_MAX)
        .max_header_list_size(u32::try_from(BUFFER_BYTES).unwrap_or(u32::MAX))
        .max_send_buf_size(SEND_BUFFER)
        .serve_connection(io, service);
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stop.hard.cancelled() => return,
        () = activity.too_many_cancelled() => return,
        () = stop.soft.cancelled() => {}
        () = activity.idle_for(head) => {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(GOODBYE_MAX, connection).await;
            return;
        }
    }
    connection.as_mut().graceful_shutdown();
    end(connection, stop).await;
}

/// Waits for the end of a connection that finishes its requests.
async fn end<C: Future>(connection: Pin<&mut C>, stop: &Stop) {
    tokio::select! {
        _ = connection => {}
        () = stop.hard.cancelled() => {}
    }
}

/// Answers a request, which counts as activity until the response has been sent.
async fn answer_counted(
    site: Arc<Site>,
    peer: IpAddr,
    request: Request<Incoming>,
    activity: Arc<Activity>,
) -> Result<Response, Infallible> {
    let open = activity.begin();
    let response = site.answer(peer, request.map(Body::new)).await?;
    Ok(response.map(|body| watch(body, open)))
}
