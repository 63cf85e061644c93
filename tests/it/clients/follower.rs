//! A program that follows a stream with `eventsource-client`, as its documentation shows it.

use eventsource_client::{Client, ClientBuilder, Event, ReconnectOptions, SSE};
use futures_util::StreamExt;
use launchdarkly_sdk_transport::HyperTransport;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::task::JoinHandle;

/// Longer than a stream is ever silent.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Default)]
struct Seen {
    ids: Vec<i64>,
    failures: usize,
}

/// Collects the ids of the messages that its client hands it, in that order.
pub(super) struct Follower {
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Follower {
    pub(super) fn start(url: &str) -> Self {
        let transport = HyperTransport::builder()
            .disable_proxy()
            .read_timeout(READ_TIMEOUT)
            .build_http()
            .expect("a transport without TLS has nothing to fail at");
        // The defaults, but with a limit on the doubling of the pause that suits a test.
        let options = ReconnectOptions::reconnect(true)
            .delay_max(Duration::from_secs(4))
            .build();
        let client = ClientBuilder::for_url(url)
            .expect("the url is one")
            .reconnect(options)
            .build_with_transport(transport);
        let seen = Arc::default();
        let task = tokio::spawn(follow(client, Arc::clone(&seen)));
        Self { seen, task }
    }

    /// Ids of the messages seen so far.
    pub(super) fn ids(&self) -> Vec<i64> {
        self.seen
            .lock()
            .expect("no thread panics while it holds this")
            .ids
            .clone()
    }

    /// How often the stream was lost, or asked for in vain.
    pub(super) fn failures(&self) -> usize {
        self.seen
            .lock()
            .expect("no thread panics while it holds this")
            .failures
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn follow(client: impl Client, seen: Arc<Mutex<Seen>>) {
    let mut stream = client.stream();
    while let Some(next) = stream.next().await {
        let mut seen = seen.lock().expect("no thread panics while it holds this");
        match next {
            Ok(SSE::Event(event)) if event.event_type == "message" => seen.ids.push(id_of(&event)),
            Ok(_) => {}
            Err(_) => seen.failures += 1,
        }
    }
}

/// The id in the data, which has to be the id of the block.
fn id_of(event: &Event) -> i64 {
    let data: serde_json::Value = serde_json::from_str(&event.data).expect("the data is whole");
    let id = data["id"].as_i64().expect("every event names its id");
    assert_eq!(event.id.as_deref(), Some(id.to_string().as_str()));
    id
}
