//! A page of history: where it lies, and what it holds.

use crate::support::{
    answer::Answer,
    chat::Chat,
    person::{Person, id_of},
};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/rooms/general/messages";

fn ids(page: &Value) -> Vec<i64> {
    page["messages"]
        .as_array()
        .expect("a page has messages")
        .iter()
        .map(id_of)
        .collect()
}

/// Requests a page in a format.
pub(super) async fn as_type(person: &Person, path: &str, accept: &str) -> Answer {
    Answer::to(person.request(Method::GET, path).header("accept", accept)).await
}

#[tokio::test]
async fn a_page_names_its_neighbours_and_the_head() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let posted = ann.post_many("general", 7).await;
    let log = ann.see("/api/v1/rooms").await["log"].clone();
    let answer = ann.get(&format!("{PATH}?limit=3")).await.expect(200);
    let page = answer.json();
    assert_eq!(ids(&page), posted[4..]);
    assert_eq!((&page["head"], &page["log"]), (&json!(posted[6]), &log));
    assert_eq!(
        (&page["has_older"], &page["has_newer"], &page["newer"]),
        (&json!(true), &json!(false), &Value::Null)
    );
    let older = page["older"].as_str().unwrap();
    assert_eq!(answer.header("link"), format!("<{older}>; rel=\"prev\""));

    let answer = ann.get(older).await.expect(200);
    let middle = answer.json();
    assert_eq!(ids(&middle), posted[1..4]);
    assert_eq!(
        (&middle["has_older"], &middle["has_newer"]),
        (&json!(true), &json!(true))
    );
    let (older, newer) = (
        middle["older"].as_str().unwrap(),
        middle["newer"].as_str().unwrap(),
    );
    assert_eq!(
        answer.header("link"),
        format!("<{older}>; rel=\"prev\", <{newer}>; rel=\"next\"")
    );
    assert_eq!(ids(&ann.see(newer).await), posted[4..]);
    let first = ann.see(older).await;
    assert_eq!(
        (ids(&first), &first["has_older"], &first["older"]),
        (posted[..1].to_vec(), &json!(false), &Value::Null)
    );
}

#[tokio::test]
async fn an_empty_room_has_an_empty_page_and_then_a_full_one() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for query in [
        "",
        "before=5",
        "after=0",
        "around=5",
        "at=2026-01-01T00:00:00Z",
        "author=ann",
    ] {
        let page = ann.history("general", query).await;
        assert_eq!(
            (ids(&page), &page["has_older"], &page["has_newer"]),
            (vec![], &json!(false), &json!(false)),
            "{query}"
        );
    }
    let id = ann.post("general", "first").await;
    assert_eq!(
        ids(&ann.history("general", "").await),
        [id],
        "what was empty is not remembered as empty"
    );
}

#[tokio::test]
async fn a_page_lies_where_its_anchor_says() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bob = chat.join("bob").await;
    let mut posted = Vec::new();
    for n in 0..12 {
        posted.push(if n % 3 == 0 {
            bob.post("general", "b").await
        } else {
            ann.post("general", "a").await
        });
    }
    let times: Vec<String> = ann.history("general", "").await["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["at"].as_str().unwrap().to_owned())
        .collect();
    let page = async |query: &str| ids(&ann.history("general", query).await);
    assert_eq!(
        page(&format!("before={}&limit=3", posted[5])).await,
        posted[2..5]
    );
    assert_eq!(
        page(&format!("after={}&limit=3", posted[5])).await,
        posted[6..9]
    );
    let around = page(&format!("around={}&limit=4", posted[5])).await;
    assert_eq!(around, posted[3..7]);
    assert_eq!(
        page(&format!("around={}&limit=1", posted[5])).await,
        [posted[5]]
    );
    let at = page(&format!("at={}&limit=4", times[5])).await;
    let first_then = posted[times.iter().position(|time| *time == times[5]).unwrap()];
    assert!(at.contains(&first_then), "{at:?}");
    assert_eq!(
        page("at=2020-01-01T00:00:00Z&limit=2").await,
        posted[..1],
        "before the beginning: the beginning, and nothing older"
    );
    assert_eq!(
        page("at=2099-01-01&limit=4").await,
        posted[10..],
        "in the future: the end"
    );
    assert_eq!(
        page("author=bob").await,
        [posted[0], posted[3], posted[6], posted[9]]
    );
    assert_eq!(
        page(&format!("author=bob&before={}", posted[6])).await,
        [posted[0], posted[3]]
    );
    assert_eq!(page("author=nobody").await, [0; 0]);
    let between: Vec<i64> = (0..12)
        .filter(|n| (times[4].as_str()..times[8].as_str()).contains(&times[*n].as_str()))
        .map(|n| posted[n])
        .collect();
    assert_eq!(
        page(&format!("since={}&until={}", times[4], times[8])).await,
        between
    );
    assert_eq!(page("since=2099-01-01").await, [0; 0]);
    assert_eq!(page("until=2099-01-01T00:00:00%2B02:00").await, posted);
}

