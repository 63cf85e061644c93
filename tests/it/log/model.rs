//! A client as simple as can be: it keeps what a page says, and applies what a stream tells.

use crate::support::{
    markup::{attribute, rows},
    person::{Person, id_of},
    sse::Block,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// More than one of these tests ever posts into a room.
const LIMIT: usize = 200;

/// A room as a client knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RoomState {
    pub(super) messages: BTreeMap<i64, Value>,
    /// As the page shows them.
    pub(super) rows: BTreeMap<i64, String>,
    /// The lines below the roots of threads.
    pub(super) lines: BTreeMap<i64, String>,
    pub(super) info: BTreeMap<String, Value>,
    /// Of a direct room, which is called as they are: the other people.
    people: Vec<Value>,
    /// What each may do, by handle.
    pub(super) members: BTreeMap<String, String>,
}

/// All rooms that somebody sees, by slug.
pub(super) type State = BTreeMap<String, RoomState>;

/// What pages say now. Nobody may be changing anything meanwhile.
pub(super) async fn look(person: &Person) -> (i64, State) {
    let list = person.see("/api/v1/rooms").await;
    let mut state = State::new();
    for room in list["rooms"].as_array().expect("there are rooms") {
        let slug = room["slug"].as_str().expect("a room has a slug");
        state.insert(slug.to_owned(), look_at_room(person, slug).await);
    }
    (list["head"].as_i64().expect("a list has a head"), state)
}

pub(super) async fn look_at_room(person: &Person, slug: &str) -> RoomState {
    let history = person
        .history(slug, &format!("limit={LIMIT}&threads=true"))
        .await;
    let messages = history["messages"].as_array().expect("a page has messages");
    let page = person
        .get(&format!("/rooms/{slug}?limit={LIMIT}"))
        .await
        .expect(200)
        .text;
    let members = person.see(&format!("/api/v1/rooms/{slug}/members")).await;
    let view = person.see(&format!("/api/v1/rooms/{slug}")).await;
    let handles = members["members"]
        .as_array()
        .expect("a room has members")
        .iter();
    let shown = rows(&page).into_iter();
    let shown: Vec<_> = shown.map(|(id, row)| (id, without_line(&row))).collect();
    RoomState {
        messages: messages
            .iter()
            .map(|message| (id_of(message), message.clone()))
            .collect(),
        lines: shown
            .iter()
            .filter_map(|(id, (_, line))| Some((*id, line.clone()?)))
            .collect(),
        rows: shown
            .into_iter()
            .map(|(id, (row, _))| (id, without_quote(row)))
            .collect(),
        people: view["people"].as_array().cloned().unwrap_or_default(),
        info: info_of(&view),
        members: handles
            .map(|member| (text(&member["handle"]), text(&member["role"])))
            .collect(),
    }
}

/// What an answer quotes is the text of another row: a page fills it in, and follows that row.
fn without_quote(row: String) -> String {
    const QUOTE: &str = "<a class=\"message-quote\"";
    let Some((before, rest)) = row.split_once(QUOTE) else {
        return row;
    };
    let (link, rest) = rest.split_once('>').expect("a link has an end");
    let (_, after) = rest.split_once("</a>").expect("a link is closed");
    format!("{before}{QUOTE}{link}></a>{after}")
}

/// Separates a row from the line below it, which replies in its thread change.
fn without_line(row: &str) -> (String, Option<String>) {
    let row = row.trim().trim_end_matches("</li>").trim_end();
    let (row, line) = match row.split_once("<a class=\"thread-line\"") {
        Some((row, line)) => (row.trim_end(), Some(line.trim().to_owned())),
        None => (row, None),
    };
    (format!("{row}</li>"), line)
}

impl RoomState {
    /// Shows the row of a message, unless it is a reply that the room does not show.
    fn show(&mut self, id: i64, html: &Value) {
        let row = text(html).trim().to_owned();
        if row.contains(&format!(" id=\"t{id}\"")) {
            return;
        }
        let (row, line) = without_line(&row);
        self.rows.insert(id, row);
        match line {
            Some(line) => self.lines.insert(id, line),
            None => self.lines.remove(&id),
        };
    }

