//! `post` posts once, however bad the network is.

use super::{
    chat::Chat,
    program::{Running, command, run, run_with_input, until},
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
fn a_byte_order_mark_is_no_text() {
    let chat = Chat::serving();
    let (url, tokens) = (chat.url(), chat.name("ann.token"));
    let post = [
        "post",
        &url,
        "general",
        "--as",
        "ann",
        "--token-file",
        &tokens,
    ];
    run_with_input(post, "\u{feff}hello\n").ok();
    run_with_input(
        post.iter().chain(&["--lines"]),
        "\u{feff}a\r\n\u{feff}b\r\n",
    )
    .ok();
    run_with_input(post, "\u{feff}").failed(5, "body");
    assert_eq!(bodies(&chat), ["hello", "a", "\u{feff}b"]);
}

#[test]
fn a_token_is_read_as_editors_and_shells_leave_it() {
    let chat = Chat::serving();
    chat.post("one");
    let (url, file) = (chat.url(), chat.name("ann.token"));
    let token = fs::read_to_string(&file)
        .expect("a token")
        .trim()
        .to_owned();
    let around = format!("\u{feff}{token}\r\n");
    fs::write(&file, &around).expect("a file");
    run(["post", &url, "general", "two", "--token-file", &file]).ok();
    run(["post", &url, "general", "three", "--token", &around]).ok();
    let mut by_variable = command(["post", &url, "general", "four"]);
    let output = by_variable.env("BACKSCROLL_TOKEN", &around).output();
    assert!(output.expect("the program starts").status.success());
    run(["tail", &url, "--token", &around, "--no-follow"]).ok();
    assert_eq!(bodies(&chat), ["one", "two", "three", "four"]);
    let odd = run(["post", &url, "general", "x", "--token", "two words"]);
    odd.failed(2, "no token");
    assert!(!odd.stderr.contains("two words"), "a secret is not printed");
}

#[test]
fn a_name_is_taken_only_if_its_token_can_be_kept() {
    let chat = Chat::serving();
    let (url, nowhere) = (chat.url(), chat.name("no-such-folder/token"));
    run([
        "post",
        &url,
        "general",
        "x",
        "--as",
        "ann",
        "--token-file",
        &nowhere,
    ])
    .failed(1, "cannot write");
    chat.post("the name is still free");
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

/// Forwards requests, and loses the first two answers.
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
fn it_waits_for_a_server_that_is_down() {
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
