//! Rows that the owner took out of the file by hand, while the server was stopped.

use crate::support::{chat::Chat, person::Person, stream::ids};
use backscroll::store::check;

/// Messages up to an id and everything about them, as one does it who knows the tables.
const PURGE: [&str; 4] = [
    "delete from reactions where message_id <= ?",
    "update messages set reply_to = null where reply_to <= ?",
    "delete from messages where id <= ?",
    "delete from events where message_id <= ?",
];
/// The log alone: references do not hold where they are not watched.
const CUT: [&str; 2] = [
    "pragma foreign_keys = off",
    "delete from events where id <= ?",
];

async fn take_out(chat: &Chat, statements: &'static [&'static str], up_to: i64) {
    let mut file = chat.outside().await;
    for statement in statements {
        let taken = sqlx::query(*statement).bind(up_to).execute(&mut file);
        taken.await.expect("the file lets its owner do it");
    }
}

/// How many rules the file breaks, as `backscroll check` counts them.
async fn faults(chat: &Chat) -> usize {
    let mut file = chat.outside().await;
    let damage = check::find_damage(&mut file).await.expect("it can be read");
    let verdicts = check::judge(&mut file).await.expect("it can be judged");
    damage.len() + verdicts.iter().filter(|one| one.faults > 0).count()
}

/// Both streams, asked for what follows a cursor, say the same.
async fn outcome(ann: &Person, after: i64) -> (String, Vec<i64>) {
    let query = format!("after={after}");
    let mut told = Vec::new();
    for mut stream in [
        ann.stream(&query).await,
        ann.stream_of("general", &query).await,
    ] {
        let events = match stream.outcome().as_str() {
            "replay" => ids(&stream.replay().await.0),
            _ => Vec::new(),
        };
        told.push((stream.outcome(), events));
    }
    let last = told.pop().expect("there are two");
    assert_eq!(told, std::slice::from_ref(&last), "after {after}");
    last
}

#[tokio::test]
async fn a_cursor_older_than_what_is_kept_is_told_so_and_any_other_is_honoured() {
    for (statements, is_sound) in [(&PURGE[..], true), (&CUT[..], false)] {
        let mut chat = Chat::start().await;
        let ann = chat.join("ann").await;
        let mut posted = ann.post_many("general", 10).await;
        ann.react("general", posted[3], "🎉").await.expect(200);
        ann.edit("general", posted[4], "edited").await.expect(200);
        posted.extend(ann.post_many("general", 20).await);
        let edge = posted[14];
        assert_eq!(outcome(&ann, 1).await.0, "replay");
        chat.stop().await;
        take_out(&chat, statements, edge).await;
        chat.go_on().await;

        let kept = chat.log_of("general").await;
        assert!(kept.ends_with(&posted[15..]) && !kept.contains(&edge));
        for honoured in [0, edge, posted[15], posted[20]] {
            let rest: Vec<_> = kept.iter().copied().filter(|id| *id > honoured).collect();
            let told = outcome(&ann, honoured).await;
            assert_eq!(told, ("replay".into(), rest), "after {honoured}");
        }
        for older in [1, posted[0], posted[13], edge - 1] {
            assert_eq!(outcome(&ann, older).await.0, "reset", "after {older}");
            let stream = ann.stream(&format!("after={older}")).await;
            assert_eq!(stream.opening.id(), posted.last().copied());
        }
        let head = ann.head().await;
        assert_eq!(outcome(&ann, head).await.0, "live");
        assert_eq!(faults(&chat).await == 0, is_sound);
    }
}

#[tokio::test]
async fn an_id_is_not_used_again_when_nothing_is_left_of_it() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let kept = ann.post("general", "kept").await;
    for next in ["post", "edit", "reaction"] {
        let newest = ann.post("general", "the newest").await;
        ann.delete("general", newest).await.expect(200);
        let used = ann.head().await;
        assert!(used > newest);
        chat.stop().await;
        let mut file = chat.outside().await;
        for statement in [
            "delete from messages where id = ?",
            "delete from events where message_id = ?",
        ] {
            let taken = sqlx::query(statement).bind(newest).execute(&mut file);
            taken.await.expect("the newest can be taken out");
        }
        sqlx::query("vacuum")
            .execute(&mut file)
            .await
            .expect("room");
        assert!(chat.log().await.last().expect("a log").id < newest);
        chat.go_on().await;
        for cursor in [newest, used] {
            assert_eq!(outcome(&ann, cursor).await.0, "reset", "ahead of the log");
        }
        match next {
            "post" => drop(ann.post("general", "the next").await),
            "edit" => drop(ann.edit("general", kept, "edited").await.expect(200)),
            _ => drop(ann.react("general", kept, "🎉").await.expect(200)),
        }
        let id = ann.head().await;
        assert!(id > used, "{next} {id} after {used}");
    }
    assert_eq!(faults(&chat).await, 0);
    assert_eq!(outcome(&ann, kept).await.0, "reset");
}
