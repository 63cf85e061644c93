//! Judges what clients saw against the log that is left: the checks of Jepsen's `tests/kafka.clj`, for a chat.
//!
//! Ids are not dense, and a reader may follow some rooms only: what it must have seen are those events of the log
//! that are its own and follow its first cursor.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Instant,
};

/// An event, as the log has it or as a reader was told of it. Two of one id must be equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: i64,
    pub(super) room: String,
    pub(super) kind: String,
    /// The message that it is about.
    pub(super) message: Option<i64>,
    /// The name that the poster gave to that message.
    pub(super) nonce: Option<String>,
}

/// How a post ended, for its poster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Acknowledged, with this id.
    Acknowledged(i64),
    /// Refused: nothing may have been stored.
    Refused,
    /// No answer came: stored or not.
    Unknown,
}

/// One try to post.
#[derive(Clone, Debug)]
pub(super) struct Post {
    pub(super) nonce: String,
    pub(super) sent: Instant,
    pub(super) answered: Instant,
    pub(super) outcome: Outcome,
}

/// A poster that looked for its message after it was acknowledged.
#[derive(Clone, Debug)]
pub(super) struct LookBack {
    pub(super) nonce: String,
    pub(super) found: bool,
}

/// A message that was changed, by one person in one order: version 1, 2, 3 …, and perhaps deleted after that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// The last version that was acknowledged.
    pub(super) acknowledged: u32,
    /// The last version that was sent.
    pub(super) sent: u32,
    pub(super) deletion_acknowledged: bool,
    pub(super) deletion_sent: bool,
}

/// What is left of a message in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    Version(u32),
    Deleted,
}

/// What one reader saw.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) reader: String,
    /// The rooms that it followed; `None`: all.
    pub(super) room: Option<String>,
    /// Its first cursor.
    pub(super) after: i64,
    pub(super) entries: Vec<Entry>,
    /// Its last cursor.
    pub(super) cursor: i64,
}

/// Everything that was seen.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    pub(super) posts: Vec<Post>,
    pub(super) look_backs: Vec<LookBack>,
    /// By message.
    pub(super) changes: BTreeMap<i64, Changes>,
    pub(super) views: Vec<View>,
    /// The log that is left, in its order.
    pub(super) log: Vec<Entry>,
    /// The messages that are left.
    pub(super) left: HashMap<i64, Left>,
}

/// What must never happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It was acknowledged, and is not there.
    LostWrite { nonce: String, id: i64 },
    /// The change of a message was acknowledged, and is not there; or one is there that nobody sent.
    LostChange { message: i64 },
    /// It was refused, and is there all the same.
    AbortedRead { nonce: String },
    /// One nonce, several messages.
    Duplicate { nonce: String },
    /// Two acknowledgements of one nonce name different ids.
    AnswersDiffer { nonce: String },
    /// A reader saw one event twice.
    SeenTwice { reader: String, id: i64 },
    /// A reader saw something else under this id than the log has.
    Inconsistent { reader: String, id: i64 },
    /// A reader was led backwards.
    NonMonotonic { reader: String, id: i64 },
    /// A reader was led past an event that was its own.
    Skipped { reader: String, id: i64 },
    /// A reader has not been told of an event, although it was there to the end.
    Unseen { reader: String, id: i64 },
    /// A poster did not find what was acknowledged.
    NotReadBack { nonce: String },
    /// It was sent after the other was acknowledged, and stands before it.
    OutOfOrder { nonce: String, id: i64 },
    /// Ids of the log do not rise.
    LogNotRising { id: i64 },
}

/// All faults of a history. None is what everybody hopes for.
pub(super) fn faults(history: &History) -> Vec<Fault> {
    [
        faults_of_log(history),
        faults_of_posts(history),
        faults_of_order(&history.posts),
        faults_of_changes(history),
        faults_of_look_backs(&history.look_backs),
        history
            .views
            .iter()
            .flat_map(|view| faults_of_view(view, &history.log))
            .collect(),
    ]
    .concat()
}

fn faults_of_log(history: &History) -> Vec<Fault> {
    let backwards = history
        .log
        .windows(2)
        .filter(|pair| pair[1].id <= pair[0].id);
    let mut faults: Vec<_> = backwards
        .map(|pair| Fault::LogNotRising { id: pair[1].id })
        .collect();
    let mut nonces = HashSet::new();
    for entry in messages(&history.log) {
        if let Some(nonce) = &entry.nonce
            && !nonces.insert(nonce)
        {
            faults.push(Fault::Duplicate {
                nonce: nonce.clone(),
            });
        }
    }
    faults
}