    /// Takes what the event of a message tells of its thread.
    fn tell_of_thread(&mut self, summary: &Value, html: Option<&Value>) {
        let root = &summary["root"];
        for (id, other) in &mut self.messages {
            if *root == *id || other["thread"] == *root {
                other["thread_summary"] = summary.clone();
            }
        }
        let (Some(root), Some(html)) = (root.as_i64(), html) else {
            return;
        };
        match without_line(&text(html)).1 {
            Some(line) => self.lines.insert(root, line),
            None => self.lines.remove(&root),
        };
    }
}

/// Applies an event as any client would: by ids, without a thought of what was before.
pub(super) fn apply(state: &mut State, event: &Block) {
    let data = event.json();
    if event.event == "user" {
        return state
            .values_mut()
            .for_each(|room| rename(room, &data["user"]));
    }
    if event.event == "room-deleted" {
        state.remove(&text(&data["room"]));
        return;
    }
    let room = state.entry(text(&data["room"])).or_default();
    match event.event.as_str() {
        "message" | "message-edited" | "message-deleted" => {
            let mut message = data["message"].clone();
            let id = id_of(&message);
            let fields = message.as_object_mut().expect("a message is an object");
            let html = fields.remove("html").expect("html was asked for");
            let line = fields.remove("thread_html");
            let summary = fields.get("thread_summary").cloned();
            room.show(id, &html);
            room.messages.insert(id, message);
            if let Some(summary) = summary {
                room.tell_of_thread(&summary, line.as_ref());
            }
        }
        "reaction" => {
            let id = data["message_id"]
                .as_i64()
                .expect("a reaction names its message");
            room.show(id, &data["html"]);
            if let Some(message) = room.messages.get_mut(&id) {
                message["reactions"] = data["reactions"].clone();
            }
        }
        "room" => room.info = info_of(&data["room_info"]),
        "member" => {
            if data["state"] == "joined" {
                let role = text(&data["role"]);
                room.members.insert(text(&data["handle"]), role);
            } else {
                room.members.remove(&text(&data["handle"]));
            }
        }
        _ => {}
    }
}

/// What somebody wrote is by whoever they are now.
fn rename(room: &mut RoomState, person: &Value) {
    let (handle, name) = (text(&person["handle"]), text(&person["name"]));
    if !room.people.is_empty() {
        for other in &mut room.people {
            if other["handle"] == person["handle"] {
                other["name"] = person["name"].clone();
            }
        }
        let names: Vec<String> = room
            .people
            .iter()
            .map(|other| text(&other["name"]))
            .collect();
        room.info.insert("name".into(), names.join(", ").into());
    }
    for message in room.messages.values_mut() {
        if message["author"]["handle"] == person["handle"] {
            message["author"]["name"] = person["name"].clone();
        }
    }
    let shown = name.replace('&', "&#38;").replace('<', "&#60;");
    let title = format!(" title=\"@{handle}\"");
    for row in room.rows.values_mut() {
        if attribute(row, "data-author") != handle {
            continue;
        }
        let (before, rest) = row.split_once(" dir=\"auto\">").expect("an author");
        let (_, after) = rest.split_once("</a>").expect("an author ends");
        let before = before.strip_suffix(&title).unwrap_or(before);
        let title = if name == handle { "" } else { &title };
        *row = format!("{before}{title} dir=\"auto\">{shown}</a>{after}");
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// What everybody sees of a room.
fn info_of(room: &Value) -> BTreeMap<String, Value> {
    let fields = [
        "slug",
        "name",
        "topic",
        "kind",
        "archived",
        "announcements",
        "auto_join",
    ];
    fields
        .map(|field| (field.to_owned(), room[field].clone()))
        .into()
}
