//! Reports of messages.

use super::{
    checked_text::checked_text, ids::MessageId, message::is_refused_control, text::with_unix_lines,
    time::Timestamp, user::Person,
};
use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};
use utoipa::ToSchema;

/// Maximum length of the reason of a report in characters.
pub const REASON_MAX: usize = 500;

checked_text! {
    /// A valid reason of a report, which may be empty.
    ReportReason
}

impl ReportReason {
    /// Parses a reason. Surrounding white space is removed.
    pub fn parse(text: String) -> Result<Self, Fault> {
        let text = with_unix_lines(text).trim().to_owned();
        if text.chars().count() > REASON_MAX {
            return Err(Fault::TooLong { max: REASON_MAX });
        }
        if text.chars().any(is_refused_control) {
            return Err(Fault::BodyControlCharacters);
        }
        Ok(Self(text))
    }
}

/// What is decided about the reports of a message.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantNames,
    ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum ReportDecision {
    /// Nothing is done.
    Dismiss,
    /// The message is deleted.
    Delete,
    /// The author is banned from the server. Only admins may.
    Ban,
}

impl ReportDecision {
    /// Parses the name of a decision.
    pub fn parse(name: &str) -> Result<Self, Fault> {
        let known = Self::VARIANTS;
        name.parse().map_err(|_| Fault::UnknownValue { known })
    }
}

/// A report that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// The id of the report.
    #[schema(minimum = 1)]
    pub id: i64,
    /// The time of the report.
    pub at: Timestamp,
    /// Who has reported the message.
    pub by: Person,
    /// The author of the message.
    pub author: Person,
    /// Whether the account of the author was deleted.
    #[serde(skip)]
    pub is_author_gone: bool,
    /// The text of the message when it was reported; empty if the message was deleted since.
    pub body: String,
    /// Why it was reported, or nothing.
    pub reason: String,
    /// Id of the message.
    pub message_id: MessageId,
    /// Slug of the room, if the caller may see it; null for others.
    #[schema(required)]
    pub room: Option<String>,
}