fn faults_of_posts(history: &History) -> Vec<Fault> {
    let stored: HashMap<&str, i64> = messages(&history.log)
        .filter_map(|entry| Some((entry.nonce.as_deref()?, entry.id)))
        .collect();
    let mut acknowledged: HashMap<&str, i64> = HashMap::new();
    let mut faults = Vec::new();
    for post in &history.posts {
        let Outcome::Acknowledged(id) = post.outcome else {
            continue;
        };
        if *acknowledged.entry(&post.nonce).or_insert(id) != id {
            faults.push(Fault::AnswersDiffer {
                nonce: post.nonce.clone(),
            });
        }
        if stored.get(post.nonce.as_str()) != Some(&id) {
            faults.push(Fault::LostWrite {
                nonce: post.nonce.clone(),
                id,
            });
        }
    }
    // A refusal says nothing about another try of the same post that is still under way or went through.
    let open: HashSet<&str> = history
        .posts
        .iter()
        .filter(|post| post.outcome != Outcome::Refused)
        .map(|post| post.nonce.as_str())
        .collect();
    let refused: HashSet<&str> = history
        .posts
        .iter()
        .map(|post| post.nonce.as_str())
        .filter(|nonce| !open.contains(nonce))
        .collect();
    let seen = history
        .views
        .iter()
        .flat_map(|view| messages(&view.entries))
        .chain(messages(&history.log));
    let seen: HashSet<&str> = seen.filter_map(|entry| entry.nonce.as_deref()).collect();
    let mut aborted: Vec<_> = refused
        .intersection(&seen)
        .map(|nonce| Fault::AbortedRead {
            nonce: (*nonce).to_owned(),
        })
        .collect();
    faults.append(&mut aborted);
    faults
}

/// What was acknowledged before another was sent, by whomever, stands before it.
fn faults_of_order(posts: &[Post]) -> Vec<Fault> {
    let mut first: HashMap<&str, (Instant, Instant, i64)> = HashMap::new();
    for post in posts {
        let Outcome::Acknowledged(id) = post.outcome else {
            continue;
        };
        let times = first
            .entry(&post.nonce)
            .or_insert((post.sent, post.answered, id));
        times.1 = times.1.min(post.answered);
    }
    // A message may have been stored by the first of several tries.
    for post in posts {
        if let Some(times) = first.get_mut(post.nonce.as_str()) {
            times.0 = times.0.min(post.sent);
        }
    }
    let mut sent: Vec<_> = first
        .iter()
        .map(|(nonce, (sent, _, id))| (*sent, *nonce, *id))
        .collect();
    let mut answered: Vec<_> = first
        .values()
        .map(|(_, answered, id)| (*answered, *id))
        .collect();
    sent.sort_unstable();
    answered.sort_unstable();
    let mut before = answered.into_iter().peekable();
    let mut highest = i64::MIN;
    let mut faults = Vec::new();
    for (sent, nonce, id) in sent {
        while let Some((_, earlier)) = before.next_if(|(answered, _)| *answered < sent) {
            highest = highest.max(earlier);
        }
        if id < highest {
            faults.push(Fault::OutOfOrder {
                nonce: nonce.to_owned(),
                id,
            });
        }
    }
    faults
}

fn faults_of_changes(history: &History) -> Vec<Fault> {
    let is_kept = |message: &i64, changes: &Changes| match history.left.get(message) {
        Some(Left::Deleted) => changes.deletion_sent,
        Some(Left::Version(version)) => {
            !changes.deletion_acknowledged
                && (changes.acknowledged..=changes.sent).contains(version)
        }
        None => false,
    };
    let lost = history
        .changes
        .iter()
        .filter(|(message, changes)| !is_kept(message, changes));
    lost.map(|(message, _)| Fault::LostChange { message: *message })
        .collect()
}

fn faults_of_look_backs(look_backs: &[LookBack]) -> Vec<Fault> {
    let missed = look_backs.iter().filter(|look_back| !look_back.found);
    missed
        .map(|look_back| Fault::NotReadBack {
            nonce: look_back.nonce.clone(),
        })
        .collect()
}

/// A view is a prefix of what its reader must see, and complete in the end.
fn faults_of_view(view: &View, log: &[Entry]) -> Vec<Fault> {
    let reader = || view.reader.clone();
    let is_own = |entry: &&Entry| {
        entry.id > view.after && view.room.as_ref().is_none_or(|room| *room == entry.room)
    };
    let expected: Vec<&Entry> = log.iter().filter(is_own).collect();
    let by_id: HashMap<i64, &Entry> = expected.iter().map(|entry| (entry.id, *entry)).collect();
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    let mut last = view.after;
    for entry in &view.entries {
        if !seen.insert(entry.id) {
            faults.push(Fault::SeenTwice {
                reader: reader(),
                id: entry.id,
            });
        } else if entry.id <= last {
            faults.push(Fault::NonMonotonic {
                reader: reader(),
                id: entry.id,
            });
        }
        if by_id.get(&entry.id) != Some(&entry) {
            faults.push(Fault::Inconsistent {
                reader: reader(),
                id: entry.id,
            });
        }
        last = last.max(entry.id);
    }
    let end = last.max(view.cursor);
    for entry in expected.iter().filter(|entry| !seen.contains(&entry.id)) {
        let (reader, id) = (reader(), entry.id);
        faults.push(if id <= end {
            Fault::Skipped { reader, id }
        } else {
            Fault::Unseen { reader, id }
        });
    }
    faults
}

fn messages(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    entries.iter().filter(|entry| entry.kind == "message")
}

mod tests {
    use super::*;
    use std::time::Duration;

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
            faults_after(
                |history| history.changes.get_mut(&2).unwrap().deletion_acknowledged = true
            ),
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
        let other =
            |history: &mut History| history.views[0].entries[2].nonce = Some("other".into());
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
}
