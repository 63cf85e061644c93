//! The shell examples of the README work as they stand there, and work a second time.

use super::{
    chat::Chat,
    program::{Ended, PROGRAM, until},
};
use std::{
    env, fs,
    path::Path,
    process::{Child, Command, Stdio},
};

/// The address and the file that the examples use.
const ADDRESS: &str = "127.0.0.1:3000";
const FILE: &str = "backscroll.db";

/// The blocks of shell commands that use a server, and not a toolchain to build one.
fn examples() -> Vec<String> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let readme = readme.expect("there is a README");
    let blocks = readme.split("```sh\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().expect("split has a first part"));
    blocks
        .filter(|block| block.contains(ADDRESS) || block.contains(FILE) || block.contains("monday"))
        .map(str::to_owned)
        .collect()
}

/// A shell in the folder of the chat that runs these commands.
fn shell(chat: &Chat, commands: &str) -> Child {
    let programs = Path::new(PROGRAM).parent().expect("a folder");
    let path = format!(
        "{}:{}",
        programs.display(),
        env::var("PATH").expect("a PATH")
    );
    Command::new("bash")
        .args([
            "-euo",
            "pipefail",
            "-c",
            &commands
                .replace(ADDRESS, &chat.address())
                .replace(FILE, &chat.db()),
        ])
        .current_dir(chat.path(""))
        .env("PATH", path)
        .env_remove("BACKSCROLL_TOKEN")
        .env("BACKSCROLL_DB", chat.db())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("there is a bash")
}

fn run(chat: &Chat, commands: &str) {
    let output = shell(chat, commands).wait_with_output().expect("it ends");
    let ended = Ended::new(output);
    assert_eq!(ended.code, 0, "{commands}\n{ended:?}");
    assert!(
        !ended.stdout.contains(r#""status":4"#),
        "{commands}\n{ended:?}"
    );
}

/// Runs a command that does not end until it prints an event, then kills it.
fn run_until_an_event(chat: &Chat, command: &str) {
    let printed = chat.name("printed");
    let mut child = shell(chat, &format!("exec {command} >{printed}"));
    until(command, || {
        fs::read_to_string(&printed).is_ok_and(|text| text.contains(r#""body":"#))
    });
    child.kill().expect("it still runs");
    child.wait().expect("it is ours");
}

#[test]
fn the_examples_of_the_readme_work_and_can_be_repeated() {
    let mut chat = Chat::serving();
    chat.post("hello");
    let examples = examples();
    assert!(examples.len() >= 6, "{examples:?}");
    for _ in 0..2 {
        // A backup overwrites nothing.
        let _ = fs::remove_file(chat.path("monday.db"));
        for example in &examples {
            let needs_stop = example.contains("backscroll restore");
            if needs_stop {
                chat.stop();
            }
            let (endless, others): (Vec<_>, Vec<_>) = example
                .split_inclusive('\n')
                .partition(|line| line.contains("# until Ctrl-C"));
            run(&chat, &others.concat());
            for command in endless {
                run_until_an_event(
                    &chat,
                    command
                        .split('#')
                        .next()
                        .expect("split has a first part")
                        .trim(),
                );
            }
            if needs_stop {
                chat.serve();
            }
        }
    }
}
