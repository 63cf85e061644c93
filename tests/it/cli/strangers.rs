//! What answers in the server's place (proxies, redirects, captive portals) is never taken for the server.

use super::{
    chat::Chat,
    program::{Ended, Running, command, run, until},
    scripted::{STREAM, Scripted, answer, problem, read_request},
};
use std::{
    io::Write as _,
    net::{TcpListener, TcpStream},
    thread,
};

const HELLO: &str =
    "retry: 10\nevent: hello\ndata: {\"outcome\":\"live\",\"from\":9,\"head\":9}\nid: 9\n\n";

fn redirect(code: u16, target: &str) -> String {
    answer(
        &format!("{code} Elsewhere"),
        &format!("location: {target}"),
        "",
    )
}

#[test]
fn a_redirect_is_named_and_never_followed_or_taken_for_success() {
    let chat = Chat::serving();
    chat.post("before");
    let target = format!("{}/api/v1/rooms/general/messages", chat.url());
    for code in [301, 302, 303, 307, 308] {
        let server = Scripted::start(&[&redirect(code, &target)]);
        let url = server.url();
        let words = format!("redirects to {};", chat.url());
        run(["post", &url, "general", "lost?", "--token", "secret"]).failed(6, &words);
        assert_eq!(server.requests().len(), 1, "it does not insist");
        let target = format!("{}/api/v1/events", chat.url());
        let server = Scripted::start(&[&redirect(code, &target)]);
        run(["tail", &server.url(), "--token", "secret", "--no-follow"]).failed(6, &words);
    }
    assert_eq!(chat.history().len(), 1);
}

#[test]
fn a_tail_that_has_had_a_stream_outlives_a_captive_portal() {
    let replay = HELLO.replace("live", "replay");
    let portal = redirect(302, "http://portal.example/login");
    let server = Scripted::start(&[
        &format!("{STREAM}{replay}"),
        &portal,
        &format!("{STREAM}{HELLO}"),
    ]);
    let ended = run(["tail", &server.url(), "--no-follow"]);
    assert!(
        ended
            .stderr
            .contains("redirects to http://portal.example/login"),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("live from 9"), "{ended:?}");
    assert_eq!((ended.code, server.requests().len()), (0, 3));
}

