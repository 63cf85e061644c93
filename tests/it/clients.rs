//! The Rust `eventsource-client` against the real program. The other real clients are in `tests/clients`.
//!
//! Whatever happens to the stream, the client ends with the complete set: every message once, in order.

mod cutting_proxy;
mod follower;
mod program;

use crate::support::until::until;
use cutting_proxy::{Cut, CuttingProxy};
use follower::Follower;
use program::Program;

const STREAM: &str = "/api/v1/rooms/general/events?after=0";

#[tokio::test(flavor = "multi_thread")]
async fn eventsource_client_survives_kill_9_and_restart() {
    let mut program = Program::start().await;
    let mut posted = vec![program.post("before the first kill").await];
    let follower = Follower::start(&program.url(STREAM));
    until("the client is live", || follower.ids() == posted).await;

    for _ in 0..3 {
        let failures = follower.failures();
        program.kill();
        until("the client lost the stream", || {
            follower.failures() > failures
        })
        .await;
        program.start_again();
        posted.push(
            program
                .post(&format!(
                    "after {failures} failures, before the client is back"
                ))
                .await,
        );
        until("the client is back", || follower.ids() == posted).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eventsource_client_survives_cuts_in_the_middle_of_a_block() {
    let program = Program::start().await;
    let posted = program.post_many(40).await;
    // The first block is hello; each message is a block with one `data` and one `id` line after that.
    let cuts = [
        Cut {
            field: "data",
            nth: 1,
            offset: 12,
        },
        Cut {
            field: "data",
            nth: 3,
            offset: 3,
        },
        Cut {
            field: "data",
            nth: 3,
            offset: 40,
        },
        Cut {
            field: "id",
            nth: 3,
            offset: 2,
        },
        Cut {
            field: "id",
            nth: 4,
            offset: 5,
        },
    ];
    let proxy = CuttingProxy::start(program.address(), &cuts).await;
    let follower = Follower::start(&proxy.url(STREAM));
    until("the client has everything", || {
        follower.ids().last() == posted.last()
    })
    .await;
    assert_eq!(follower.ids(), posted);
    assert_eq!(proxy.cuts_made(), cuts.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn eventsource_client_gets_a_thousand_messages_missed_while_away() {
    let program = Program::start().await;
    let proxy = CuttingProxy::start(program.address(), &[]).await;
    let mut posted = vec![program.post("before").await];
    let follower = Follower::start(&proxy.url(STREAM));
    until("the client is live", || follower.ids() == posted).await;

    proxy.go_away();
    posted.extend(program.post_many(1000).await);
    until("the client asked in vain", || proxy.refused() > 0).await;
    proxy.come_back();
    posted.push(program.post("and on, live").await);
    until("the client has the last one", || {
        follower.ids().last() == posted.last()
    })
    .await;
    assert_eq!(follower.ids(), posted);
}
