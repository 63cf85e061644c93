//! A user's client: a token, and the requests of the API.

use super::{
    answer::Answer,
    stream::{Ask, Stream},
};
use futures_util::{StreamExt as _, stream};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// Maximum number of concurrent requests when many messages are posted.
const POSTS_AT_ONCE: usize = 48;

#[derive(Clone, Debug)]
pub(crate) struct Person {
    http: Client,
    address: SocketAddr,
    pub(crate) handle: String,
    /// `None` if the client is not signed in.
    token: Option<String>,
}

impl Person {
    pub(super) fn visitor(http: Client, address: SocketAddr) -> Self {
        Self {
            http,
            address,
            handle: String::new(),
            token: None,
        }
    }

    pub(super) async fn join(http: Client, address: SocketAddr, handle: &str) -> Self {
        let visitor = Self::visitor(http, address);
        let answer = visitor
            .send(Method::POST, "/api/v1/join", json!({ "handle": handle }))
            .await
            .expect(201);
        let joined = answer.json();
        assert_eq!(joined["handle"], handle);
        let token = joined["token"].as_str().expect("joining gives a token");
        visitor.with_token(handle, token)
    }

    pub(super) fn with_token(self, handle: &str, token: &str) -> Self {
        Self {
            handle: handle.into(),
            token: Some(token.into()),
            ..self
        }
    }

