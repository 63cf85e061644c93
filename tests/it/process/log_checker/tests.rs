//! The checker sees each fault.

use super::*;
use std::{collections::BTreeMap, time::Duration};

fn entry(id: i64) -> Entry {
    let nonce = Some(format!("n{id}"));
    Entry {
        id,
        room: "general".into(),
        kind: "message".into(),
        message: Some(id),
        nonce,
    }
}

fn post(start: Instant, from: u64, to: u64, nonce: &str, outcome: Outcome) -> Post {
    let at = |ms| start + Duration::from_millis(ms);
    Post {
        nonce: nonce.into(),
        sent: at(from),
        answered: at(to),
        outcome,
    }
}

/// Four messages, 1, 2, 4 and 7, one after the other, and two readers that saw them all.
fn sound() -> History {
    let start = Instant::now();
    let ids = [1, 2, 4, 7];
    let log: Vec<Entry> = ids.map(entry).into();
    let posts = ids.map(|id| {
        let sent = u64::try_from(id).unwrap() * 10;
        post(
            start,
            sent,
            sent + 5,
            &format!("n{id}"),
            Outcome::Acknowledged(id),
        )
    });
    let view = |reader: &str, room: Option<&str>, after| View {
        reader: reader.into(),
        room: room.map(str::to_owned),
        after,
        entries: log
            .iter()
            .filter(|entry| entry.id > after)
            .cloned()
            .collect(),
        cursor: 7,
    };
    History {
        posts: posts.into(),
        look_backs: vec![LookBack {
            nonce: "n4".into(),
            found: true,
        }],
        changes: BTreeMap::from([(
            2,
            Changes {
                acknowledged: 1,
                sent: 2,
                ..Changes::default()
            },
        )]),
        views: vec![view("ann", None, 0), view("ben", Some("general"), 1)],
        left: ids.map(|id| (id, Left::Version(u32::from(id == 2)))).into(),
        log,
    }
}

fn faults_after(spoil: impl FnOnce(&mut History)) -> Vec<Fault> {
    let mut history = sound();
    spoil(&mut history);
    faults(&history)
}

fn reader() -> String {
    "ann".into()
}

#[test]
fn a_sound_history_has_no_fault() {
    assert_eq!(faults(&sound()), []);
}

#[test]
fn a_post_without_an_answer_may_be_there_or_not() {
    let start = Instant::now();
    let unknown = |nonce: &str| post(start, 0, 100, nonce, Outcome::Unknown);
    assert_eq!(
        faults_after(|history| history.posts.extend([unknown("n9"), unknown("n4")])),
        []
    );
}

#[test]
fn a_lost_write_is_found() {
    let lost = Outcome::Acknowledged(9);
    let spoiled = faults_after(|history| {
        history
            .posts
            .push(post(Instant::now(), 900, 901, "n9", lost));
    });
    assert_eq!(
        spoiled,
        [Fault::LostWrite {
            nonce: "n9".into(),
            id: 9
        }]
    );
}

#[test]
fn a_lost_change_is_found() {
    let lost = [Fault::LostChange { message: 2 }];
    for left in [Left::Version(0), Left::Version(3), Left::Deleted] {
        assert_eq!(
            faults_after(|history| history.left.extend([(2, left)])),
            lost
        );
    }
    assert_eq!(
        faults_after(|history| history.changes.get_mut(&2).unwrap().deletion_acknowledged = true),
        lost
    );
}

#[test]
fn an_aborted_read_is_found() {
    let refuse = |history: &mut History| history.posts[2].outcome = Outcome::Refused;
    assert_eq!(
        faults_after(refuse),
        [Fault::AbortedRead { nonce: "n4".into() }]
    );
}

#[test]
fn a_duplicate_is_found() {
    let double = |history: &mut History| {
        let again = Entry {
            id: 9,
            message: Some(9),
            ..entry(4)
        };
        history.log.push(again.clone());
        history
            .views
            .iter_mut()
            .for_each(|view| view.entries.push(again.clone()));
    };
    assert_eq!(
        faults_after(double)[0],
        Fault::Duplicate { nonce: "n4".into() }
    );
}

