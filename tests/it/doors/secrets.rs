//! Neither the file nor the log holds anything that lets somebody in.

use crate::support::{
    chat::PASSWORD,
    program::{Running, command, run, until},
};
use serde_json::{Value, json};
use std::fs;

#[tokio::test]
async fn a_dumped_database_and_a_verbose_log_hold_nothing_that_signs_anyone_in() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let (db, copy) = (path("chat.db"), path("copy.db"));
    let log = fs::File::create(path("log")).unwrap();
    let mut serve = command(["serve", "--listen", "127.0.0.1:0", "--db", &db]);
    serve.env("BACKSCROLL_LOG", "debug");
    let (mut server, address) = Running::logging(&mut serve, log);
    let mut setup = None;
    until("the banner has the set-up link", || {
        let lines = server.out();
        let link = lines.iter().find_map(|line| line.split("/setup/").nth(1));
        setup = link.map(|token| token.trim().to_owned());
        setup.is_some()
    });
    let setup = setup.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |path: &str, token: &str, body: Value| -> Value {
        let request = http.post(format!("http://{address}{path}")).json(&body);
        let answer = request.bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    };
    let send = async |path: &str, body: Value| -> Value {
        let request = http.post(format!("http://{address}{path}")).json(&body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    };
    let page = format!("http://{address}/setup/{setup}");
    assert_eq!(http.get(page).send().await.unwrap().status(), 200);
    let owner =
        json!({ "token": setup, "server_name": "Choir", "handle": "ada", "password": PASSWORD });
    let owner = send("/api/v1/setup", owner).await;
    let owner = owner["token"].as_str().unwrap();
    let member = json!({ "role": "member", "uses": 2 });
    let invite = post("/api/v1/invites", owner, member).await;
    let invite = invite["token"].as_str().unwrap();
    let page = format!("http://{address}/invite/{invite}");
    assert_eq!(http.get(page).send().await.unwrap().status(), 200);
    let account = json!({ "handle": "noor", "password": PASSWORD });
    let noor = send(&format!("/api/v1/invites/{invite}/redeem"), account).await;
    let noor = noor["token"].as_str().unwrap();

    run(["backup", &copy, "--db", &db]).ok();
    server.signal("TERM");
    assert_eq!(server.code(), Some(0));
    let secrets = [&setup, owner, invite, noor, PASSWORD];
    for file in ["chat.db", "copy.db", "log"] {
        let bytes = fs::read(path(file)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.len() > 1000, "{file} has something to search");
        for secret in secrets {
            let random = secret.trim_start_matches("backscroll_");
            assert!(!text.contains(random), "{secret} is in {file}");
        }
    }
}