#[tokio::test]
async fn an_anchor_that_is_not_there_means_its_neighbours() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let other = ann.create_room("Other", "open").await;
    let first = ann.post("general", "1").await;
    let elsewhere = ann.post(&other, "elsewhere").await;
    let second = ann.post("general", "2").await;
    ann.delete("general", first).await.expect(200);
    for (query, wanted) in [
        (format!("around={elsewhere}"), vec![first, second]),
        (format!("before={elsewhere}"), vec![first]),
        (format!("after={elsewhere}"), vec![second]),
        (format!("around={first}"), vec![first, second]),
        ("before=0".into(), vec![]),
        ("after=0".into(), vec![first, second]),
        (format!("after={}", second + 1000), vec![]),
        (format!("before={}", (1_i64 << 53) - 1), vec![first, second]),
    ] {
        assert_eq!(
            ids(&ann.history("general", &query).await),
            wanted,
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_wrong_query_is_an_error_that_names_the_field() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("before=abc", "before"),
        ("after=-1", "after"),
        ("around=1e3", "around"),
        ("before=99999999999999999", "before"),
        ("at=yesterday", "at"),
        ("since=1", "since"),
        ("until=2026-13-01", "until"),
        ("before=1&after=2", "after"),
        ("before=1&before=2", "before"),
        ("around=1&at=2026-01-01", "at"),
    ] {
        ann.get(&format!("{PATH}?{query}")).await.fault(422, field);
    }
    ann.get(&format!("{PATH}?unknown=1&limit=200"))
        .await
        .expect(200);
    ann.get("/api/v1/rooms/nowhere/messages").await.problem(404);
}

#[tokio::test]
async fn a_page_that_is_known_is_not_sent_again() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", "hello").await;
    let known = async |path: &str, tag: &str| {
        Answer::to(ann.request(Method::GET, path).header("if-none-match", tag)).await
    };
    let page = ann.get(PATH).await.expect(200);
    let tag = page.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 3, "a strong tag: {tag}");
    assert_eq!(page.header("cache-control"), "private, no-cache");
    let same = known(PATH, &tag).await.expect(304);
    assert_eq!(same.text, "");
    for header in ["etag", "cache-control", "vary"] {
        assert_eq!(
            same.header(header),
            page.header(header),
            "{header}: RFC 9110, 15.4.5"
        );
    }
    known(PATH, &format!("\"other\", {tag}")).await.expect(304);
    known(PATH, &format!("\"Zürich\", \"a b\",W/{tag}"))
        .await
        .expect(304);
    known(PATH, "*").await.expect(304);
    known(PATH, "\"*\"").await.expect(200);
    known(PATH, "\"other\"").await.expect(200);
    assert_ne!(
        ann.get(&format!("{PATH}?limit=1")).await.header("etag"),
        tag
    );
    assert_ne!(as_type(&ann, PATH, "text/plain").await.header("etag"), tag);
    for change in 0..4 {
        let answer = match change {
            0 => ann.edit("general", id, "edited").await,
            1 => ann.react("general", id, "👍").await,
            2 => ann.try_post("general", json!({ "body": "more" })).await,
            _ => ann.delete("general", id).await,
        };
        assert!(answer.status < 300, "{}", answer.text);
        let before = known(PATH, &tag).await.expect(200);
        assert_eq!(before.json(), ann.see(PATH).await, "{change}");
    }
}

#[tokio::test]
async fn a_query_may_name_times_beyond_the_years_that_there_are() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let id = ann.post("general", "now").await;
    for (late, early) in [
        ("9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00%2B01:00"),
        ("9999-12-31", "0000-01-01"),
    ] {
        for (query, found) in [
            (format!("until={late}"), vec![id]),
            (format!("since={late}"), vec![]),
            (format!("until={early}"), vec![]),
            (format!("since={early}"), vec![id]),
            (format!("at={late}"), vec![id]),
            (format!("at={early}"), vec![id]),
        ] {
            assert_eq!(ids(&ann.history("general", &query).await), found, "{query}");
        }
    }
    let wrong = ann
        .get(&format!("{PATH}?since=10000-01-01T00:00:00Z"))
        .await;
    wrong.fault(422, "since");
}

#[tokio::test]
async fn a_filtered_history_is_in_the_order_of_time_and_pages_through_it_once() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let posted = ann.post_many("general", 7).await;
    let mut file = chat.outside().await;
    let moved = [(0, 5), (1, 1), (2, 6), (3, 3), (4, 3), (5, 0), (6, 9)];
    for (place, minute) in moved {
        let at = format!("2020-01-01T00:{minute:02}:00.000Z");
        let update = "update messages set created_at = ? where id = ?";
        let update = sqlx::query(update).bind(at).bind(posted[place]);
        update
            .execute(&mut file)
            .await
            .expect("the owner may do that");
    }
    // Minutes 1 to 6, the last one excluded.
    let span = "since=2020-01-01T00:01:00Z&until=2020-01-01T00:06:00Z";
    let expected = [1, 3, 4, 0].map(|place: usize| posted[place]);
    for filter in [span.to_owned(), format!("{span}&author=ann")] {
        assert_eq!(ids(&ann.history("general", &filter).await), expected);
        let mut page = ann.history("general", &format!("{filter}&limit=1")).await;
        let mut backwards = ids(&page);
        while let Some(older) = page["older"].as_str().map(str::to_owned) {
            page = ann.see(&older).await;
            backwards.extend(ids(&page));
        }
        backwards.reverse();
        assert_eq!(backwards, expected, "{filter}");
        let mut forwards = ids(&page);
        while let Some(newer) = page["newer"].as_str().map(str::to_owned) {
            page = ann.see(&newer).await;
            forwards.extend(ids(&page));
        }
        assert_eq!(forwards, expected, "{filter}");
        let at = format!("{filter}&at=2020-01-01T00:03:00Z&limit=2");
        assert_eq!(ids(&ann.history("general", &at).await), expected[0..2]);
    }
}
