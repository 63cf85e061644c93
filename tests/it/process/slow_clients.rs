//! Clients that connect and say nothing, or next to nothing, are sent away, and nobody else notices them.

use super::{
    http::{Connection, ask_once, get},
    people::Person,
    server::Server,
    until::until,
};
use serde_json::json;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
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
async fn however_many_first_requests_are_slow_the_next_one_is_answered() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let server = Server::start();
    let mut slow = Vec::new();
    for _ in 0..3 * EACH {
        let mut client = TcpStream::connect(server.address()).await.unwrap();
        client
            .write_all(b"GET /healthz HTTP/1.1\r\nho")
            .await
            .unwrap();
        slow.push(client);
    }
    let request = get("/healthz", None);
    let answer = timeout(HEAD_WITHIN / 2, ask_once(server.address(), &request));
    let answer = answer.await.expect("before the slow ones are sent away");
    assert_eq!(answer.expect("an answer").status, 200);
}

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
    // Posts are timed from here on, while the others come and until the last has gone, and each client says in the end
    // how long it was there. All of them at once cannot be asked for: on a busy machine the first are gone before the
    // last have come, as they shall be.
    until("they have come", || server.connections() > EACH).await;

    let mut worst = Duration::ZERO;
    let deadline = Instant::now() + BODY_WITHIN + SLACK;
    while server.connections() > 2 {
        assert!(
            Instant::now() < deadline,
            "{} of them are still there",
            server.connections() - 1
        );
        worst = worst.max(median_post(&mut person).await);
        sleep(Duration::from_millis(100)).await;
    }
    assert!(
        worst < alone * 20,
        "a post took {alone:?}, and {worst:?} beside slow clients"
    );
    while let Some(lasted) = clients.join_next().await {
        let (lasted, within) = lasted.unwrap();
        assert!(lasted < within + SLACK, "one was there for {lasted:?}");
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

/// How long a client was there, and how long it may have been, both up to its end.
type Stay = (Duration, Duration);

async fn silent(address: SocketAddr) -> Stay {
    let begun = Instant::now();
    let mut socket = TcpStream::connect(address).await.unwrap();
    read_to_end(&mut socket).await;
    (begun.elapsed(), HEAD_WITHIN)
}

/// Its connection may live on for a while, but not for long.
async fn idle_after_a_request(address: SocketAddr) -> Stay {
    let begun = Instant::now();
    let mut connection = Connection::open(address).await.unwrap();
    assert_eq!(
        connection.ask(&get("/healthz", None)).await.unwrap().status,
        200
    );
    let rest = connection.rest().await;
    assert!(rest.unwrap_or_default().is_empty(), "nothing was asked");
    (begun.elapsed(), HEAD_WITHIN)
}

/// Sends a beginning, and then a byte at a time without an end.
async fn dripping(address: SocketAddr, beginning: Vec<u8>, within: Duration) -> Stay {
    let begun = Instant::now();
    let (mut reading, mut writing) = TcpStream::connect(address).await.unwrap().into_split();
    let drip = tokio::spawn(async move {
        let mut piece = beginning.as_slice();
        while writing.write_all(piece).await.is_ok() {
            piece = b"x";
            sleep(DRIP).await;
        }
    });
    read_to_end(&mut reading).await;
    drip.abort();
    (begun.elapsed(), within)
}

/// An answer (408, say) may come first.
async fn read_to_end(socket: &mut (impl AsyncRead + Unpin)) {
    let mut said = Vec::new();
    let _ = socket.read_to_end(&mut said).await;
    let said = String::from_utf8_lossy(&said);
    assert!(
        said.is_empty() || said.starts_with("HTTP/1.1 408"),
        "{said}"
    );
}
