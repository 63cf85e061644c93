//! A browser without scripts.

use crate::support::{answer::Answer, chat::Chat, person::Person};
use reqwest::Method;

/// Somebody with a cookie.
pub(super) struct Browser {
    pub(super) visitor: Person,
    pub(super) cookie: String,
}

impl Browser {
    pub(super) async fn join(chat: &Chat, handle: &str) -> Self {
        let visitor = chat.visitor();
        let fields = [("handle", handle), ("next", "/rooms/general?limit=5")];
        let answer = Answer::to_form(visitor.request(Method::POST, "/join"), &fields)
            .await
            .expect(303);
        assert_eq!(answer.header("location"), "/rooms/general?limit=5");
        let set = answer.header("set-cookie").to_owned();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(set.contains(part), "{set}");
        }
        let cookie = set
            .split(';')
            .next()
            .expect("a split has a first part")
            .to_owned();
        assert!(cookie.contains("-backscroll="), "{cookie}");
        Self { visitor, cookie }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        Answer::to(
            self.visitor
                .request(Method::GET, path)
                .header("cookie", &self.cookie),
        )
        .await
    }

    pub(super) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        Answer::to_form(
            self.visitor
                .request(Method::POST, path)
                .header("cookie", &self.cookie),
            fields,
        )
        .await
    }
}
