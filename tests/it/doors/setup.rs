//! Setting the server up: once, by its link, by whoever has it.

use crate::support::{
    answer::Answer,
    chat::{Chat, PASSWORD},
    program::{Running, command, run, until},
};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::net::SocketAddr;

fn request(token: &str, handle: &str) -> Value {
    json!({ "token": token, "server_name": "Choir", "handle": handle, "password": PASSWORD })
}

async fn set_up(chat: &Chat, request: Value) -> Answer {
    chat.visitor()
        .send(Method::POST, "/api/v1/setup", request)
        .await
}

/// Starts a server on this file, and waits until it has printed its banner.
fn serve(db: &str, more: &[&str]) -> (Running, SocketAddr) {
    let listen = ["serve", "--listen", "127.0.0.1:0", "--db", db];
    let (server, address) = Running::listening(command(listen).args(more));
    until("the banner is complete", || {
        server.out().iter().any(|line| line.starts_with("Ctrl-C"))
    });
    (server, address)
}

/// What remains of a response that says that there is nothing: its status and its text.
fn nothing(answer: &Answer) -> (u16, &str) {
    (answer.status, &answer.text)
}

#[tokio::test]
async fn the_set_up_link_makes_an_owner_once_and_is_gone_for_ever() {
    let mut chat = Chat::start().await;
    let token = chat.setup_token().to_owned();
    let link = format!("/setup/{token}");
    let page = chat.visitor().get(&link).await.expect(200).text;
    assert!(page.contains("Set up Backscroll"), "{page}");
    let form = |password: &'static str| {
        let form = chat.visitor().request(Method::POST, &link);
        let fields = [
            ("server_name", "Riverside Choir"),
            ("handle", "ada"),
            ("name", "Ada"),
            ("password", password),
            ("door", "invite"),
        ];
        async move { Answer::to_form(form, &fields).await }
    };
    let refused = form("password").await.expect(422).text;
    assert!(refused.contains("most common passwords"), "{refused}");
    assert!(refused.contains("value=\"Riverside Choir\""), "{refused}");
    assert!(!refused.contains("value=\"password\""), "{refused}");
    let done = form(PASSWORD).await.expect(303);
    assert_eq!(done.header("location"), "/");
    let cookie = done.header("set-cookie").split(';').next().unwrap();
    let me = chat.visitor().request(Method::GET, "/api/v1/me");
    let me = Answer::to(me.header("cookie", cookie)).await.expect(200);
    assert_eq!(me.json()["name"], "Ada");
    let change = chat.visitor().request(Method::PATCH, "/api/v1/server");
    let change = change.header("cookie", cookie);
    Answer::to(change.json(&json!({ "door": "open" })))
        .await
        .expect(200);

    for _ in 0..2 {
        let visitor = chat.visitor();
        let unknown = visitor.get("/nowhere").await;
        for path in [&link, "/setup/x"] {
            assert_eq!(nothing(&visitor.get(path).await), nothing(&unknown));
            let sent = visitor.request(Method::POST, path);
            let sent = Answer::to_form(sent, &[("handle", "eve")]).await;
            assert_eq!(nothing(&sent), nothing(&unknown));
        }
        let unknown = visitor
            .send(Method::POST, "/api/v1/nowhere", json!({}))
            .await;
        for sent in [request(&token, "eve"), json!({}), json!(5)] {
            assert_eq!(nothing(&set_up(&chat, sent).await), nothing(&unknown));
        }
        chat.restart().await;
    }
}

#[tokio::test]
async fn two_who_set_up_at_once_make_one_owner() {
    let chat = Chat::start().await;
    let handles = ["ada", "bea", "cleo", "dora"];
    let attempts = handles.map(|handle| set_up(&chat, request(chat.setup_token(), handle)));
    let mut statuses: Vec<u16> = join_all(attempts)
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 404, 404, 404]);
    let admins: i64 = sqlx::query_scalar("select count(*) from users where role = 'admin'")
        .fetch_one(&mut chat.outside().await)
        .await
        .unwrap();
    assert_eq!(admins, 1);
}

