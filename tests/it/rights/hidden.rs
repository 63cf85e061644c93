//! What somebody may not see takes as much work as what is not there: the same statements are run, in the same order.

use super::{MISSING, operations::Operation, pages::PageRoute, rooms::Cast};
use crate::support::{
    chat::Chat,
    program::{Running, command},
    until::until,
};
use reqwest::Method;
use serde_json::json;

/// Attempts, of which one is not disturbed by what a server does by itself now and then.
const ATTEMPTS: usize = 5;

/// A server that logs its statements.
struct Traced {
    server: Running,
    chat: Chat,
}

impl Traced {
    async fn take_over(mut chat: Chat) -> Self {
        chat.stop().await;
        let file = chat.file().display().to_string();
        let mut serve = command(["serve", "--rate-limits", "off", "--db", &file]);
        serve.args(["--listen", &chat.address.to_string(), "--door", "open"]);
        serve.env(
            "BACKSCROLL_LOG",
            "off,sqlx=debug,backscroll=debug,tower_http=debug",
        );
        let (server, _) = Running::listening(&mut serve);
        Self { server, chat }
    }

    /// Returns the statements that ran since the server said this, up to now.
    async fn statements_since(&self, mark: &str, end: &str) -> Vec<String> {
        let visitor = self.chat.visitor();
        let request = visitor.request(Method::GET, "/healthz");
        let sent = request.header("x-request-id", end).send().await;
        assert_eq!(sent.expect("the server answers").status(), 200);
        let is_told = || self.server.has_told(&format!("id=\"{end}\""));
        until("the log is written", is_told).await;
        let lines = self.server.told();
        let lines = lines.iter().skip_while(|line| !line.contains(mark));
        let lines = lines.take_while(|line| !line.contains(end));
        let statements =
            lines.filter_map(|line| line.split_once("summary=")?.1.split_once(" db.statement"));
        statements.map(|(summary, _)| summary.to_owned()).collect()
    }

    /// Returns the statements that a request needs.
    async fn statements_of(
        &self,
        name: &str,
        request: impl Future<Output = u16>,
    ) -> (u16, Vec<String>) {
        let (before, after) = (format!("before-{name}"), format!("after-{name}"));
        self.statements_since("nothing", &before).await;
        let status = request.await;
        (status, self.statements_since(&before, &after).await)
    }
}

/// Sends both requests until they have run the same statements.
async fn are_alike(traced: &Traced, what: &str, requests: [&dyn Fn() -> Asked; 2]) {
    let mut told = Vec::new();
    for attempt in 0..ATTEMPTS {
        let mut of_both = Vec::new();
        for (number, request) in requests.iter().enumerate() {
            let name = format!(
                "{}-{attempt}-{number}",
                what.replace(['/', '{', '}', ' ', ':'], "")
            );
            of_both.push(traced.statements_of(&name, request()).await);
        }
        assert_eq!(of_both[0].0, of_both[1].0, "{what}");
        if of_both[0] == of_both[1] {
            // Pages of the administration refuse others before they look anything up.
            let is_refused_early = [401, 303].contains(&of_both[0].0) || what.contains("/admin/");
            assert!(!of_both[0].1.is_empty() || is_refused_early, "{what}");
            return;
        }
        told = of_both;
    }
    panic!("{what}: {told:#?}");
}

type Asked = std::pin::Pin<Box<dyn Future<Output = u16>>>;

#[tokio::test]
async fn what_is_hidden_runs_the_statements_of_what_is_not_there() {
    let chat = Chat::start().await;
    let cast = Cast::of(&chat).await;
    let (closed, message) = cast.make_room("closed", 0).await;
    let operations = Operation::all(&chat).await;
    let traced = Traced::take_over(chat).await;
    let mut compared = 0;
    for kind in ["nobody", "stranger", "former", "guest", "admin"] {
        let person = cast.person(kind);
        for operation in operations
            .iter()
            .filter(|operation| operation.is_about_rooms())
        {
            let ask = |room: &str| -> Asked {
                let (operation, person, room) =
                    (operation.clone(), person.clone(), room.to_owned());
                Box::pin(async move { operation.send_about(&person, &room, message).await.status })
            };
            let what = format!("{kind} {}", operation.id);
            are_alike(&traced, &what, [&|| ask(&closed), &|| ask(MISSING)]).await;
            compared += 1;
        }
        for route in PageRoute::all() {
            let ask = |room: &str| -> Asked {
                let (route, person, room) = (route.clone(), person.clone(), room.to_owned());
                Box::pin(async move { route.send(&person, &room, message).await.status })
            };
            let what = format!("{kind} {} {}", route.method, route.address);
            are_alike(&traced, &what, [&|| ask(&closed), &|| ask(MISSING)]).await;
            compared += 1;
        }
    }
    assert!(compared > 100);
}

/// A guest, who manages a room, asks for people who are in none of their rooms, and for nobody.
#[tokio::test]
async fn a_hidden_person_runs_the_statements_of_nobody() {
    let chat = Chat::start().await;
    let owner = chat.set_up("owner", "open").await;
    let guest = chat.join("guest").await;
    guest.remove("general", "me").await.expect(204);
    chat.join("ann").await;
    let role = json!({ "role": "guest" });
    let path = "/api/v1/users/guest";
    owner.send(Method::PATCH, path, role).await.expect(200);
    let club = owner.create_room("Club", "closed").await;
    owner.add(&club, "guest").await.expect(204);
    owner.name(&club, "guest", "manager").await.expect(204);
    let operations = Operation::all(&chat).await.into_iter();
    let about_people = operations.filter(|operation| operation.path.contains("{handle}"));
    let about_people: Vec<Operation> = about_people.collect();
    let traced = Traced::take_over(chat).await;
    for operation in &about_people {
        let ask = |handle: &str| -> Asked {
            let (operation, guest) = (operation.clone(), guest.clone());
            let path = operation.path.replace("{handle}", handle);
            let path = path.replace("{room}", &club);
            Box::pin(async move { operation.send(&guest, &path).await.status })
        };
        are_alike(&traced, &operation.id, [&|| ask("ann"), &|| ask("zoe")]).await;
    }
    let direct = |handle: &str| -> Asked {
        let (guest, people) = (guest.clone(), json!({ "handles": [handle] }));
        Box::pin(async move {
            guest
                .send(Method::POST, "/api/v1/direct", people)
                .await
                .status
        })
    };
    are_alike(&traced, "direct", [&|| direct("ann"), &|| direct("zoe")]).await;
    for route in PageRoute::with("{handle}") {
        let ask = |handle: &str| -> Asked {
            let (route, guest) = (route.clone(), guest.clone());
            let (club, handle) = (club.clone(), handle.to_owned());
            Box::pin(async move { route.send_about(&guest, &club, 7, &handle).await.status })
        };
        let what = format!("{} {}", route.method, route.address);
        are_alike(&traced, &what, [&|| ask("ann"), &|| ask("zoe")]).await;
    }
}
