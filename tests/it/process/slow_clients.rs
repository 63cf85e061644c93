//! Clients that connect and say nothing, or next to nothing, are sent away, and nobody else notices them.

use super::{
    http::{Connection, get},
    people::Person,
    server::Server,
    until::until,
};
use serde_json::json;
use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

const EACH: usize = 100;
/// For the head of a request, its first byte included.
const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// For the body of a request.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// How much later it may be, on a busy machine.
const SLACK: Duration = Duration::from_secs(15);
/// Between two bytes of a client that drips.
const DRIP: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_say_nothing_or_too_little_are_sent_away_and_delay_nobody() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let server = Server::start();
    let mut person = Person::join(server.addresses(), "ann").await;
    let alone = median_post(&mut person).await;

    let mut clients = JoinSet::new();
    for _ in 0..EACH {
        clients.spawn(silent(server.address()));
        clients.spawn(dripping(
            server.address(),
            b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ".to_vec(),
            HEAD_WITHIN,
        ));
        clients.spawn(idle_after_a_request(server.address()));
    }
    let body = b"POST /api/v1/join HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n";
    clients.spawn(dripping(server.address(), body.to_vec(), BODY_WITHIN));
    until("they have all come", || server.connections() > 3 * EACH).await;

    let mut worst = Duration::ZERO;
    while server.connections() > 2 {
        worst = worst.max(median_post(&mut person).await);
        sleep(Duration::from_millis(100)).await;
    }
    assert!(
        worst < alone * 20,
        "a post took {alone:?}, and {worst:?} beside slow clients"
    );
    while let Some(ended) = clients.join_next().await {
        ended.unwrap();
    }
}

async fn median_post(person: &mut Person) -> Duration {
    let mut times = Vec::new();
    for _ in 0..11 {
        let begun = Instant::now();
        let answer = person
            .ask(
                "POST",
                "/api/v1/rooms/general/messages",
                Some(&json!({ "body": "hello" })),
            )
            .await;
        assert_eq!(answer.unwrap().status, 201);
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    times[times.len() / 2]
}

async fn silent(address: SocketAddr) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    assert_closed(&mut socket, HEAD_WITHIN).await;
}

/// Its connection may live on for a while, but not for long.
async fn idle_after_a_request(address: SocketAddr) {
    let mut connection = Connection::open(address).await.unwrap();
    assert_eq!(
        connection.ask(&get("/healthz", None)).await.unwrap().status,
        200
    );
    let rest = timeout(HEAD_WITHIN + SLACK, connection.rest())
        .await
        .expect("an idle connection is closed");
    assert!(rest.unwrap_or_default().is_empty(), "nothing was asked");
}

/// Sends a beginning, and then a byte at a time without an end.
async fn dripping(address: SocketAddr, beginning: Vec<u8>, within: Duration) {
    let (mut reading, mut writing) = TcpStream::connect(address).await.unwrap().into_split();
    let drip = tokio::spawn(async move {
        writing.write_all(&beginning).await?;
        loop {
            writing.write_all(b"x").await?;
            sleep(DRIP).await;
        }
        #[expect(unreachable_code, reason = "it says what kind of error ends the loop")]
        io::Result::Ok(())
    });
    assert_closed(&mut reading, within).await;
    drip.abort();
}

/// An answer (408, say) may come first.
async fn assert_closed(socket: &mut (impl tokio::io::AsyncRead + Unpin), within: Duration) {
    let mut said = Vec::new();
    let closed = timeout(within + SLACK, socket.read_to_end(&mut said)).await;
    assert!(closed.is_ok(), "still open after {:?}", within + SLACK);
    let said = String::from_utf8_lossy(&said);
    assert!(
        said.is_empty() || said.starts_with("HTTP/1.1 408"),
        "{said}"
    );
}
