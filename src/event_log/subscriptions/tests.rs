//! No wake-up is forgotten.

use super::*;
use std::{
    pin::pin,
    sync::atomic::AtomicUsize,
    task::{Context, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

const ROOM: RoomId = RoomId(7);
const OTHER: RoomId = RoomId(8);
const PERSON: UserId = UserId(3);

/// A task, as the runtime has it: how often it was called to run.
#[derive(Default)]
struct Task(AtomicUsize);

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Task {
    fn calls(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// Lets it wait: whether there was something since the last time.
    fn waits(self: &Arc<Self>, waiting: &Subscription) -> bool {
        let waker = Waker::from(Arc::clone(self));
        let wait = pin!(waiting.wait());
        wait.poll(&mut Context::from_waker(&waker)).is_ready()
    }
}

fn start(topics: &[Topic]) -> (Arc<Subscribers>, Subscription, Arc<Task>) {
    let subscribers = Arc::<Subscribers>::default();
    let waiting = subscribers.subscribe(topics.to_vec());
    (subscribers, waiting, Arc::default())
}

#[test]
fn a_notification_before_the_wait_ends_it_once() {
    let (subscribers, waiting, task) = start(&[Topic::Room(ROOM)]);
    subscribers.notify_rooms(&[ROOM]);
    subscribers.notify_rooms(&[ROOM]);
    assert!(task.waits(&waiting), "what rang before it waited counts");
    assert!(!task.waits(&waiting), "and only once");
    assert_eq!(task.calls(), 0, "nobody slept");
}

#[test]
fn a_notification_during_the_wait_wakes_each_time() {
    let (subscribers, waiting, task) = start(&[Topic::Room(ROOM)]);
    for calls in 1..=3 {
        assert!(!task.waits(&waiting));
        subscribers.notify_rooms(&[OTHER, ROOM]);
        assert_eq!(task.calls(), calls);
        assert!(task.waits(&waiting));
    }
}

#[test]
fn a_reader_is_woken_for_its_topics_and_no_other() {
    let (subscribers, waiting, task) = start(&[Topic::Room(ROOM), Topic::User(PERSON)]);
    let (all, all_task) = (
        subscribers.subscribe(vec![Topic::Everything]),
        Arc::default(),
    );
    assert!(!task.waits(&waiting) && !Task::waits(&all_task, &all));
    subscribers.notify_rooms(&[OTHER]);
    subscribers.mark_access_changed(&AccessChange::User(UserId(4)));
    assert_eq!((task.calls(), all_task.calls()), (0, 1));
    assert!(!waiting.has_access_changed());
    subscribers.mark_access_changed(&AccessChange::User(PERSON));
    assert_eq!((task.calls(), all_task.calls()), (1, 1));
    assert!(waiting.take_access_changed() && !waiting.take_access_changed());
}

#[test]
fn a_mark_on_a_subscription_moves_to_the_one_that_replaces_it() {
    let (subscribers, first, task) = start(&[Topic::User(PERSON)]);
    subscribers.mark_access_changed(&AccessChange::User(PERSON));
    let second = subscribers.subscribe(vec![Topic::User(PERSON), Topic::Room(ROOM)]);
    second.replace(&first);
    assert!(second.has_access_changed() && task.waits(&second));

    // A mark on the new subscription that was not taken yet is kept.
    let third = subscribers.subscribe(vec![Topic::User(PERSON), Topic::Room(ROOM)]);
    assert!(second.take_access_changed());
    third.waiter.access_changed.store(true, Ordering::Release);
    third.replace(&second);
    assert!(third.has_access_changed() && task.waits(&third));
}

#[test]
fn a_reader_that_slept_in_the_place_before_is_not_left_asleep() {
    let (subscribers, first, task) = start(&[Topic::Room(ROOM)]);
    subscribers.notify_rooms(&[ROOM]);
    let second = subscribers.subscribe(vec![Topic::Room(OTHER)]);
    assert!(!task.waits(&second));
    second.replace(&first);
    assert_eq!(task.calls(), 1);
    assert!(task.waits(&second));
}

#[test]
fn the_end_wakes_everybody_and_whoever_comes_later_sees_it() {
    let (subscribers, one, task) = start(&[Topic::Room(ROOM)]);
    let (other, other_task) = (
        subscribers.subscribe(vec![Topic::User(PERSON)]),
        Arc::default(),
    );
    assert!(!task.waits(&one) && !Task::waits(&other_task, &other));
    assert!(!one.is_closed());
    subscribers.close();
    assert_eq!((task.calls(), other_task.calls()), (1, 1));
    assert!(task.waits(&one) && one.is_closed() && other.is_closed());
    assert!(subscribers.subscribe(vec![Topic::Room(ROOM)]).is_closed());
}

#[test]
fn a_place_is_given_up_with_its_reader() {
    let (subscribers, waiting, _) = start(&[Topic::Room(ROOM), Topic::Everything]);
    let other = subscribers.subscribe(vec![Topic::Room(ROOM)]);
    drop(waiting);
    let left = |subscribers: &Subscribers| -> Vec<Topic> {
        let topics = subscribers.topics.lock().unwrap();
        topics.keys().cloned().collect()
    };
    assert_eq!(left(&subscribers), [Topic::Room(ROOM)]);
    drop(other);
    assert_eq!(left(&subscribers), []);
}

/// Wakes the thread that waits.
struct Sleeper(Thread);

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Rings as the reader falls asleep, again and again: one that is lost leaves it asleep for ever.
#[test]
fn no_wakeup_is_lost_while_a_task_starts_to_wait() {
    const RINGS: usize = 50_000;
    let (subscribers, waiting, _) = start(&[Topic::Room(ROOM)]);
    let heard = Arc::new(AtomicUsize::new(0));
    let reader = thread::spawn({
        let heard = Arc::clone(&heard);
        move || {
            let waker = Waker::from(Arc::new(Sleeper(thread::current())));
            for ring in 1..=RINGS {
                let mut wait = pin!(waiting.wait());
                while wait
                    .as_mut()
                    .poll(&mut Context::from_waker(&waker))
                    .is_pending()
                {
                    thread::park();
                }
                heard.store(ring, Ordering::Release);
            }
        }
    });
    for ring in 1..=RINGS {
        subscribers.notify_rooms(&[ROOM]);
        let mut looks = 0_u64;
        while heard.load(Ordering::Acquire) < ring {
            looks += 1;
            // The first looks are quick, to ring again while the reader is busy falling asleep.
            if looks > 10_000 {
                thread::sleep(Duration::from_millis(1));
            }
            assert!(looks < 40_000, "ring {ring} was lost");
        }
    }
    reader.join().unwrap();
}
