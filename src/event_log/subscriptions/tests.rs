//! No notification is lost.

mod interleavings;

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

/// A task that counts how often it was woken.
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

    /// Polls the wait once. Returns whether it has ended.
    fn waits(self: &Arc<Self>, waiting: &Subscription) -> bool {
        let waker = Waker::from(Arc::clone(self));
        let wait = pin!(waiting.wait());
        wait.poll(&mut Context::from_waker(&waker)).is_ready()
    }
}

fn start(topics: &[SubscriptionTopic]) -> (Arc<Subscribers>, Subscription, Arc<Task>) {
    let subscribers = Arc::<Subscribers>::default();
    let waiting = subscribers.subscribe(topics.to_vec());
    (subscribers, waiting, Arc::default())
}

#[test]
fn a_notification_before_the_wait_ends_it_once() {
    let (subscribers, waiting, task) = start(&[SubscriptionTopic::Room(ROOM)]);
    subscribers.notify_rooms(&[ROOM]);
    subscribers.notify_rooms(&[ROOM]);
    assert!(task.waits(&waiting), "notified before the wait");
    assert!(!task.waits(&waiting), "a notification counts only once");
    assert_eq!(task.calls(), 0, "the task was not waiting");
}

#[test]
fn a_notification_during_the_wait_wakes_each_time() {
    let (subscribers, waiting, task) = start(&[SubscriptionTopic::Room(ROOM)]);
    for calls in 1..=3 {
        assert!(!task.waits(&waiting));
        subscribers.notify_rooms(&[OTHER, ROOM]);
        assert_eq!(task.calls(), calls);
        assert!(task.waits(&waiting));
    }
}

#[test]
fn a_reader_is_woken_for_its_topics_and_no_other() {
    let (subscribers, waiting, task) = start(&[
        SubscriptionTopic::Room(ROOM),
        SubscriptionTopic::User(PERSON),
    ]);
    let (all, all_task) = (
        subscribers.subscribe(vec![SubscriptionTopic::Everything]),
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
    let (subscribers, first, task) = start(&[SubscriptionTopic::User(PERSON)]);
    subscribers.mark_access_changed(&AccessChange::User(PERSON));
    let second = subscribers.subscribe(vec![
        SubscriptionTopic::User(PERSON),
        SubscriptionTopic::Room(ROOM),
    ]);
    second.replace(&first);
    assert!(second.has_access_changed() && task.waits(&second));

    // A mark on the new subscription that was not taken yet is kept.
    let third = subscribers.subscribe(vec![
        SubscriptionTopic::User(PERSON),
        SubscriptionTopic::Room(ROOM),
    ]);
    assert!(second.take_access_changed());
    third.waiter.mark_access_changed();
    third.replace(&second);
    assert!(third.has_access_changed() && task.waits(&third));
}

#[test]
fn a_task_that_waits_on_a_subscription_is_woken_when_it_replaces_another() {
    let (subscribers, first, task) = start(&[SubscriptionTopic::Room(ROOM)]);
    subscribers.notify_rooms(&[ROOM]);
    let second = subscribers.subscribe(vec![SubscriptionTopic::Room(OTHER)]);
    assert!(!task.waits(&second));
    second.replace(&first);
    assert_eq!(task.calls(), 1);
    assert!(task.waits(&second));
}

#[test]
fn closing_wakes_all_readers_and_later_subscriptions_are_closed() {
    let (subscribers, one, task) = start(&[SubscriptionTopic::Room(ROOM)]);
    let (other, other_task) = (
        subscribers.subscribe(vec![SubscriptionTopic::User(PERSON)]),
        Arc::default(),
    );
    assert!(!task.waits(&one) && !Task::waits(&other_task, &other));
    assert!(!one.is_closed());
    subscribers.close();
    assert_eq!((task.calls(), other_task.calls()), (1, 1));
    assert!(task.waits(&one) && one.is_closed() && other.is_closed());
    assert!(
        subscribers
            .subscribe(vec![SubscriptionTopic::Room(ROOM)])
            .is_closed()
    );
}

#[test]
fn dropping_a_subscription_removes_its_topics() {
    let (subscribers, waiting, _) =
        start(&[SubscriptionTopic::Room(ROOM), SubscriptionTopic::Everything]);
    let other = subscribers.subscribe(vec![SubscriptionTopic::Room(ROOM)]);
    drop(waiting);
    let left = |subscribers: &Subscribers| -> Vec<SubscriptionTopic> {
        let topics = subscribers.topics.lock().unwrap();
        topics.keys().cloned().collect()
    };
    assert_eq!(left(&subscribers), [SubscriptionTopic::Room(ROOM)]);
    drop(other);
    assert_eq!(left(&subscribers), []);
}

/// A waker that unparks a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Notifies a reader repeatedly while it starts to wait. A lost notification would block the reader forever.
#[test]
fn no_wakeup_is_lost_while_a_task_starts_to_wait() {
    const NOTIFICATIONS: usize = 50_000;
    let (subscribers, waiting, _) = start(&[SubscriptionTopic::Room(ROOM)]);
    let received = Arc::new(AtomicUsize::new(0));
    let reader = thread::spawn({
        let received = Arc::clone(&received);
        move || {
            let waker = Waker::from(Arc::new(Unpark(thread::current())));
            for number in 1..=NOTIFICATIONS {
                let mut wait = pin!(waiting.wait());
                while wait
                    .as_mut()
                    .poll(&mut Context::from_waker(&waker))
                    .is_pending()
                {
                    thread::park();
                }
                received.store(number, Ordering::Release);
            }
        }
    });
    for number in 1..=NOTIFICATIONS {
        subscribers.notify_rooms(&[ROOM]);
        let mut checks = 0_u64;
        while received.load(Ordering::Acquire) < number {
            checks += 1;
            // The first checks have no pause, so that the next notification arrives while the reader starts to wait.
            if checks > 10_000 {
                thread::sleep(Duration::from_millis(1));
            }
            assert!(checks < 40_000, "notification {number} was lost");
        }
    }
    reader.join().unwrap();
}