#[test]
fn answers_that_differ_are_found() {
    let other = Outcome::Acknowledged(2);
    let spoiled = faults_after(|history| {
        history
            .posts
            .push(post(Instant::now(), 900, 901, "n4", other));
    });
    assert!(
        spoiled.contains(&Fault::AnswersDiffer { nonce: "n4".into() }),
        "{spoiled:?}"
    );
}

#[test]
fn an_event_seen_twice_is_found() {
    let twice = |history: &mut History| history.views[0].entries.push(entry(7));
    assert_eq!(
        faults_after(twice),
        [Fault::SeenTwice {
            reader: reader(),
            id: 7
        }]
    );
}

#[test]
fn an_id_with_two_contents_is_found() {
    let other = |history: &mut History| history.views[0].entries[2].nonce = Some("other".into());
    assert_eq!(
        faults_after(other),
        [Fault::Inconsistent {
            reader: reader(),
            id: 4
        }]
    );
}

#[test]
fn an_event_that_is_not_in_the_log_is_found() {
    let ghost = |history: &mut History| history.views[0].entries.push(entry(9));
    assert_eq!(
        faults_after(ghost),
        [Fault::Inconsistent {
            reader: reader(),
            id: 9
        }]
    );
}

#[test]
fn an_event_of_another_room_is_found() {
    let other_room = |history: &mut History| {
        let elsewhere = Entry {
            room: "elsewhere".into(),
            ..entry(8)
        };
        history.log.push(elsewhere.clone());
        history
            .views
            .iter_mut()
            .for_each(|view| view.entries.push(elsewhere.clone()));
    };
    assert_eq!(
        faults_after(other_room),
        [Fault::Inconsistent {
            reader: "ben".into(),
            id: 8
        }]
    );
}

#[test]
fn a_step_backwards_is_found() {
    let back = |history: &mut History| history.views[0].entries.swap(1, 2);
    assert_eq!(
        faults_after(back),
        [Fault::NonMonotonic {
            reader: reader(),
            id: 2
        }]
    );
}

#[test]
fn a_skipped_event_is_found() {
    let skip = |history: &mut History| drop(history.views[0].entries.remove(1));
    assert_eq!(
        faults_after(skip),
        [Fault::Skipped {
            reader: reader(),
            id: 2
        }]
    );
}

#[test]
fn a_cursor_moved_past_an_unseen_event_is_a_skip() {
    let skip = |history: &mut History| drop(history.views[0].entries.pop());
    assert_eq!(
        faults_after(skip),
        [Fault::Skipped {
            reader: reader(),
            id: 7
        }]
    );
}

#[test]
fn an_event_that_never_came_is_found() {
    let cut = |history: &mut History| {
        history.views[0].entries.pop();
        history.views[0].cursor = 4;
    };
    assert_eq!(
        faults_after(cut),
        [Fault::Unseen {
            reader: reader(),
            id: 7
        }]
    );
}

#[test]
fn a_message_that_its_poster_does_not_find_is_found() {
    let missing = |history: &mut History| history.look_backs[0].found = false;
    assert_eq!(
        faults_after(missing),
        [Fault::NotReadBack { nonce: "n4".into() }]
    );
}

#[test]
fn an_order_against_the_clock_is_found() {
    let late = |history: &mut History| {
        let (sent, answered) = (history.posts[3].sent, history.posts[3].answered);
        history.posts[0].sent = sent + Duration::from_millis(500);
        history.posts[0].answered = answered + Duration::from_millis(500);
    };
    assert_eq!(
        faults_after(late),
        [Fault::OutOfOrder {
            nonce: "n1".into(),
            id: 1
        }]
    );
}

#[test]
fn a_log_that_goes_back_is_found() {
    let back = |history: &mut History| history.log.swap(0, 1);
    assert_eq!(faults_after(back), [Fault::LogNotRising { id: 1 }]);
}
