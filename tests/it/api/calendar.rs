//! The months of a room's history.

use crate::support::chat::Chat;
use serde_json::json;

#[tokio::test]
async fn a_calendar_counts_the_messages_of_each_month_and_names_the_first() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let calendar = "/api/v1/rooms/general/calendar";
    assert_eq!(ann.see(calendar).await, json!({ "months": [] }));
    let ids = ann.post_many("general", 3).await;
    let other = ann.create_room("Other", "open").await;
    ann.post(&other, "elsewhere").await;
    ann.delete("general", ids[1]).await.expect(200);
    let shown = ann.see(calendar).await;
    let at = ann.history("general", "limit=1").await["messages"][0]["at"].clone();
    let this_month = &at.as_str().expect("a time")[..7];
    let month = json!({ "month": this_month, "messages": 3, "first": ids[0] });
    assert_eq!(
        shown,
        json!({ "months": [month] }),
        "a deleted message keeps its place"
    );
    // As an import leaves them; the newest hundred years are shown.
    let years = "insert into room_months (room_id, month, messages, first_id)
        with recursive n(m) as (select 0 union all select m + 1 from n where m < 1299)
        select r.id, format('%04d-%02d', 1900 + m / 12, 1 + m % 12), 7, 1 from n join rooms r on r.slug = 'general'";
    sqlx::query(years)
        .execute(&mut chat.outside().await)
        .await
        .expect("rows are added");
    let months = ann.see(calendar).await["months"].clone();
    let months = months.as_array().expect("a list");
    assert_eq!(months.len(), 1200);
    assert_eq!(months.last(), Some(&month));
    assert!(months.is_sorted_by_key(|month| month["month"].as_str().map(str::to_owned)));
    assert_eq!(months[0]["messages"], 7);
    chat.visitor()
        .get("/api/v1/rooms/none/calendar")
        .await
        .problem(404);
}
