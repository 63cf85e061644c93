//! `post` posts once, however bad the network is.

use super::{
    chat::Chat,
    program::{Running, run, run_with_input, until},
    scripted::{Scripted, read_request},
};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    thread,
};

fn bodies(chat: &Chat) -> Vec<String> {
    chat.history()
        .iter()
        .map(|message| message["body"].as_str().expect("a text").to_owned())
        .collect()
}

#[test]
fn a_text_comes_from_the_command_line_or_from_standard_input() {
    let chat = Chat::serving();
    let id = chat.post("from the command line");
    assert_eq!(chat.history()[0]["id"], id);
    let (url, tokens) = (chat.url(), chat.name("ann.token"));
    let who = ["--as", "ann", "--token-file", &tokens];
    let post = ["post", &url, "general"];
    run_with_input(post.iter().chain(&who), "two\r\nlines\n").ok();
    run_with_input(post.iter().chain(&["-"]).chain(&who), " kept as written ").ok();
    let ids = run_with_input(post.iter().chain(&["--lines"]).chain(&who), "a\n\nb\nc").ok();
    assert_eq!(ids.lines().count(), 3);
    let expected = [
        "from the command line",
        "two\nlines",
        " kept as written ",
        "a",
        "b",
        "c",
    ];
    assert_eq!(bodies(&chat), expected);
    let mode = fs::metadata(&tokens).expect("a file").permissions().mode();
    assert_eq!(mode & 0o077, 0, "only its owner may read a token");
}

#[test]
fn the_same_nonce_posts_once() {
    let chat = Chat::serving();
    chat.post("hello");
    let token = fs::read_to_string(chat.name("ann.token")).expect("a token");
    let post = |text: &str| {
        run([
            "post",
            &chat.url(),
            "general",
            text,
            "--token",
            token.trim(),
            "--nonce",
            "n",
        ])
    };
    let id = post("once").ok();
    assert_eq!(post("once").ok(), id);
    post("something else").failed(5, "nonce");
    assert_eq!(bodies(&chat), ["hello", "once"]);
}

#[test]
fn an_answer_that_is_lost_makes_no_second_message() {
    let chat = Chat::serving();
    chat.post("hello");
    let token = fs::read_to_string(chat.name("ann.token")).expect("a token");
    let proxy = losing_proxy(chat.address());
    let id = run(["post", &proxy, "general", "once", "--token", token.trim()]).ok();
    let history = chat.history();
    assert_eq!(
        (history.len(), history[1]["id"].to_string()),
        (2, id.trim().to_owned())
    );
}

/// Passes requests on, and lets the first two answers get lost.
fn losing_proxy(server: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for (n, mut client) in listener.incoming().map_while(Result::ok).enumerate() {
            let request =
                read_request(&mut client).replacen("\r\n", "\r\nconnection: close\r\n", 1);
            let mut upstream = TcpStream::connect(&server).expect("the server listens");
            upstream.write_all(request.as_bytes()).expect("it reads");
            let mut answer = Vec::new();
            upstream.read_to_end(&mut answer).expect("it answers");
            let keep = if n < 2 { 40 * n } else { answer.len() };
            let _ = client.write_all(&answer[..keep]);
        }
    });
    url
}

#[test]
fn it_waits_for_a_server_that_is_away() {
    let mut chat = Chat::serving();
    chat.post("hello");
    chat.kill();
    let tokens = chat.name("ann.token");
    let mut posting = Running::start([
        "post",
        &chat.url(),
        "general",
        "back",
        "--as",
        "ann",
        "--token-file",
        &tokens,
    ]);
    chat.serve();
    assert_eq!(posting.code(), Some(0));
    until("its id was printed", || posting.out().len() == 1);
    assert_eq!(bodies(&chat), ["hello", "back"]);
}

#[test]
fn it_gives_up_in_time_and_says_what_it_was_told() {
    let busy = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let server = Scripted::start(&[busy]);
    let arguments = [
        "post",
        &server.url(),
        "general",
        "x",
        "--token",
        "t",
        "--give-up-after",
        "1",
    ];
    run(arguments).failed(6, "503");
    assert!(server.requests().len() > 1, "it tries again");

    let chat = Chat::serving();
    chat.post("hello");
    let url = chat.url();
    run(["post", &url, "general", "x", "--as", "ann"]).failed(5, "taken");
    run(["post", &url, "general", "x", "--token", "wrong"]).failed(5, "refused");
    run(["post", &url, "no-such-room", "x", "--as", "bob"]).failed(5, "refused");
    run(["post", &url, "general", " ", "--as", "eve"]).failed(5, "body");
}
