//! English.

use super::Words;

/// What the pages say in English.
pub const ENGLISH: Words = Words {
    lang: "en",
    own_name: "English",
    script: "js/words/en.js",

    come_in: "Come in",
    pick_a_name_lead: "Pick a name. That is all it takes here.",
    your_name: "Your name",
    join_the_conversation: "Join the conversation",
    read_along_first: "Read along first",
    figures: |grouped, count, since| {
        let noun = if count == 1 { "message" } else { "messages" };
        let since = since.map_or_else(String::new, |year| format!(" since {year}"));
        format!("{grouped} {noun}{since}")
    },

    rooms: "Rooms",
    new_room: "New room",
    direct: "Direct",
    closed_room: "Closed room:",
    mentions_of_you: "mentions of you",
    unread: "unread",
    pick_a_name: "Pick a name",
    sign_out: "Sign out",

    joined: "joined",
    no_room_yet: "There is no room yet. Open the first one.",
    new_room_lead: "Everybody who comes in can see it, read it and write in it.",
    name: "Name",
    topic: "Topic",
    topic_hint: "one line on what it is for, optional",
    address: "Address",
    address_hint: "made from the name if left empty",
    open_the_room: "Open the room",
    cancel: "Cancel",

    jump_to_date: "Jump to date",
    day: "Day",
    in_utc: " (UTC)",
    go_there: "Go there",
    people: "People",
    people_in_this_room: "People in this room",
    here: "Here",
    away: "Away",
    typing: [
        "{} is typing…",
        "{} and {} are typing…",
        "Several people are typing…",
    ],
    and_more: |count| format!("and {count} more"),
    tell_me_of: "Tell me of",
    levels: ["everything", "mentions", "nothing"],
    desktop_notifications: "Desktop notifications",
    join_this_room: "Join this room",
    leave_this_room: "Leave this room",
    older_messages: "Older messages",
    newer_messages: "Newer messages",
    room_begins: ["This is where ", " begins."],
    nothing_said_yet: "Nothing has been said yet: the first word is yours.",
    marked_message: "The message that the link points at:",
    jump_to_latest: "Jump to latest",

    react_to_marked: "React to the marked message",
    edit_or_delete: "Edit or delete",
    answer_marked: |name| format!("Answer {name}’s marked message"),
    message_to: |room| format!("Message {room}"),
    send: "Send",
    pick_a_name_to_write: "Pick a name to write",
    not_now: |why| format!("Not now: {why}. Your text is still here."),

    edit: "Edit",
    edit_your_message: "Edit your message",
    message_in: "Message in",
    save: "Save",
    delete_lead: "A deleted message is gone for everybody. Its place in the history stays, without the text.",
    delete_the_message: "Delete the message",

    account: "Account",
    handle_lead: |handle| {
        format!("@{handle} stays as it is, and yours for as long as you are signed in somewhere.")
    },
    language: "Language",
    colours: "Colours",
    as_the_system: "As the system",
    light: "Light",
    dark: "Dark",
    signed_in_at: "Where you are signed in",
    a_browser: "A browser",
    a_program: "A program, by token",
    this_one: "(this one)",
    since: |time| format!("since {time}"),
    end_it: "End it",
    sign_out_lead: |name| {
        format!(
            "There is no password here. Once you are signed out everywhere, nobody can be {name} again, \
             not even you. What you wrote stays; what is not sent yet is lost."
        )
    },
    sign_out_here: "Sign out here",
    sign_out_everywhere: "Sign out everywhere",
    sign_out_failed: "No answer from the server: you may still be signed in. Try again.",

    go_back: "Go back",
    request: "Request",
    status: |status| match status {
        400 | 422 => "That cannot be read",
        401 => "Sign in first",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Not like this",
        408 => "Too slow",
        409 => "Something is there already",
        413 => "Too large",
        415 => "That cannot be understood",
        421 => "Not this server",
        503 => "Not now",
        _ => "Something went wrong",
    },
    translate: |_| None,
};
