//! Certificates that change while the server runs.

use super::SecureChat;
use reqwest::Client;
use std::{
    fs,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// Waits until a new connection with this client succeeds.
async fn until_trusted(server: &SecureChat, http: &Client) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while http.get(server.url("/healthz")).send().await.is_err() {
        assert!(Instant::now() < deadline, "the new certificate is in use");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_used_and_nobody_notices() {
    let (server, old) = SecureChat::start().await;
    let http = server.trusting(&[&old]).build().expect("a client");
    let ann = server.join(http, "ann").await;
    let mut stream = ann.stream().await;

    // Something else in place of the certificate changes nothing.
    fs::write(server.files.certificate(), "half a certific").expect("it is written");
    let new = server.files.renew();
    // Without a pool, each request makes a connection.
    let each_its_own = |roots: &[_]| {
        let client = server.trusting(roots).pool_max_idle_per_host(0);
        client.http1_only().build().expect("a client")
    };
    let (both, only_new) = (each_its_own(&[&old, &new]), each_its_own(&[&new]));
    let (is_over, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    let load = async {
        while !is_over.load(Ordering::Relaxed) {
            let answer = both.get(server.url("/healthz")).send().await;
            assert_eq!(answer.expect("an answer").status(), 200);
            count.fetch_add(1, Ordering::Relaxed);
        }
    };
    let renewed = async {
        until_trusted(&server, &only_new).await;
        is_over.store(true, Ordering::Relaxed);
    };
    tokio::join!(load, renewed);
    assert!(count.load(Ordering::Relaxed) > 0);

    // Connections from before go on.
    assert_eq!(ann.post("hello").await.status(), 201);
    assert_eq!(stream.message().await, "hello");
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_leaves_the_last_one_in_use() {
    let (server, old) = SecureChat::start().await;
    let client = server.trusting(&[&old]).pool_max_idle_per_host(0);
    let http = client.build().expect("a client");
    fs::write(server.files.certificate(), "nonsense").expect("it is written");
    fs::remove_file(server.files.key()).expect("it is removed");
    let until = Instant::now() + Duration::from_millis(1500);
    while Instant::now() < until {
        let answer = http.get(server.url("/healthz")).send().await;
        assert_eq!(answer.expect("an answer").status(), 200);
    }
    let new = server.files.renew();
    let only_new = server.trusting(&[&new]).build().expect("a client");
    until_trusted(&server, &only_new).await;
}
