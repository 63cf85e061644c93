//! The rows do not depend on how changes are divided into batches, nor on what a cache knows: the same changes make
//! the same file, anywhere.

use backscroll::{
    cache::Cache,
    chat::apply::apply,
    config::{Durability, Storage},
    model::{
        change::{
            Action, CHANGE_VERSION, Change, ChangeId, FoldedName, NewAccount, Outcome, Post,
            SignIn, SignInKind,
        },
        ids::{EventId, MessageId, UserId},
        room::{NotifyLevel, RoomInfo, RoomKind},
        time::Timestamp,
    },
    store::{
        database_path::DatabasePath,
        db::{self, Connection, open_writer},
    },
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::value::to_raw_value;
use tempfile::TempDir;

const EMOJI: [&str; 2] = ["👍", "🎉"];
const HANDLES: [&str; 4] = ["ann", "bob", "cara", "Ann"];
const ROOMS: [&str; 4] = ["club", "plans", "club", "general"];

/// One for each kind of [`Action`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Found,
    BeginEra,
    JoinServer,
    SignOut,
    RenameUser,
    CreateRoom,
    UpdateRoom,
    JoinRoom,
    LeaveRoom,
    MarkRead,
    SetNotify,
    PostMessage,
    EditMessage,
    DeleteMessage,
    AddReaction,
    RemoveReaction,
    PostCustom,
}

/// What is posted often stands here often.
const KINDS: [Kind; 27] = {
    use Kind::{
        AddReaction, BeginEra, CreateRoom, DeleteMessage, EditMessage, Found, JoinRoom, JoinServer,
        LeaveRoom, MarkRead, PostCustom, PostMessage, RemoveReaction, RenameUser, SetNotify,
        SignOut, UpdateRoom,
    };
    [
        Found,
        BeginEra,
        JoinServer,
        JoinServer,
        SignOut,
        RenameUser,
        CreateRoom,
        CreateRoom,
        UpdateRoom,
        JoinRoom,
        JoinRoom,
        LeaveRoom,
        MarkRead,
        SetNotify,
        PostMessage,
        PostMessage,
        PostMessage,
        PostMessage,
        PostMessage,
        PostMessage,
        EditMessage,
        EditMessage,
        DeleteMessage,
        AddReaction,
        AddReaction,
        RemoveReaction,
        PostCustom,
    ]
};

/// The numbers choose among what is there when the change is made.
#[derive(Clone, Debug)]
struct Step {
    kind: Kind,
    who: usize,
    room: usize,
    which: usize,
    number: usize,
}

fn step() -> impl Strategy<Value = Step> {
    let number = 0..60_usize;
    let numbers = (number.clone(), number.clone(), number.clone(), number);
    (select(KINDS.as_slice()), numbers).prop_map(|(kind, (who, room, which, number))| Step {
        kind,
        who,
        room,
        which,
        number,
    })
}

/// What changes can be about.
struct Known {
    users: Vec<UserId>,
    rooms: Vec<String>,
    messages: Vec<(String, MessageId)>,
}

impl Known {
    /// Somebody, nobody, or somebody who is not there.
    fn actor(&self, who: usize) -> Option<UserId> {
        match who {
            0 => None,
            1 => Some(UserId(9_999)),
            _ => self.users.get(who % self.users.len().max(1)).copied(),
        }
    }

    fn room(&self, room: usize) -> String {
        let known = self.rooms.get(room % (self.rooms.len() + 1));
        known.cloned().unwrap_or_else(|| "nowhere".into())
    }

    fn message(&self, which: usize) -> (String, MessageId) {
        let known = self.messages.get(which % (self.messages.len() + 1));
        known.cloned().unwrap_or(("general".into(), MessageId(1)))
    }

    fn note(&mut self, change: &Change, outcome: &Outcome) {
        match (outcome, &change.action) {
            (Outcome::User(user), _) => self.users.push(user.id),
            (Outcome::Room { slug }, _) => self.rooms.push(slug.clone()),
            (Outcome::Message { id, is_new: true }, Action::PostMessage(post)) => {
                self.messages.push((post.room.clone(), *id));
            }
            _ => {}
        }
    }

    fn change(&self, step: &Step, count: u64) -> Change {
        let (month, second) = (1 + step.number % 12, step.number);
        let at = format!("2026-{month:02}-22T05:41:{second:02}.123Z");
        Change {
            v: CHANGE_VERSION,
            id: ChangeId { run: 1, count },
            at: Timestamp::parse(&at).expect("a time"),
            by: self.actor(step.who),
            action: self.action(step, count),
        }
    }