#[test]
fn an_error_that_is_not_backscrolls_does_not_end_a_tail() {
    let text = "content-type: text/plain";
    let foreign = "content-type: application/problem+json";
    let server = Scripted::start(&[
        &answer("404 Not Found", text, "404 page not found\n"),
        &answer("401 Unauthorized", "www-authenticate: Basic", ""),
        &answer(
            "403 Forbidden",
            foreign,
            r#"{"title":"Forbidden","status":403}"#,
        ),
        &problem("410 Gone", "blocked-by-waf"),
        &answer("200 OK", "content-type: text/html", "Sign in to the Wi-Fi"),
        &format!("{STREAM}{HELLO}"),
    ]);
    let ended = run(["tail", &server.url(), "--no-follow"]);
    for words in [
        "404 Not Found (text/plain), which does not come from Backscroll",
        "401 Unauthorized (without a content type)",
        "403 Forbidden (application/problem+json)",
        "410 Gone (application/problem+json), which does not come from Backscroll",
        "200 OK (text/html)",
    ] {
        assert!(ended.stderr.contains(words), "{words}: {ended:?}");
    }
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn backscrolls_own_refusal_ends_a_tail() {
    for (status, code, words) in [
        ("404 Not Found", "not-found", "may not read it"),
        ("401 Unauthorized", "sign-in-needed", "--token"),
        ("421 Misdirected Request", "misdirected", "421"),
    ] {
        let server = Scripted::start(&[&problem(status, code)]);
        run(["tail", &server.url(), "--token", "x"]).failed(5, words);
        assert_eq!(server.requests().len(), 1);
    }
    let chat = Chat::serving();
    run(["tail", &chat.url(), "--room", "no-such-room"]).failed(5, "may not read it");
}

#[test]
fn a_post_tries_on_until_backscroll_itself_answers() {
    let created = answer(
        "201 Created",
        "content-type: application/json",
        r#"{"id":7}"#,
    );
    let not_found = answer(
        "404 Not Found",
        "content-type: text/plain",
        "404 page not found\n",
    );
    let portal = answer("200 OK", "content-type: text/html", "Sign in to the Wi-Fi");
    let firewall = problem("404 Not Found", "blocked-by-waf");
    let server = Scripted::start(&[&not_found, &portal, &firewall, &created]);
    assert_eq!(post(&server, "9").ok(), "7\n");
    assert_eq!(server.requests().len(), 4);

    let refused = Scripted::start(&[&not_found, &problem("403 Forbidden", "not-author")]);
    post(&refused, "9").failed(5, "refused: Explained.");
}

#[test]
fn a_post_names_each_kind_of_fault_at_once_and_once() {
    let portal = answer("200 OK", "content-type: text/html", "Sign in to the Wi-Fi");
    let busy = answer("503 Busy", "content-type: text/html", "");
    let server = Scripted::start(&[&portal, &portal, &busy]);
    let mut posting = Running::start(["post", &server.url(), "general", "x", "--token", "t"]);
    for words in ["200 OK (text/html)", "503 Service Unavailable (text/html)"] {
        until("it names the fault", || posting.has_told(words));
    }
    until("it tries on", || server.requests().len() > 3);
    assert_eq!(posting.ended(), None);
    assert_eq!(posting.lines_with("200 OK"), 1);
    assert_eq!(posting.lines_with("503"), 1);
    posting.kill();
}

#[test]
fn what_is_no_message_is_no_success() {
    for body in ["", "null", "{}", r#"{"id":null}"#, "<html>", "[7]"] {
        let odd = answer("200 OK", "content-type: application/json", body);
        let server = Scripted::start(&[&odd]);
        let ended = post(&server, "0");
        ended.failed(6, "does not come from Backscroll");
        assert_eq!(ended.stdout, "", "{body}");
    }
}

#[test]
fn a_pause_that_a_proxy_asks_for_has_a_limit() {
    let busy = answer("503 Busy", "retry-after: 99999999999999999999", "");
    let server = Scripted::start(&[&busy]);
    let url = server.url();
    run(["post", &url, "general", "x", "--token", "t"]).failed(6, "503");
    let date = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sat, 06 Nov 2094 08:49:37 GMT";
    let server = Scripted::start(&[&answer("503 Busy", date, "")]);
    let mut tail = Running::start(["tail", &server.url()]);
    until("it says how long it waits", || {
        tail.has_told("retrying in 600.0 s")
    });
    tail.signal("TERM");
    assert_eq!(tail.code(), Some(0));
}

#[test]
fn an_error_page_that_never_ends_delays_nobody() {
    let head = "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-length: 1000\r\n\r\n";
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        let mut open: Vec<TcpStream> = Vec::new();
        for mut connection in listener.incoming().map_while(Result::ok) {
            read_request(&mut connection);
            let _ = connection.write_all(head.as_bytes());
            open.push(connection);
        }
    });
    let mut tail = Running::start(["tail", &url]);
    until("it tries again", || tail.has_told("404 Not Found"));
    tail.signal("TERM");
    assert_eq!(tail.code(), Some(0));
}

#[test]
fn a_proxy_is_never_asked_for_this_machine() {
    let chat = Chat::serving();
    let (url, tokens) = (chat.url(), chat.name("ann.token"));
    let port = url.rsplit(':').next().expect("a port");
    for server in [&url, &format!("localhost:{port}")] {
        let mut command = command([
            "post",
            server,
            "general",
            "x",
            "--as",
            "ann",
            "--token-file",
            &tokens,
        ]);
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
            command.env(name, "http://127.0.0.1:1");
        }
        let output = command.output().expect("the program starts");
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(chat.history().len(), 2);
}

/// Runs `backscroll post` against this server; it tries for so many seconds.
fn post(server: &Scripted, give_up_after: &str) -> Ended {
    let url = server.url();
    run([
        "post",
        &url,
        "general",
        "x",
        "--token",
        "t",
        "--give-up-after",
        give_up_after,
    ])
}
