//! The rows do not depend on how changes are divided into batches, nor on what a cache knows: the same changes make
//! the same file, anywhere.

use super::{
    door_steps::Doors,
    import_steps::Archive,
    steps::{Known, Step, found, steps},
};
use backscroll::{
    cache::Cache,
    chat::apply::{apply, authorise_from_cache},
    config::{Durability, Storage},
    model::{
        change::{Action, CHANGE_VERSION, Change, ChangeId, Outcome, Principal},
        credential::CredentialAction,
        ids::{EventId, UserId},
        import::ImportStep,
        invite::NewInvite,
        role::{Door, Role},
        time::Timestamp,
    },
    store::{
        database_path::DatabasePath,
        db::{self, Connection, is_unique_violation, open_writer},
    },
};
use proptest::{collection::vec, prelude::*};
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// A file to which changes are applied as the server does it.
struct File {
    _directory: TempDir,
    connection: Connection,
    cache: Cache,
    /// How often the cache alone was enough.
    short_cuts: usize,
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
            short_cuts: 0,
        }
    }

    /// Applies and commits one batch; answers with what was decided on each change.
    async fn commit(&mut self, changes: &[Change]) -> Vec<Result<Outcome, String>> {
        if let Some(outcomes) = self.commit_from_cache(changes).await {
            return outcomes;
        }
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
            for access in &applied.access {
                self.cache.invalidate(access);
            }
            Ok(applied.outcome)
        });
        verdicts.collect()
    }

    /// The short cut for posts about which everything is in the cache.
    async fn commit_from_cache(
        &mut self,
        changes: &[Change],
    ) -> Option<Vec<Result<Outcome, String>>> {
        let posted = authorise_from_cache(&self.cache, changes)?;
        let version = db::data_version(&mut self.connection);
        let version = version.await.expect("a version");
        let added = posted.rows.add_if_unchanged(&mut self.connection, version);
        match added.await {
            Ok(is_added) => assert!(is_added || posted.events.is_empty()),
            Err(error) if is_unique_violation(&error) => return None,
            Err(error) => panic!("{error}: {changes:#?}"),
        }
        if let Some(last) = posted.events.last() {
            self.cache.set_last_id(last.id);
        }
        self.short_cuts += 1;
        let outcomes = posted.verdicts.into_iter().map(|verdict| {
            let applied = verdict.map_err(|refused| format!("{refused:?}"))?;
            Ok(applied.outcome)
        });
        Some(outcomes.collect())
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

/// Changes, and what was decided on each.
struct Applied {
    changes: Vec<Change>,
    verdicts: Vec<String>,
    /// How many messages were imported.
    imported: usize,
}

/// Makes changes of the steps, each applied for itself to `file`.
async fn apply_one_by_one(file: &mut File, steps: &[Step]) -> Applied {
    let mut known = Known {
        users: Vec::new(),
        rooms: vec!["general".into()],
        messages: Vec::new(),
        archive: Archive::default(),
        doors: Doors::default(),
    };
    let (mut changes, mut verdicts) = (Vec::new(), Vec::new());
    for (step, count) in steps.iter().zip(0..) {
        let mut change = known.change(step, count);
        if count == 0 {
            (change.by, change.action) = (Principal::Server, Box::new(found("the-log")));
        }
        let verdict = file.commit(std::slice::from_ref(&change)).await.remove(0);
        if let Ok(outcome) = &verdict {
            known.note(&change, outcome);
        }
        verdicts.push(format!("{verdict:?}"));
        changes.push(change);
    }
    Applied {
        changes,
        verdicts,
        imported: known.archive.added,
    }
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

/// Returns how often the cache alone was enough, and how many messages were imported.
async fn every_division_makes_the_same_file(steps: &[Step], sizes: &[usize]) -> (usize, usize) {
    let mut alone = File::new().await;
    let Applied {
        changes,
        verdicts,
        imported,
    } = apply_one_by_one(&mut alone, steps).await;
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
    (alone.short_cuts, imported)
}

#[tokio::test]
async fn only_the_server_imports() {
    let mut file = File::new().await;
    let found = change(Principal::Server, found("the-log"));
    file.commit(&[found]).await.remove(0).expect("it is new");
    for by in [Principal::User(UserId(1)), Principal::Anonymous] {
        let begin = change(by, Action::Import(ImportStep::Begin));
        let refused = file.commit(&[begin]).await.remove(0).unwrap_err();
        assert!(refused.contains("only the server itself"), "{refused}");
    }
    let end = change(Principal::Server, Action::Import(ImportStep::End));
    let refused = file.commit(&[end]).await.remove(0).unwrap_err();
    assert!(refused.contains("no import is in progress"), "{refused}");
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
    let (short_cuts, imports) = (AtomicUsize::new(0), AtomicUsize::new(0));
    proptest!(config, |(steps in steps(), sizes in vec(1..30_usize, 1..6))| {
        let (taken, imported) = runtime.block_on(every_division_makes_the_same_file(&steps, &sizes));
        short_cuts.fetch_add(taken, Ordering::Relaxed);
        imports.fetch_add(imported, Ordering::Relaxed);
    });
    assert!(
        short_cuts.into_inner() > 0,
        "the short cut for posts is compared, too"
    );
    assert!(imports.into_inner() > 0, "so are imports");
}

/// What only the operator may do is refused to whoever is not signed in, as it is to an account without the right.
#[tokio::test]
async fn who_is_not_signed_in_is_not_taken_for_the_operator() {
    let mut file = File::new().await;
    let founding = change(Principal::Server, found("the-log"));
    file.commit(&[founding]).await.remove(0).expect("it is new");
    let actions = [
        found("another-log"),
        Action::BeginEra { used: 5 },
        Action::OfferSetup {
            secret_hash: Box::new([1; 32]),
            is_kept: false,
        },
        Action::UpdateServer {
            name: None,
            door: Some(Door::Open),
        },
        Action::CreateInvite(NewInvite {
            secret_hash: Box::new([2; 32]),
            role: Role::Admin,
            room: None,
            person: None,
            uses: 1,
            expires_at: Timestamp::parse("2030-01-01T00:00:00.000Z").expect("a time"),
        }),
        Action::UpdateUser {
            handle: "backscroll".into(),
            role: Some(Role::Admin),
            disabled: None,
        },
        Action::EraseRooms,
        Action::Credential(CredentialAction::DeleteExpired {
            idle_since: Timestamp::MIN,
        }),
        Action::Import(ImportStep::Begin),
    ];
    for action in actions {
        let change = change(Principal::Anonymous, action);
        let verdict = file.commit(std::slice::from_ref(&change)).await.remove(0);
        verdict.expect_err(&format!("{:?}", change.action));
    }
}

fn change(by: Principal, action: Action) -> Change {
    Change {
        v: CHANGE_VERSION,
        id: ChangeId { run: 1, count: 0 },
        at: Timestamp::MIN,
        by,
        from: None,
        action: Box::new(action),
    }
}