#[tokio::test]
async fn who_guesses_at_the_set_up_link_learns_nothing() {
    let chat = Chat::start().await;
    let other = format!("backscroll_{}", "A".repeat(43));
    let unknown = chat.visitor().get("/nowhere").await;
    for token in [&other, "x", "%ff"] {
        let answer = chat.visitor().get(&format!("/setup/{token}")).await;
        assert_eq!(nothing(&answer), nothing(&unknown));
    }
    // Neither does a password cost the server anything before the link is known to be right.
    for password in ["short", PASSWORD] {
        let mut guess = request(&other, "eve");
        guess["password"] = password.into();
        set_up(&chat, guess).await.problem(404);
    }
    let wrong = request(chat.setup_token(), "a b");
    assert_eq!(
        set_up(&chat, wrong).await.fault(422, "handle"),
        "handle-invalid"
    );
}

#[tokio::test]
async fn a_start_without_an_admin_replaces_the_link() {
    let mut chat = Chat::start().await;
    let earlier = chat.setup_token().to_owned();
    chat.restart().await;
    assert_ne!(chat.setup_token(), earlier);
    set_up(&chat, request(&earlier, "ada")).await.problem(404);
    chat.set_up("ada", "open").await;
}

#[tokio::test]
async fn the_command_prints_a_link_that_the_next_start_keeps_and_a_running_server_takes() {
    let directory = tempfile::tempdir().unwrap();
    let db = directory.path().join("chat.db").display().to_string();
    let link = |more: &[&str]| {
        let arguments = [&["setup-link", "--db", &db], more].concat();
        run(arguments)
    };
    let first = link(&[]).ok();
    assert!(
        first.starts_with("http://127.0.0.1:3000/setup/backscroll_"),
        "{first}"
    );
    let second = link(&["--public-url", "https://chat.example"]).ok();
    let token = second
        .strip_prefix("https://chat.example/setup/")
        .unwrap()
        .trim();

    let (mut server, address) = serve(&db, &[]);
    assert!(
        server.out().join("\n").contains("setup-link"),
        "{:?}",
        server.out()
    );
    let second = link(&["--public-url", "https://chat.example"]).ok();
    let later = second.rsplit('/').next().unwrap().trim();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let setup = format!("http://{address}/api/v1/setup");
    let earlier = first.rsplit('/').next().unwrap().trim();
    for (token, status) in [(earlier, 404), (token, 404), (later, 201), (later, 404)] {
        let sent = http.post(&setup).json(&request(token, "ada")).send().await;
        assert_eq!(sent.unwrap().status(), status);
    }
    link(&[]).failed(5, "has an admin");
    server.kill();
    link(&[]).failed(5, "has an admin");
}

#[tokio::test]
async fn the_banner_has_the_link_while_there_is_no_admin() {
    let directory = tempfile::tempdir().unwrap();
    let db = directory.path().join("chat.db").display().to_string();
    let start = |door: &str| serve(&db, &["--door", door]);
    let links = |server: &Running| {
        let lines = server.out().into_iter();
        let lines = lines.filter(|line| line.contains("/setup/"));
        lines.map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    };
    let (mut open, address) = start("open");
    let [quiet] = links(&open).try_into().unwrap();
    assert!(
        quiet.starts_with(&format!("set up      http://{address}/setup/")),
        "{quiet}"
    );
    open.kill();
    let (mut closed, address) = start("invite");
    let [link] = links(&closed).try_into().unwrap();
    assert!(
        link.starts_with(&format!("http://{address}/setup/")),
        "{link}"
    );
    assert!(closed.out().join("\n").contains("has no admin"));
    let token = link.rsplit('/').next().unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let setup = format!("http://{address}/api/v1/setup");
    let sent = http.post(&setup).json(&request(token, "ada")).send().await;
    assert_eq!(sent.unwrap().status(), 201);
    closed.kill();
    let (mut done, _) = start("invite");
    assert!(links(&done).is_empty(), "{:?}", done.out());
    done.kill();
}
