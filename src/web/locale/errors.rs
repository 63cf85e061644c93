//! Messages about errors, by their codes.
//!
//! The message for the code `body-too-long` is `error-body-too-long`. Pages show these; the API has English details.

use super::Locale;
use crate::{error::Outage, fault::Fault};
use fluent_bundle::FluentValue;
use serde_json::{Value, json};

impl Locale {
    /// Returns the message for an error with this code. The arguments are an object, or null if there are none.
    #[must_use]
    pub fn explain(&self, code: &str, arguments: &Value) -> String {
        let arguments = arguments.as_object().into_iter().flatten();
        let arguments = arguments.map(|(name, value)| (name.as_str(), argument(value)));
        self.format(&format!("error-{code}"), arguments)
    }

    /// Returns the message for a fault of a field.
    #[must_use]
    pub fn explain_fault(&self, fault: Fault) -> String {
        self.explain(fault.code(), &json!(fault))
    }

    /// Returns the message for a request that may be repeated after this many seconds.
    #[must_use]
    pub fn explain_too_many_requests(&self, seconds: u64) -> String {
        self.explain("too-many-requests", &json!({ "seconds": seconds }))
    }

    /// Returns the message for an outage of the server.
    #[must_use]
    pub fn explain_outage(&self, outage: Outage) -> String {
        self.explain(outage.code(), &Value::Null)
    }
}

fn argument(value: &Value) -> FluentValue<'_> {
    match value {
        Value::Number(number) => number.as_f64().into(),
        Value::String(text) => text.as_str().into(),
        Value::Array(texts) => {
            let texts: Vec<&str> = texts.iter().filter_map(Value::as_str).collect();
            texts.join(", ").into()
        }
        _ => FluentValue::None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::locales;
    use super::*;
    use crate::model::message::BODY_MAX;
    use strum::IntoEnumIterator as _;

    #[test]
    fn a_message_has_a_value_for_each_of_its_placeholders() {
        for locale in locales() {
            for fault in Fault::iter() {
                let message = locale.explain_fault(fault);
                assert!(!message.contains(['{', '$']), "{fault:?}: {message}");
            }
            for outage in Outage::iter() {
                let message = locale.explain_outage(outage);
                assert!(!message.contains(['{', '$']), "{outage:?}: {message}");
            }
        }
    }

    #[test]
    fn a_limit_is_named_in_the_readers_language() {
        let fault = Fault::BodyTooLong { max: BODY_MAX };
        let messages: Vec<String> = locales()
            .iter()
            .map(|locale| locale.explain_fault(fault))
            .collect();
        assert_eq!(
            messages,
            [
                "Too long: at most 8,000 characters.",
                "太长：最多 8,000 个字符。"
            ]
        );
    }
}
