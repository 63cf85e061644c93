//! Entries of the audit log: decisions of admins, managers and the operator, and sign-ins.

use super::{
    ids::{MessageId, UserId},
    json_schema::any_json,
    time::Timestamp,
    user::Person,
};
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use std::net::IpAddr;
use utoipa::ToSchema;

/// An entry to be appended.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the table `audit`")]
pub struct NewAuditEntry<'a> {
    pub at: Timestamp,
    pub actor: Option<UserId>,
    pub address: Option<IpAddr>,
    pub action: &'static str,
    pub subject: Option<UserId>,
    pub room: Option<&'a str>,
    pub message: Option<MessageId>,
    pub details: Option<Value>,
}

/// An entry, as admins read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// The number of the entry, which rises with time.
    #[schema(minimum = 1)]
    pub id: i64,
    /// The time of the decision.
    pub at: Timestamp,
    /// Who decided or signed in; null for the operator, who acts by commands, and for a sign-in that was refused.
    #[schema(required)]
    pub actor: Option<Person>,
    /// The address of the actor's client; null for commands.
    #[schema(required)]
    pub address: Option<String>,
    /// What was done, such as `user.update`.
    pub action: String,
    /// The person that it was done to, or whose account somebody has tried to sign in to.
    #[schema(required)]
    pub subject: Option<Person>,
    /// Slug of the room that it concerns.
    #[schema(required)]
    pub room: Option<String>,
    /// Id of the message that it concerns.
    #[schema(required)]
    pub message_id: Option<MessageId>,
    /// What was set.
    #[schema(required, schema_with = any_json)]
    pub details: Option<Box<RawValue>>,
}
