//! Accepting connections, and draining them at the end.

use super::{
    connection,
    limits::{ConnectionSlot, Limits},
    site::Site,
    stop::Stop,
    tls,
};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpSocket, TcpStream},
    time::{sleep, timeout},
};

/// Length of the queue of connections to be accepted. After a restart all clients reconnect at once, and those that do
/// not fit wait for a second or longer (`tcp(7)`). The kernel limits this to `net.core.somaxconn`.
const BACKLOG: u32 = 4096;
/// Pause after an error that does not concern a single connection, such as no free descriptor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long requests and streams may take to end after [`Stop::soft`]; the remaining ones are aborted.
const GRACE: Duration = Duration::from_secs(2);
/// How long sending [`REFUSAL`] may take.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(1);
/// The response to a connection beyond the limits.
const REFUSAL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain\r\nretry-after: 10\r\n\
    connection: close\r\ncontent-length: 22\r\n\r\ntoo many connections.\n";

/// Listens on an address, with a queue of at most [`BACKLOG`] connections for [`accept`].
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    // Without this option, closed connections of a server that has just stopped prevent the next one from listening. On
    // Windows the option has another meaning.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts connections until [`Stop::soft`].
pub async fn accept(listener: TcpListener, site: Arc<Site>, limits: Arc<Limits>, stop: Stop) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.soft.cancelled() => return,
        };
        match accepted {
            Ok((socket, address)) => admit(socket, address.ip(), &limits, &site, &stop),
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "accepting a connection failed");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Waits until all connections have ended. After [`GRACE`] the remaining ones are aborted.
pub async fn drain(stop: &Stop) {
    stop.tasks.close();
    if timeout(GRACE, stop.tasks.wait()).await.is_err() {
        tracing::warn!(
            connections = stop.tasks.len(),
            "connections did not end in time and are aborted"
        );
        stop.hard.cancel();
        stop.tasks.wait().await;
    }
}

fn admit(socket: TcpStream, address: IpAddr, limits: &Arc<Limits>, site: &Arc<Site>, stop: &Stop) {
    // Send small blocks without delay. If the option cannot be set, they arrive slightly later.
    let _ = socket.set_nodelay(true);
    let slot: Option<ConnectionSlot> = limits.admit(address);
    match slot {
        Some(slot) => {
            let (site, stopping) = (Arc::clone(site), stop.clone());
            let from = (socket, address);
            match site.tls.clone() {
                Some(tls) => stop
                    .tasks
                    .spawn(tls::serve(from, tls, site, slot, stopping)),
                None => stop
                    .tasks
                    .spawn(connection::serve(from, site, slot, stopping)),
            };
        }
        // The refusal is readable only without TLS, whose handshake would cost more than it is worth here.
        None => drop(tokio::spawn(timeout(REFUSAL_TIMEOUT, refuse(socket)))),
    }
}

async fn refuse(mut socket: TcpStream) {
    let _ = socket.write_all(REFUSAL).await;
    let _ = socket.shutdown().await;
}

fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}
