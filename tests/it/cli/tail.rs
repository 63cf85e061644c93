//! `tail` prints every event once, in order, whatever happens to it or to the server.

use super::{
    chat::Chat,
    program::{Running, command, run, until},
    scripted::{STREAM, Scripted},
};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

/// The texts of the messages among these lines.
fn texts(lines: &[String]) -> Vec<String> {
    let events = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    let messages = events.filter(|event| event["event"] == "message");
    messages
        .map(|event| {
            event["message"]["body"]
                .as_str()
                .expect("a text")
                .to_owned()
        })
        .collect()
}

fn ids(lines: &[String]) -> Vec<i64> {
    let events = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    events
        .map(|event| event["id"].as_i64().expect("an id"))
        .collect()
}

#[test]
fn what_was_and_what_comes_is_one_sequence() {
    let chat = Chat::serving();
    chat.post("one");
    chat.post("two");
    let tail = Running::start(["tail", &chat.url(), "--after", "earliest"]);
    until("caught up", || tail.has_told("caught-up"));
    chat.post("three");
    until("the third one comes", || {
        texts(&tail.out()) == ["one", "two", "three"]
    });
    let ids = ids(&tail.out());
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}

#[test]
fn kill_9_of_the_server_costs_nothing() {
    let mut chat = Chat::serving();
    let tail = Running::start(["tail", &chat.url(), "--room", "general"]);
    until("live", || tail.has_told("live from"));
    let mut posted = Vec::new();
    for round in 0..3 {
        posted.push(format!("before the end, {round}"));
        chat.post(&posted[posted.len() - 1]);
        chat.kill();
        chat.serve();
        posted.push(format!("after the end, {round}"));
        chat.post(&posted[posted.len() - 1]);
        until("both came", || texts(&tail.out()) == posted);
    }
}

#[test]
fn a_cursor_file_continues_exactly_after_a_signal() {
    let chat = Chat::serving();
    let cursor = chat.name("cursor");
    let mut lines = Vec::new();
    for (n, signal) in ["TERM", "INT", "TERM"].into_iter().enumerate() {
        let mut tail = Running::start([
            "tail",
            &chat.url(),
            "--after",
            "earliest",
            "--cursor-file",
            &cursor,
        ]);
        let newest = chat.post(&n.to_string());
        until("it came", || ids(&tail.out()).last() == Some(&newest));
        tail.signal(signal);
        assert_eq!(tail.code(), Some(0));
        until("the cursor is saved", || {
            fs::read_to_string(&cursor).is_ok_and(|id| id == format!("{newest}\n"))
        });
        lines.extend(tail.out());
    }
    assert_eq!(texts(&lines), ["0", "1", "2"]);
}

