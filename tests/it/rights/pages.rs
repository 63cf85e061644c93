//! Who gets which page and form of a room: every route of a page that names a room, as every kind of person.

use super::{
    MISSING, agrees_with, comparable,
    rooms::{Cast, PEOPLE, ROOMS},
};
use crate::support::{
    answer::Answer,
    chat::Chat,
    person::Person,
    routes::{Route, path_of, routes},
};
use reqwest::Method;
use std::fmt::Write as _;

/// A field of each name that the forms of rooms have, with a valid value.
const FIELDS: [(&str, &str); 7] = [
    ("body", "hello"),
    ("confirmed", "true"),
    ("emoji", "👍"),
    ("handle", "newcomer"),
    ("level", "mentions"),
    ("role", "manager"),
    ("topic", "Another topic"),
];

/// Forms after which the room is another one: each person gets a room of their own.
const CHANGING: [&str; 7] = [
    "join", "leave", "archive", "close", "delete", "settings", "members",
];

/// A method and address of a page about a room.
#[derive(Clone)]
pub(super) struct PageRoute {
    pub(super) method: Method,
    pub(super) address: &'static str,
}

impl PageRoute {
    /// Returns the pages about rooms.
    pub(super) fn all() -> Vec<Self> {
        Self::with("{room}")
    }

    /// Returns the pages whose address has this parameter.
    pub(super) fn with(parameter: &str) -> Vec<Self> {
        let pages = routes().into_iter();
        let pages = pages.filter(|route| !route.address.starts_with("/api/"));
        let pages = pages.filter(|route| route.address.contains(parameter));
        let pages = pages.flat_map(|Route { address, methods }| {
            methods
                .into_iter()
                .map(move |method| Self { method, address })
        });
        pages.collect()
    }

    fn changes_the_room(&self) -> bool {
        let names = self.address.split('/');
        self.method == Method::POST && names.into_iter().any(|name| CHANGING.contains(&name))
    }

    pub(super) async fn send(&self, person: &Person, room: &str, message: i64) -> Answer {
        self.send_about(person, room, message, "target").await
    }

    pub(super) async fn send_about(
        &self,
        person: &Person,
        room: &str,
        message: i64,
        handle: &str,
    ) -> Answer {
        let path = path_of(self.address, room, message, handle);
        let request = person.request(self.method.clone(), &path);
        if self.method == Method::GET {
            return Answer::to(request).await;
        }
        // No two open rooms have the same name.
        let fields: Vec<_> = FIELDS.into_iter().chain([("name", room)]).collect();
        Answer::to_form(request, &fields).await
    }
}

/// Appends the answers to all pages and forms of rooms of one kind. A form that is accepted is answered with 303, like
/// one that leads to signing in, which is written `join`.
async fn answers_in(kind: &str, table: &mut String) {
    let chat = Chat::start().await;
    let cast = Cast::of(&chat).await;
    // Others can add a person to 100 rooms a day only: pages and forms that leave the room as it is share one.
    let shared = cast
        .make_room(kind, PageRoute::all().len() * PEOPLE.len())
        .await;
    for (number, route) in PageRoute::all().into_iter().enumerate() {
        let _ = write!(
            table,
            "{kind:<9} {:<4} {:<37}",
            route.method.as_str(),
            route.address
        );
        let mut made = shared.clone();
        for (place, person) in cast.people[..PEOPLE.len()].iter().enumerate() {
            if route.changes_the_room() {
                made = cast.make_room(kind, number * PEOPLE.len() + place).await;
            }
            let (room, message) = (made.0.as_str(), made.1);
            let answer = route.send(person, room, message).await;
            let is_turned_away = answer.header("location").starts_with("/join");
            let told = if is_turned_away {
                "join".into()
            } else {
                answer.status.to_string()
            };
            let _ = write!(table, " {told:<4}");
            if answer.status == 404 || is_turned_away {
                let missing = route.send(person, MISSING, message).await;
                let told = (comparable(&answer, room), comparable(&missing, MISSING));
                assert_eq!(told.0, told.1, "{kind} {} {}", route.method, route.address);
            }
        }
        table.truncate(table.trim_end().len());
        table.push('\n');
    }
}

/// Each line of the table is the answers to one page or form, in the order of the people.
#[tokio::test]
async fn everybody_gets_the_pages_and_forms_of_a_room_that_the_table_says_and_learns_no_more() {
    assert!(PageRoute::all().len() > 15);
    let mut table = String::new();
    for kind in ROOMS {
        answers_in(kind, &mut table).await;
    }
    agrees_with("rights_of_pages.txt", &table);
}