    #[track_caller]
    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().expect("the client is signed in")
    }

    /// Returns a request builder with the token of the user.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, format!("http://{}{path}", self.address));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends JSON; `null` means no body.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, path);
        Answer::to(if body.is_null() {
            request
        } else {
            request.json(&body)
        })
        .await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Value::Null).await
    }

    /// Gets JSON, and panics on an error.
    pub(crate) async fn see(&self, path: &str) -> Value {
        self.get(path).await.expect(200).json()
    }

    /// Posts a message and returns its id.
    pub(crate) async fn post(&self, room: &str, body: &str) -> i64 {
        id_of(
            &self
                .try_post(room, json!({ "body": body }))
                .await
                .expect(201)
                .json(),
        )
    }

    pub(crate) async fn try_post(&self, room: &str, message: Value) -> Answer {
        self.send(
            Method::POST,
            &format!("/api/v1/rooms/{room}/messages"),
            message,
        )
        .await
    }

    /// Posts `count` messages concurrently, and returns their ids in the order of the log.
    pub(crate) async fn post_many(&self, room: &str, count: usize) -> Vec<i64> {
        let posts = stream::iter(0..count)
            .map(|n| async move { self.post(room, &format!("one of many: {n}")).await });
        let mut ids: Vec<i64> = posts.buffer_unordered(POSTS_AT_ONCE).collect().await;
        ids.sort_unstable();
        ids
    }

    pub(crate) async fn edit(&self, room: &str, id: i64, body: &str) -> Answer {
        self.send(
            Method::PATCH,
            &message_path(room, id),
            json!({ "body": body }),
        )
        .await
    }

    pub(crate) async fn delete(&self, room: &str, id: i64) -> Answer {
        self.send(Method::DELETE, &message_path(room, id), Value::Null)
            .await
    }

    pub(crate) async fn react(&self, room: &str, id: i64, emoji: &str) -> Answer {
        self.send(
            Method::PUT,
            &format!("{}/reactions/{emoji}", message_path(room, id)),
            Value::Null,
        )
        .await
    }

    pub(crate) async fn unreact(&self, room: &str, id: i64, emoji: &str) -> Answer {
        self.send(
            Method::DELETE,
            &format!("{}/reactions/{emoji}", message_path(room, id)),
            Value::Null,
        )
        .await
    }

    pub(crate) async fn custom(&self, room: &str, kind: &str, payload: Value) -> Answer {
        let event = json!({ "type": kind, "payload": payload });
        self.send(Method::POST, &format!("/api/v1/rooms/{room}/events"), event)
            .await
    }

    /// Creates a room, open or closed, and returns its slug.
    pub(crate) async fn create_room(&self, name: &str, kind: &str) -> String {
        let room = json!({ "name": name, "kind": kind });
        let made = self
            .send(Method::POST, "/api/v1/rooms", room)
            .await
            .expect(201)
            .json();
        made["slug"].as_str().expect("a room has a slug").to_owned()
    }

    pub(crate) async fn change_room(&self, room: &str, change: Value) -> Answer {
        self.send(Method::PATCH, &format!("/api/v1/rooms/{room}"), change)
            .await
    }

    /// Adds a user (or `me`) to a room.
    pub(crate) async fn add(&self, room: &str, handle: &str) -> Answer {
        self.send(
            Method::PUT,
            &format!("/api/v1/rooms/{room}/members/{handle}"),
            Value::Null,
        )
        .await
    }

    /// Sets what a member of a room may do.
    pub(crate) async fn name(&self, room: &str, handle: &str, role: &str) -> Answer {
        let path = format!("/api/v1/rooms/{room}/members/{handle}");
        self.send(Method::PUT, &path, json!({ "role": role })).await
    }

    /// Finds or creates the direct room with these people, and returns its slug.
    pub(crate) async fn open_direct(&self, handles: &[&str]) -> String {
        let people = json!({ "handles": handles });
        let opened = self.send(Method::POST, "/api/v1/direct", people).await;
        let room = opened.expect(200).json();
        room["slug"].as_str().expect("a room has a slug").to_owned()
    }

    /// Deletes a room.
    pub(crate) async fn delete_room(&self, room: &str) -> Answer {
        let path = format!("/api/v1/rooms/{room}");
        self.send(Method::DELETE, &path, Value::Null).await
    }

    /// Removes a user from a room.
    pub(crate) async fn remove(&self, room: &str, handle: &str) -> Answer {
        self.send(
            Method::DELETE,
            &format!("/api/v1/rooms/{room}/members/{handle}"),
            Value::Null,
        )
        .await
    }

    /// Changes the display name of the user.
    pub(crate) async fn rename(&self, name: &str) -> Answer {
        let change = json!({ "name": name });
        self.send(Method::PATCH, "/api/v1/me", change).await
    }

    pub(crate) async fn sign_out(&self) {
        self.send(Method::POST, "/signout", Value::Null)
            .await
            .expect(303);
    }

    pub(crate) async fn history(&self, room: &str, query: &str) -> Value {
        self.see(&format!("/api/v1/rooms/{room}/messages?{query}"))
            .await
    }

    /// Signals that the user is typing.
    pub(crate) async fn type_in(&self, room: &str) -> Answer {
        let path = format!("/api/v1/rooms/{room}/typing");
        self.send(Method::POST, &path, Value::Null).await
    }

    /// Returns the handles of the members of a room who are online.
    pub(crate) async fn sees_here(&self, room: &str) -> Vec<String> {
        let list = self.see(&format!("/api/v1/rooms/{room}/members")).await;
        let members = list["members"].as_array().expect("a list has members");
        let here = members.iter().filter(|member| member["here"] == true);
        here.filter_map(|member| member["handle"].as_str().map(str::to_owned))
            .collect()
    }

    /// Returns the id of the last event.
    pub(crate) async fn head(&self) -> i64 {
        self.see("/api/v1/rooms").await["head"]
            .as_i64()
            .expect("a list of rooms has a head")
    }

    /// Opens a stream of all rooms.
    pub(crate) async fn stream(&self, query: &str) -> Stream {
        Stream::open(&self.ask(&format!("/api/v1/events?{query}"))).await
    }

    /// Opens a stream of one room.
    pub(crate) async fn stream_of(&self, room: &str, query: &str) -> Stream {
        Stream::open(&self.ask(&format!("/api/v1/rooms/{room}/events?{query}"))).await
    }

    /// Returns a stream request to be customised.
    pub(crate) fn ask<'a>(&self, target: &'a str) -> Ask<'a> {
        let token = self
            .token
            .iter()
            .map(|token| ("authorization", format!("Bearer {token}")));
        Ask {
            address: self.address,
            method: "GET",
            target,
            version: "HTTP/1.1",
            headers: token.collect(),
        }
    }
}

pub(crate) fn message_path(room: &str, id: i64) -> String {
    format!("/api/v1/rooms/{room}/messages/{id}")
}

#[track_caller]
pub(crate) fn id_of(thing: &Value) -> i64 {
    thing["id"]
        .as_i64()
        .unwrap_or_else(|| panic!("no id in {thing}"))
}
