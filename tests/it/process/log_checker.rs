//! Judges what clients saw against the log that is left: the checks of Jepsen's `tests/kafka.clj`, for a chat.
//!
//! Ids are not dense, and a reader may follow some rooms only: what it must have seen are those events of the log
//! that are its own and follow its first cursor.

mod tests;

use super::history::{Changes, Entry, History, Left, LookBack, Outcome, Post, View};
use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

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
