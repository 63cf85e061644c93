//! The accept loop, and the end of it.

use super::{
    connection,
    limits::{Limits, Place},
    stop::Stop,
};
use axum::Router;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpSocket, TcpStream},
    time::{sleep, timeout},
};

/// Connections that may wait until they are accepted. After a restart everybody comes back at once, and whoever
/// finds no place waits for a second and more (`tcp(7)`); the kernel cuts this down to `net.core.somaxconn`.
const BACKLOG: u32 = 4096;
/// After an error that is not about one connection (no descriptor left, say) nothing is accepted for so long.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long requests and streams may take to end after `soft`; what is left is cut.
const GRACE: Duration = Duration::from_secs(2);
/// For saying "no place" to a connection.
const REFUSAL_PATIENCE: Duration = Duration::from_secs(1);
/// What a connection is told for which there is no place.
const REFUSAL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain\r\nretry-after: 10\r\n\
    connection: close\r\ncontent-length: 22\r\n\r\ntoo many connections.\n";

/// Listens on an address.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    // Connections of a server that has just stopped shall not keep the next one from listening. On Windows the
    // option means another thing.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts connections until `stop.soft`.
pub async fn accept(
    listener: TcpListener,
    router: Router,
    connections: usize,
    per_address: usize,
    stop: Stop,
) {
    let limits = Arc::new(Limits::new(connections, per_address));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.soft.cancelled() => return,
        };
        match accepted {
            Ok((socket, address)) => admit(socket, address, &limits, &router, &stop),
            Err(error) if is_about_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Waits until everything has ended, or ends it.
pub async fn drain(stop: &Stop) {
    stop.tasks.close();
    if timeout(GRACE, stop.tasks.wait()).await.is_err() {
        tracing::warn!(
            connections = stop.tasks.len(),
            "connections did not end in time and are cut"
        );
        stop.hard.cancel();
        stop.tasks.wait().await;
    }
}

fn admit(
    socket: TcpStream,
    address: SocketAddr,
    limits: &Arc<Limits>,
    router: &Router,
    stop: &Stop,
) {
    // Small blocks shall leave at once. Where it cannot be set, they leave a little later.
    let _ = socket.set_nodelay(true);
    let place: Option<Place> = limits.admit(address.ip());
    match place {
        Some(place) => drop(stop.tasks.spawn(connection::serve(
            socket,
            router.clone(),
            place,
            stop.clone(),
        ))),
        None => drop(tokio::spawn(timeout(REFUSAL_PATIENCE, refuse(socket)))),
    }
}

async fn refuse(mut socket: TcpStream) {
    let _ = socket.write_all(REFUSAL).await;
    let _ = socket.shutdown().await;
}

fn is_about_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}
