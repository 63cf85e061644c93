//! Help, settings and exit codes.

use super::{
    chat::Chat,
    program::{command, run},
};

#[test]
fn help_names_every_command_and_every_exit_code() {
    let help = run(["--help"]).ok();
    for word in [
        "serve", "tail", "post", "import", "export", "backup", "restore", "check",
    ] {
        assert!(help.contains(word), "{word}");
        assert!(
            run([word, "--help"]).ok().contains("Usage: backscroll"),
            "{word}"
        );
    }
    for code in 0..=6 {
        assert!(help.contains(&format!("{code}  ")), "{code}");
    }
    assert!(run(["--version"]).ok().starts_with("backscroll "));
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let chat = Chat::new();
    for (arguments, words) in [
        (&["--no-such-flag"][..], "unexpected argument"),
        (&["--door", "ajar"], "`open` or `invite`"),
        (&["tail", "ftp://example.org"], "http://"),
        (&["tail", "127.0.0.1:1", "--after", "yesterday"], "earliest"),
        (&["post", "127.0.0.1:1", "general", "hello"], "--as HANDLE"),
        (
            &["post", "127.0.0.1:1", "general", "--stop-on-error"],
            "--lines",
        ),
    ] {
        let mut command = command(arguments);
        let output = command
            .env("BACKSCROLL_DB", chat.db())
            .output()
            .expect("the program starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(2) && stderr.contains(words),
            "{arguments:?}: {output:?}"
        );
    }
    assert!(!chat.path("chat.db").exists());
}

#[test]
fn a_variable_is_as_good_as_a_flag_and_a_flag_beats_it() {
    let (one, other) = (Chat::new(), Chat::new());
    for db in [&one, &other] {
        run(["import", "/dev/null", "--db", &db.db()]).ok();
    }
    let check = |arguments: &[&str]| {
        let output = command(arguments)
            .env("BACKSCROLL_DB", one.db())
            .output()
            .expect("the program starts");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    assert_eq!(check(&["check"]), (Some(0), String::new()));
    std::fs::remove_file(one.db()).expect("it is there");
    assert_eq!(check(&["check"]).0, Some(1));
    assert_eq!(check(&["check", "--db", &other.db()]).0, Some(0));
}

#[test]
fn one_process_serves_one_file() {
    let chat = Chat::serving();
    chat.post("hello");
    let (db, copy, archive) = (chat.db(), chat.name("copy.db"), chat.name("archive.ndjson"));
    std::fs::write(&archive, chat.export()).expect("a file");
    run(["backup", &copy, "--db", &db]).ok();
    run(["check", "--db", &db]).ok();
    for arguments in [
        &["serve", "--listen", "127.0.0.1:0", "--db", &db][..],
        &["import", &archive, "--db", &db],
        &["restore", &copy, "--db", &db],
    ] {
        run(arguments).failed(4, "in use");
    }
    assert_eq!(chat.post("still here") > 0, chat.history().len() == 2);
}

#[test]
fn an_address_that_is_taken_is_told() {
    let (chat, other) = (Chat::serving(), Chat::new());
    run(["--listen", &chat.address(), "--db", &other.db()]).failed(1, "cannot listen");
}
