//! The output lines of `tail`.

use crate::model::ids::EventId;
use serde::de::IgnoredAny;

/// Returns the line for one event: its data, with the type of the event as the first member. Data that is not a JSON
/// object becomes a string in one.
///
/// ```text
/// {"event":"message","id":57,"room":"general","at":"…","by":{…},"message":{…}}
/// ```
pub(super) fn line(event: &str, id: EventId, data: &str) -> String {
    let name = serde_json::Value::from(event);
    let is_json = serde_json::from_str::<IgnoredAny>(data).is_ok() && !data.contains('\n');
    match data.strip_prefix('{') {
        Some(fields) if is_json && fields.trim_start() != "}" => {
            format!("{{\"event\":{name},{fields}\n")
        }
        _ => serde_json::json!({ "event": name, "id": id, "data": data }).to_string() + "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_the_data_with_its_name() {
        let printed = line("deploy", EventId(5), r#"{"id":5,"payload":[1]}"#);
        assert_eq!(printed, "{\"event\":\"deploy\",\"id\":5,\"payload\":[1]}\n");
    }

    #[test]
    fn odd_data_is_still_one_line_of_json() {
        for data in ["{}", "hello", "[1]", "{a", "{\n\"a\":1}", ""] {
            let printed = line("message", EventId(5), data);
            let read: serde_json::Value = serde_json::from_str(&printed).unwrap();
            assert_eq!(
                (&read["id"], printed.matches('\n').count()),
                (&5.into(), 1),
                "{data:?}"
            );
        }
    }
}
