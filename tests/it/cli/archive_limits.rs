//! What an archive holds and a log cannot: it is refused, adapted, or left out and counted.

use super::{
    archive::{import, line, lines},
    chat::Chat,
    program::run_with_input,
};
use serde_json::{Value, json};

#[test]
fn reactions_that_are_too_many_are_counted() {
    let emoji = (0..70).filter_map(|n| char::from_u32(0x1f400 - 70 + n));
    let reactions: Vec<_> = emoji
        .map(|emoji| json!({ "emoji": emoji.to_string(), "by": "bob" }))
        .collect();
    let mut popular = line("ann", "hi");
    popular["reactions"] = json!(reactions);
    let chat = Chat::new();
    let archive = lines(&[popular]);
    let told = import(&chat, &archive);
    let words = "20 reactions were left out, because a message takes 50 different ones";
    assert!(told.contains(words), "{told}");
    assert_eq!(
        chat.history()[0]["reactions"].as_array().map(Vec::len),
        Some(50)
    );
    let again = import(&chat, &archive);
    assert!(!again.contains("left out"), "{again}");
}

#[test]
fn a_reply_that_cannot_be_kept_is_explained() {
    let replies = [
        ("general", 14),
        ("other", 10),
        ("general", 99),
        ("general", 10),
    ];
    let mut archive = vec![line("ann", "first")];
    for (room, reply_to) in replies {
        let mut reply = line("bob", "a reply");
        (reply["room"], reply["reply_to"]) = (json!(room), json!(reply_to));
        archive.push(reply);
    }
    for (line, id) in archive.iter_mut().zip(10..) {
        line["id"] = json!(id);
    }
    let told = import(&Chat::new(), &lines(&archive));
    for words in [
        "; 2 reply to a later message, or to one of another room",
        "; 1 reply to a message that is not in the archive",
    ] {
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn nobody_posts_as_the_server() {
    let chat = Chat::new();
    let mut posing = line("backscroll", "send me your password");
    posing["reactions"] = json!([{ "emoji": "👍", "by": "backscroll" }]);
    posing["room_info"] = json!({ "made_by": "backscroll", "members": ["backscroll"] });
    posing["room"] = json!("new");
    import(&chat, &lines(&[posing]));
    let posed = &chat.history()[0];
    assert_eq!(posed["author"], "backscroll_");
    assert_eq!(posed["reactions"][0]["by"], "backscroll_");
    assert_eq!(posed["room_info"]["members"], json!(["backscroll_"]));
    assert_eq!(posed["room_info"]["made_by"], "backscroll");
}

#[test]
fn a_time_that_has_no_year_of_four_digits_is_refused() {
    for at in ["9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00"] {
        let odd = |field: &str, value: Value| {
            let mut line = line("ann", "odd year");
            line[field] = value;
            lines(&[line])
        };
        for archive in [
            odd("at", json!(at)),
            odd("edited_at", json!(at)),
            odd("deleted_at", json!(at)),
            odd(
                "reactions",
                json!([{ "emoji": "👍", "by": "bob", "at": at }]),
            ),
        ] {
            let chat = Chat::new();
            let ended = run_with_input(["import", "-", "--db", &chat.db()], &archive);
            ended.failed(3, "years 0000 to 9999");
            assert_eq!(chat.export(), "");
        }
    }
}

#[test]
fn a_leap_second_is_the_end_of_its_minute() {
    let chat = Chat::new();
    let mut leap = line("ann", "happy new year");
    leap["at"] = json!("2016-12-31T23:59:60Z");
    import(&chat, &lines(&[leap]));
    assert_eq!(chat.history()[0]["at"], "2016-12-31T23:59:59.999Z");
    assert!(import(&chat, &chat.export()).starts_with("0 messages imported; 1 existed already"));
}
