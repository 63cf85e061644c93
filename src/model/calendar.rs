//! The calendar of a room: how many messages each month has.

use super::{ids::MessageId, json_schema::list};
use serde::Serialize;
use utoipa::ToSchema;

/// Greatest number of months in a calendar: the newest ones of a century.
pub const MONTHS_MAX: usize = 1200;

/// The months of a room in which something was written, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Calendar {
    /// At most 1200; of more, the newest.
    #[schema(schema_with = list::<Month, MONTHS_MAX>)]
    pub months: Vec<Month>,
}

/// A month (UTC) of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Month {
    /// Year and month: `2024-03`.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub month: String,
    /// Number of messages, deleted ones included, since they keep their place in the history.
    pub messages: i64,
    /// Id of the first message of the month.
    pub first: MessageId,
}