    fn action(&self, step: &Step, count: u64) -> Action {
        let Step { which, number, .. } = *step;
        let handle = HANDLES[which % HANDLES.len()].to_owned();
        match step.kind {
            Kind::Found => found("another-log"),
            Kind::BeginEra => Action::BeginEra {
                used: i64::try_from(number).expect("a small number"),
            },
            Kind::JoinServer => Action::JoinServer {
                account: NewAccount::new(&format!("{handle}{}", number % 3), &handle),
                sign_in: (number % 2 == 0).then(|| SignIn {
                    secret_hash: secret_hash(count),
                    kind: SignInKind::Token,
                }),
            },
            Kind::SignOut => Action::SignOut {
                secret_hash: secret_hash(number as u64),
            },
            Kind::RenameUser => Action::RenameUser {
                name: FoldedName::of_name(&handle),
            },
            Kind::MarkRead => Action::MarkRead {
                room: self.room(step.room),
                up_to: EventId(self.message(which).1.0),
            },
            Kind::SetNotify => Action::SetNotify {
                room: self.room(step.room),
                level: NotifyLevel::ALL[number % 3],
            },
            Kind::CreateRoom | Kind::UpdateRoom | Kind::JoinRoom | Kind::LeaveRoom => {
                self.change_of_room(step, &handle)
            }
            Kind::PostMessage | Kind::PostCustom => self.post(step),
            _ => self.change_of_message(step),
        }
    }

    fn change_of_room(&self, step: &Step, handle: &str) -> Action {
        let (room, number) = (self.room(step.room), step.number);
        match step.kind {
            Kind::CreateRoom => Action::CreateRoom {
                room: RoomInfo {
                    slug: ROOMS[step.room % ROOMS.len()].into(),
                    name: "A room".into(),
                    topic: String::new(),
                    kind: [RoomKind::Open, RoomKind::Closed][number % 2],
                },
                is_slug_chosen: number % 3 == 0,
            },
            Kind::UpdateRoom => Action::UpdateRoom {
                room,
                name: (number % 2 == 0).then(|| format!("Room {number}")),
                topic: (number % 3 == 0).then(|| "A topic".into()),
            },
            Kind::JoinRoom => Action::JoinRoom {
                room,
                handle: format!("{handle}{}", number % 3),
            },
            _ => Action::LeaveRoom {
                room,
                handle: format!("{handle}{}", number % 3),
            },
        }
    }

    fn post(&self, step: &Step) -> Action {
        let (room, number) = (self.room(step.room), step.number);
        let nonce = (number % 4 == 0).then(|| format!("nonce-{}", number % 3));
        if step.kind == Kind::PostCustom {
            return Action::PostCustom {
                room,
                name: "ci.build".into(),
                payload: to_raw_value(&number).expect("numbers are JSON"),
                nonce,
            };
        }
        Action::PostMessage(Post {
            room,
            body: format!("text {}", number % 5),
            mentions: mentions(number),
            nonce,
            reply_to: (number % 5 == 0).then(|| self.message(step.which).1),
        })
    }

    fn change_of_message(&self, step: &Step) -> Action {
        let (room, message) = self.message(step.which);
        let emoji = EMOJI[step.number % EMOJI.len()].to_owned();
        match step.kind {
            Kind::EditMessage => Action::EditMessage {
                room,
                message,
                body: format!("edited {}", step.number % 3),
                mentions: mentions(step.number),
            },
            Kind::DeleteMessage => Action::DeleteMessage { room, message },
            Kind::AddReaction => Action::AddReaction {
                room,
                message,
                emoji,
            },
            _ => Action::RemoveReaction {
                room,
                message,
                emoji,
            },
        }
    }
}

fn mentions(number: usize) -> Vec<String> {
    let mentioned = HANDLES[..3].iter().take(number % 4);
    mentioned.map(|handle| format!("{handle}0")).collect()
}

/// Of the secret that the change of this number may have brought.
fn secret_hash(number: u64) -> Vec<u8> {
    number.to_le_bytes().repeat(4)
}

fn found(log: &str) -> Action {
    Action::Found {
        log: log.into(),
        server: NewAccount::new("backscroll", "Backscroll"),
        room: RoomInfo {
            slug: "general".into(),
            name: "General".into(),
            topic: String::new(),
            kind: RoomKind::Open,
        },
    }
}

/// A file to which changes are applied as the server does it.
struct File {
    _directory: TempDir,
    connection: Connection,
    cache: Cache,
}

