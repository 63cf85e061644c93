//! Every statement that the program has, against a file as its migrations make it.

use backscroll::{
    config::Storage,
    store::{
        archive, check, copies,
        database_path::DatabasePath,
        db::{Connection, open_writer},
        statements,
    },
};
use sqlx::{Executor as _, Row as _, SqlSafeStr as _, sqlite::SqliteRow};

/// Tables that only grow, by the names that statements give them.
const GROWING: [&str; 6] = ["events", "e", "messages", "m", "reactions", "x"];

pub(crate) async fn empty_file() -> (tempfile::TempDir, Connection) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = DatabasePath::resolve(&directory.path().join("chat.db")).expect("a plain name");
    let connection = open_writer(&file, Storage::default())
        .await
        .expect("a file is made");
    (directory, connection)
}

/// Returns the plan of a statement. A pragma has none.
async fn plan_of(connection: &mut Connection, name: &str, sql: &str) -> Vec<SqliteRow> {
    let explain: &'static str = format!("explain query plan {sql}").leak();
    let plan = sqlx::query(explain).fetch_all(connection).await;
    plan.unwrap_or_else(|error| panic!("{name}: {error}\n{sql}"))
}

/// Returns the steps of a plan in words.
fn steps_of(plan: &[SqliteRow]) -> Vec<String> {
    let steps = plan.iter().map(|row| row.try_get("detail"));
    steps.map(Result::unwrap_or_default).collect()
}

#[tokio::test]
async fn every_statement_can_be_prepared() {
    let (_directory, mut connection) = empty_file().await;
    let all = statements();
    assert!(all.len() > 40, "{}", all.len());
    for (name, sql) in all {
        if let Err(error) = connection.prepare(sql.into_sql_str()).await {
            panic!("{name}: {error}\n{sql}");
        }
    }
}

/// SQLite plans with the value of a parameter that is a limit by itself, and so prepares the statement anew each time
/// that another one is bound: that tripled what a page of history cost. `? + 0` is not looked into.
#[test]
fn no_statement_is_prepared_anew_for_its_limit() {
    for (name, sql) in statements() {
        for rest in sql.split("limit ?").skip(1) {
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            assert!(rest.starts_with(" + 0"), "{name}: {sql}");
        }
    }
}

/// Checks of foreign keys are part of the plan.
#[tokio::test]
async fn no_statement_walks_through_the_whole_log() {
    let (_directory, mut connection) = empty_file().await;
    let mut walkers = Vec::new();
    // Commands run beside the server, and export and check what there is.
    let of_commands = [archive::STATEMENTS, check::STATEMENTS, copies::STATEMENTS].concat();
    for (name, sql) in statements() {
        if of_commands.contains(&(name, sql)) {
            continue;
        }
        let mut plan = Vec::new();
        // Some go in one trip; of those that only begin or commit there is no plan.
        for part in sql
            .split("; ")
            .filter(|part| !part.starts_with("begin") && *part != "commit")
        {
            plan.extend(plan_of(&mut connection, name, part).await);
        }
        // `from scan e`: the rows that a page has chosen before
        let chosen = sql.contains("from scan e ");
        let steps = steps_of(&plan).into_iter();
        // Few events are about people; the end of the log is looked at up to a limit.
        let steps =
            steps.filter(|step| !step.ends_with("events_about_people") && name != "OPEN_HEAD");
        let scanned = steps.filter_map(|step| {
            step.strip_prefix("SCAN ")?
                .split(' ')
                .next()
                .map(str::to_owned)
        });
        // SQLite would look for reactions to an event, or by a user, that is added only if one waited for it, and none
        // can.
        let appends = sql.contains("insert into events") || sql.contains("insert into users");
        let scanned = scanned.filter(|table| !(appends && table == "reactions"));
        let walked =
            scanned.filter(|table| GROWING.contains(&table.as_str()) && !(chosen && table == "e"));
        walkers.extend(walked.map(|table| format!("{name} walks through {table}")));
    }
    assert!(walkers.is_empty(), "{walkers:#?}");
}

