//! A browser without scripts: it keeps cookies and sends forms.

use super::{answer::Answer, chat::Chat};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::{cell::RefCell, collections::BTreeMap};

pub(crate) const FIREFOX: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/// Its cookies are those of the server, whatever their attributes.
pub(crate) struct Browser<'a> {
    chat: &'a Chat,
    cookies: RefCell<BTreeMap<String, String>>,
    /// What a proxy says of its address.
    address: Option<&'static str>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(chat: &'a Chat) -> Self {
        Self {
            chat,
            cookies: RefCell::default(),
            address: None,
        }
    }

    /// Returns a browser at this address, behind a trusted proxy.
    pub(crate) fn at(chat: &'a Chat, address: &'static str) -> Self {
        Self {
            address: Some(address),
            ..Self::new(chat)
        }
    }

    /// Returns a browser that has joined.
    pub(crate) async fn join(chat: &'a Chat, handle: &str) -> Self {
        let browser = Self::new(chat);
        browser
            .submit("/join", &[("handle", handle)])
            .await
            .expect(303);
        browser
    }

    /// Returns the name and value of the first cookie whose name ends like this.
    #[track_caller]
    pub(crate) fn cookie(&self, end: &str) -> (String, String) {
        let cookies = self.cookies.borrow();
        let found = cookies.iter().find(|(name, _)| name.ends_with(end));
        let (name, value) = found.unwrap_or_else(|| panic!("no {end} in {cookies:?}"));
        (name.clone(), value.clone())
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.borrow_mut();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.chat.visitor().request(method, path);
        let cookies = self.cookies.borrow();
        let cookies: Vec<String> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request = request
            .header("cookie", cookies.join("; "))
            .header("user-agent", FIREFOX);
        match self.address {
            Some(address) => request.header("x-forwarded-for", address),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    /// Sends JSON.
    pub(crate) async fn send_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(method, path).json(body)).await
    }

    /// Sends a form, and keeps the cookies of the response.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = Answer::to_form(self.request(Method::POST, path), fields).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("cookies are ASCII");
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a cookie has a value");
            if attributes.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
        answer
    }

    pub(crate) async fn sign_in(&self, handle: &str, password: &str) -> Answer {
        let fields = [("handle", handle), ("password", password)];
        self.submit("/sign-in", &fields).await
    }

    /// Returns the handle of the account that is signed in.
    pub(crate) async fn handle(&self) -> Option<String> {
        let me = self.get("/api/v1/me").await;
        if me.status == 401 {
            return None;
        }
        let me = me.expect(200).json();
        me["handle"].as_str().map(str::to_owned)
    }
}
