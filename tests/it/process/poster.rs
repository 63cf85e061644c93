//! Somebody who goes on talking, whatever becomes of the server.

use super::{history::History, people::Person};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};
use tokio::task::JoinHandle;

/// Somebody who posts, and now and then edits, deletes, repeats and looks back, until told to stop.
pub(super) struct Poster {
    stop: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Poster {
    pub(super) fn start(
        mut person: Person,
        rooms: &'static [&'static str],
        history: Arc<Mutex<History>>,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn({
            let stop = Arc::clone(&stop);
            async move {
                while !stop.load(Ordering::Relaxed) {
                    say_something(&mut person, rooms, &history).await;
                }
            }
        });
        Self { stop, task }
    }

    /// Waits until it is finished with what it does.
    pub(super) async fn finish(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap();
    }
}

async fn say_something(person: &mut Person, rooms: &[&str], history: &Mutex<History>) {
    let nonce = person.next_nonce();
    let turn = person.written;
    let room = rooms[turn as usize % rooms.len()];
    let id = person.post(room, &nonce, history).await;
    match turn % 10 {
        2 | 7 => person.edit(room, id, &nonce, history).await,
        3 => {
            person.edit(room, id, &nonce, history).await;
            person.edit(room, id, &nonce, history).await;
            person.delete(room, id, history).await;
        }
        4 => person.look_back(room, id, &nonce, history).await,
        5 => drop(person.post(room, &nonce, history).await),
        _ => {}
    }
}