/// One person may have written most of what there is, and one room may contain it.
#[tokio::test]
async fn no_statement_walks_through_all_messages_of_an_author_or_a_room() {
    let (_directory, mut connection) = empty_file().await;
    let mut walkers = Vec::new();
    for (name, sql) in statements() {
        let steps = steps_of(&plan_of(&mut connection, name, sql).await).into_iter();
        // SQLite's own checks of references use no alias, and stop at the first row, as `exists` does.
        let stops = ["room_id", "author_id"].iter().any(|column| {
            sql.contains(&format!(
                "exists (select 1 from messages m where m.{column} = "
            ))
        });
        let walks = steps.filter(|step| {
            let is_of_one = step.ends_with("(author_id=?)") || step.ends_with("(room_id=?)");
            step.starts_with("SEARCH m ") && is_of_one && !stops
        });
        walkers.extend(walks.map(|step| format!("{name}: {step}")));
    }
    assert!(walkers.is_empty(), "{walkers:#?}");
}

/// Of 200 rooms with 1,000 unread messages each, which are far apart in the file, none is read.
#[tokio::test]
async fn unread_messages_are_counted_in_an_index() {
    let (_directory, mut connection) = empty_file().await;
    let counting = statements()
        .into_iter()
        .filter(|(_, sql)| sql.contains("'unread'"));
    for (name, sql) in counting {
        let steps = steps_of(&plan_of(&mut connection, name, sql).await);
        let counts = [
            "SEARCH m USING COVERING INDEX messages_of_room (room_id=? AND id>?)",
            "SEARCH m USING COVERING INDEX messages_of_thread (thread=? AND id>?)",
        ];
        let counted = steps.iter().any(|step| counts.contains(&step.as_str()));
        assert!(counted, "{name}: {steps:#?}");
    }
}

/// Of each room, the inbox reads as many items as a page has, however many there are.
#[tokio::test]
async fn the_items_of_the_inbox_are_read_off_indexes() {
    let (_directory, mut connection) = empty_file().await;
    let listing = statements().into_iter();
    let mut listing = listing.filter(|(name, _)| *name == "LIST_INBOX");
    let (name, sql) = listing.next().expect("there is an inbox");
    let steps = steps_of(&plan_of(&mut connection, name, sql).await);
    for step in [
        "SEARCH s USING COVERING INDEX memberships_of_user (user_id=?)",
        "SEARCH n USING PRIMARY KEY (user_id=? AND room_id=? AND message_id>? AND message_id<?)",
        "SEARCH n USING PRIMARY KEY (user_id=? AND room_id=? AND message_id<?)",
        "SEARCH m USING INDEX messages_mentioning_room (room_id=? AND id>? AND id<?)",
        "SEARCH m USING INDEX messages_mentioning_room (room_id=? AND id<?)",
    ] {
        assert!(
            steps.iter().any(|other| other == step),
            "{step}: {steps:#?}"
        );
    }
    let scans = |step: &&String| {
        step.starts_with("SCAN ") && !step.starts_with("SCAN i") && !step.starts_with("SCAN (")
    };
    assert_eq!(steps.iter().find(scans), None, "{steps:#?}");
}

/// What a filtered page of history reads is what it returns: the index has both ends of the span, and its order.
#[tokio::test]
async fn a_span_of_time_is_read_off_an_index() {
    let (_directory, mut connection) = empty_file().await;
    let filtered = statements()
        .into_iter()
        .filter(|(name, _)| name.starts_with("FILTERED_PAGE"));
    for (name, sql) in filtered {
        let plan = plan_of(&mut connection, name, sql).await;
        let steps = steps_of(&plan);
        let reads = |end: &str| {
            steps
                .iter()
                .any(|step| step.starts_with("SEARCH m ") && step.contains(end))
        };
        assert!(
            reads("created_at>? AND (created_at,rowid)<(?,?))"),
            "{name}: {steps:#?}"
        );
        assert!(
            reads("(created_at,rowid)>(?,?) AND created_at<?)"),
            "{name}: {steps:#?}"
        );
        // Reactions are sorted, too, within the walk.
        let walks: Vec<i64> = plan
            .iter()
            .filter(|row| row.get::<String, _>("detail").starts_with("SEARCH m "))
            .map(|row| row.get("parent"))
            .collect();
        let sorts = plan.iter().any(|row| {
            let detail: String = row.get("detail");
            detail == "USE TEMP B-TREE FOR ORDER BY" && walks.contains(&row.get("parent"))
        });
        assert!(!sorts, "{name}: {steps:#?}");
    }
}
