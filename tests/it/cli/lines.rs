//! `post --lines` posts every line that can be posted, and says which cannot.

use super::{
    chat::Chat,
    program::{Ended, command, run_with_input},
    scripted::{Scripted, answer, problem},
};
use std::{fs, io::Write as _, process::Stdio};

fn post_lines(chat: &Chat, flags: &[&str], input: &(impl AsRef<[u8]> + ?Sized)) -> Ended {
    let (url, tokens) = (chat.url(), chat.name("ann.token"));
    let post = [
        "post",
        &url,
        "general",
        "--lines",
        "--as",
        "ann",
        "--token-file",
        &tokens,
    ];
    run_with_input(post.iter().chain(flags), input)
}

fn bodies(chat: &Chat) -> Vec<String> {
    let history = chat.history();
    let bodies = history.iter().map(|message| message["body"].as_str());
    bodies
        .map(|body| body.expect("a text").to_owned())
        .collect()
}

/// Lines of which the third is too long and the fourth is not UTF-8.
fn two_bad_lines() -> Vec<u8> {
    [b"a\n\n".as_slice(), &[b'x'; 8001], b"\n\xff\nb\n"].concat()
}

#[test]
fn a_bad_line_is_reported_with_its_number_and_the_rest_is_posted() {
    let chat = Chat::serving();
    let ended = post_lines(&chat, &[], &two_bad_lines());
    ended.failed(3, "line 3: body");
    ended.failed(3, "line 4: not valid UTF-8");
    ended.failed(3, "2 lines posted, 2 failed");
    assert_eq!(ended.stdout.lines().count(), 2);
    assert_eq!(bodies(&chat), ["a", "b"]);
}

#[test]
fn the_first_bad_line_ends_it_on_request() {
    let chat = Chat::serving();
    let ended = post_lines(&chat, &["--stop-on-error"], &two_bad_lines());
    ended.failed(3, "line 3: body");
    assert_eq!(bodies(&chat), ["a"]);
}

#[test]
fn after_a_fault_of_the_server_the_same_input_goes_on_under_the_same_nonce() {
    let created = answer(
        "201 Created",
        "content-type: application/json",
        r#"{"id":7}"#,
    );
    let server = Scripted::start(&[&created, &problem("401 Unauthorized", "sign-in-needed")]);
    let url = server.url();
    let post = [
        "post", &url, "general", "--lines", "--token", "t", "--nonce", "n",
    ];
    let ended = run_with_input(post, "a\nb\nc\n");
    ended.failed(5, "line 2: the server refused");
    ended.failed(5, "--nonce n");
    assert_eq!((ended.stdout.as_str(), server.requests().len()), ("7\n", 2));

    let chat = Chat::serving();
    let ids = post_lines(&chat, &["--nonce", "n"], "a\nb\n").ok();
    assert!(
        post_lines(&chat, &["--nonce", "n"], "a\nb\nc\n")
            .ok()
            .starts_with(&ids)
    );
    assert_eq!(bodies(&chat), ["a", "b", "c"]);
}

#[test]
fn all_lines_are_posted_when_nobody_reads_their_ids() {
    let chat = Chat::serving();
    chat.post("before");
    let token = fs::read_to_string(chat.name("ann.token")).expect("a token");
    let mut child = command(["post", &chat.url(), "general", "--lines", "--token", &token])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(b"a\nb\nc\n").expect("it reads");
    drop(input);
    assert!(child.wait().expect("it ends").success());
    assert_eq!(bodies(&chat), ["before", "a", "b", "c"]);
}