impl File {
    async fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = DatabasePath::resolve(&directory.path().join("chat.db")).expect("a plain name");
        let storage = Storage {
            durability: Durability::Normal,
            ..Storage::default()
        };
        let connection = open_writer(&path, storage).await.expect("a file is made");
        Self {
            _directory: directory,
            connection,
            cache: Cache::default(),
        }
    }

    /// Applies and commits one batch; answers with what was decided on each change.
    async fn commit(&mut self, changes: &[Change]) -> Vec<Result<Outcome, String>> {
        let connection = &mut self.connection;
        db::begin(connection).await.expect("it begins");
        let applied = apply(connection, &self.cache, changes).await;
        let verdicts = applied
            .unwrap_or_else(|error| panic!("{error}: {changes:#?}"))
            .verdicts;
        assert_eq!(verdicts.len(), changes.len());
        let last: Option<i64> = sqlx::query_scalar("select max(id) from events")
            .fetch_one(&mut *connection)
            .await
            .expect("the head");
        db::commit(connection).await.expect("it is stored");
        self.cache.set_last_id(EventId(last.unwrap_or(0)));
        let verdicts = verdicts.into_iter().map(|verdict| {
            let applied = verdict.map_err(|refused| format!("{refused:?}"))?;
            if let Some(access) = &applied.access {
                self.cache.invalidate(access);
            }
            Ok(applied.outcome)
        });
        verdicts.collect()
    }

    /// All rows of all tables, as text, in order.
    async fn dump(&mut self) -> Vec<String> {
        let columns = "select t.name, group_concat('quote(\"' || c.name || '\")', ' || '','' || ')
            from sqlite_schema t, pragma_table_info(t.name) c
            where t.type = 'table' and t.name <> '_sqlx_migrations' group by t.name order by t.name";
        let tables: Vec<(String, String)> = sqlx::query_as(columns)
            .fetch_all(&mut self.connection)
            .await
            .expect("there are tables");
        assert!(tables.len() >= 12, "{tables:?}");
        let mut dump = Vec::new();
        for (table, row) in tables {
            dump.extend(self.rows(&table, &row).await);
        }
        dump
    }

    async fn rows(&mut self, table: &str, row: &str) -> Vec<String> {
        let sql = format!("select '{table}: ' || {row} as line from \"{table}\" order by line");
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_all(&mut self.connection)
            .await
            .expect("rows can be read")
    }
}

/// Makes changes of the steps, each applied for itself to `file`.
async fn apply_one_by_one(file: &mut File, steps: &[Step]) -> (Vec<Change>, Vec<String>) {
    let mut known = Known {
        users: Vec::new(),
        rooms: vec!["general".into()],
        messages: Vec::new(),
    };
    let (mut changes, mut verdicts) = (Vec::new(), Vec::new());
    for (step, count) in steps.iter().zip(0..) {
        let mut change = known.change(step, count);
        if count == 0 {
            change.action = found("the-log");
        }
        let verdict = file.commit(std::slice::from_ref(&change)).await.remove(0);
        if let Ok(outcome) = &verdict {
            known.note(&change, outcome);
        }
        verdicts.push(format!("{verdict:?}"));
        changes.push(change);
    }
    (changes, verdicts)
}

async fn apply_in_batches(
    file: &mut File,
    changes: &[Change],
    sizes: &[usize],
    forgets: bool,
) -> Vec<String> {
    let mut rest = changes;
    let mut verdicts = Vec::new();
    for size in sizes.iter().cycle() {
        let (batch, others) = rest.split_at((*size).min(rest.len()));
        if forgets {
            file.cache.invalidate_all();
        }
        let decided = file.commit(batch).await;
        verdicts.extend(decided.iter().map(|verdict| format!("{verdict:?}")));
        rest = others;
        if rest.is_empty() {
            break;
        }
    }
    verdicts
}

async fn every_division_makes_the_same_file(steps: &[Step], sizes: &[usize]) {
    let mut alone = File::new().await;
    let (changes, verdicts) = apply_one_by_one(&mut alone, steps).await;
    let expected = alone.dump().await;
    // A change is plain data, which can be sent: what is read back is the same change.
    let sent = serde_json::to_string(&changes).expect("changes are JSON");
    let received: Vec<Change> = serde_json::from_str(&sent).expect("changes are read back");
    let reversed: Vec<usize> = sizes.iter().rev().copied().collect();
    for (sizes, forgets) in [(sizes, false), (&reversed, false), (&reversed, true)] {
        let mut file = File::new().await;
        let decided = apply_in_batches(&mut file, &received, sizes, forgets).await;
        assert_eq!(decided, verdicts);
        assert_eq!(file.dump().await, expected);
    }
}

#[test]
fn the_same_changes_make_the_same_file_in_whatever_batches_they_come() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let config = ProptestConfig {
        cases: 12,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    };
    proptest!(config, |(steps in vec(step(), 40..120), sizes in vec(1..30_usize, 1..6))| {
        runtime.block_on(every_division_makes_the_same_file(&steps, &sizes));
    });
}