#[test]
fn kill_9_of_tail_loses_nothing() {
    let chat = Chat::new();
    let (archive, cursor) = (chat.name("archive.ndjson"), chat.name("cursor"));
    let line = |n| {
        format!(r#"{{"room":"general","author":"ann","at":"2004-12-25T09:14:00Z","body":"{n}"}}"#)
            + "\n"
    };
    fs::write(&archive, (0..20_000).map(line).collect::<String>()).expect("a file");
    run(["import", &archive, "--db", &chat.db()]).ok();
    let mut chat = chat;
    chat.serve();
    let mut all = Vec::new();
    for round in 1..=4 {
        let mut tail = Running::start([
            "tail",
            &chat.url(),
            "--after",
            "earliest",
            "--cursor-file",
            &cursor,
        ]);
        until("some came", || {
            tail.out().len() > 100 * round || tail.has_told("caught-up")
        });
        tail.signal("KILL");
        tail.code();
        // The last line may have been cut off.
        let whole = tail
            .out()
            .into_iter()
            .filter(|line| serde_json::from_str::<Value>(line).is_ok());
        all.extend(whole);
    }
    all.extend(
        run(["tail", &chat.url(), "--no-follow", "--cursor-file", &cursor])
            .ok()
            .lines()
            .map(str::to_owned),
    );
    let mut bodies: Vec<u32> = texts(&all)
        .iter()
        .map(|body| body.parse().expect("a number"))
        .collect();
    bodies.sort_unstable();
    bodies.dedup();
    assert_eq!(bodies, (0..20_000).collect::<Vec<_>>());
}

#[test]
fn a_block_cut_short_is_neither_printed_nor_counted() {
    let hello =
        "retry: 10\nevent: hello\ndata: {\"outcome\":\"replay\",\"from\":0,\"head\":9}\nid: 0\n\n";
    let block = |n: u32| format!("data: {{\"id\":{n}}}\nid: {n}\n");
    let first = format!("{STREAM}{hello}{}\n{}", block(1), block(2));
    let second = format!("{STREAM}{}\ndata: {{\"id\":3", block(2));
    let third = format!(
        "{STREAM}{}\nevent: caught-up\ndata: {{\"id\":3}}\nid: 3\n\n",
        block(3)
    );
    let server = Scripted::start(&[&first, &second, &third]);
    let printed = run(["tail", &server.url(), "--after", "earliest", "--no-follow"]).ok();
    assert_eq!(
        ids(&printed.lines().map(str::to_owned).collect::<Vec<_>>()),
        [1, 2, 3]
    );
    let named: Vec<_> = server
        .requests()
        .iter()
        .map(|request| cursor_of(request))
        .collect();
    assert_eq!(named, ["0", "1", "2"]);
}

fn cursor_of(request: &str) -> String {
    let header = request
        .lines()
        .find_map(|line| line.strip_prefix("last-event-id: "));
    header.unwrap_or("none").to_owned()
}

#[test]
fn it_reconnects_after_every_fault_that_may_pass() {
    let hello = "retry: 10\nevent: hello\ndata: {\"outcome\":\"live\",\"head\":9}\nid: 9\n\n";
    let unavailable = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let strange = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi";
    let server = Scripted::start(&["", unavailable, strange, &format!("{STREAM}{hello}")]);
    assert!(
        run(["tail", &server.url(), "--no-follow"])
            .stderr
            .contains("live from 9")
    );
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_cursor_that_cannot_be_honoured_is_told_and_replaced() {
    let chat = Chat::serving();
    let head = chat.post("one");
    let cursor = chat.name("cursor");
    fs::write(&cursor, "4000000000").expect("a file");
    let ended = run(["tail", &chat.url(), "--cursor-file", &cursor, "--no-follow"]);
    assert!(
        ended.stderr.contains("reset") && ended.stderr.contains("4000000000"),
        "{ended:?}"
    );
    assert_eq!(
        fs::read_to_string(&cursor).expect("a file"),
        format!("{head}\n")
    );
    for lost in ["what?", "", "\n"] {
        fs::write(&cursor, lost).expect("a file");
        run(["tail", &chat.url(), "--cursor-file", &cursor]).failed(2, "no cursor");
    }
}

#[test]
fn it_ends_quietly_when_nobody_reads_any_more() {
    let chat = Chat::serving();
    chat.post("one");
    let arguments = ["tail", &chat.url(), "--after", "earliest"];
    let mut child = command(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe"))
        .read_line(&mut line)
        .expect("a line");
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(0));
    assert!(!String::from_utf8_lossy(&ended.stderr).contains("panicked"));
}

#[test]
fn a_reader_that_does_not_read_does_not_hold_up_the_end() {
    let data = format!("{{\"text\":\"{}\"}}", "x".repeat(60_000));
    let blocks: Vec<_> = (1..=50)
        .map(|n| format!("data: {data}\nid: {n}\n\n"))
        .collect();
    let server = Scripted::start(&[&format!("{STREAM}{}", blocks.concat())]);
    let arguments = ["tail", &server.url(), "--after", "earliest"];
    let mut child = command(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut String::new()).expect("a line");
    // Far more is on its way than the pipe holds.
    let sent = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(sent.expect("there is a kill").success());
    let mut status = None;
    until("it ends", || {
        status = child.try_wait().expect("it is ours");
        status.is_some()
    });
    assert!(status.is_some_and(|status| status.success()));
}
