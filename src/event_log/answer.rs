//! The answer to a change that is on disk.

use crate::{
    error::{Error, Result},
    model::{event::Event, file::Collected, ids::MessageId, message::Message, user::User},
};
use std::sync::Arc;

const OTHER_KIND: Error = Error::Internal("a change was answered with another kind of object");

/// The answer to a change that is on disk.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Answer {
    /// The change was applied, or had been applied before.
    Done,
    /// The current state of the account that was created or changed.
    User(User),
    /// The slug of the room that was created.
    Room { slug: String },
    /// Whether there is more to erase.
    Erased { has_more: bool },
    /// The current state of the message; `is_new` is false if nothing was changed.
    Message { message: Arc<Message>, is_new: bool },
    /// The account was deleted, or merged into another one.
    Deleted,
    /// There is more to merge after this message.
    Merging { after: Option<MessageId> },
    /// The message after which further ones of its author may be left to delete; `None` if none are left.
    ErasedUpTo(Option<MessageId>),
    /// The custom event; `is_new` is false if its nonce was used before.
    Event { event: Arc<Event>, is_new: bool },
    /// What was deleted of uploads and contents.
    Collected(Collected),
}

/// Each function returns the content of one kind of answer. Another kind is an internal error, since the action decides
/// the kind.
impl Answer {
    /// Returns the account.
    pub fn into_user(self) -> Result<User> {
        match self {
            Self::User(user) => Ok(user),
            _ => Err(OTHER_KIND),
        }
    }

    /// Returns the slug of the room.
    pub fn into_room(self) -> Result<String> {
        match self {
            Self::Room { slug } => Ok(slug),
            _ => Err(OTHER_KIND),
        }
    }

    /// Returns whether there is more to erase.
    pub fn into_has_more(self) -> Result<bool> {
        match self {
            Self::Erased { has_more } => Ok(has_more),
            _ => Err(OTHER_KIND),
        }
    }

    /// Returns the message. The flag says whether anything was changed.
    pub fn into_message(self) -> Result<(Arc<Message>, bool)> {
        match self {
            Self::Message { message, is_new } => Ok((message, is_new)),
            _ => Err(OTHER_KIND),
        }
    }

    /// Returns the message after which further ones may be left to delete.
    pub fn into_erased_up_to(self) -> Result<Option<MessageId>> {
        match self {
            Self::ErasedUpTo(message) => Ok(message),
            _ => Err(OTHER_KIND),
        }
    }

    /// Returns what was deleted of uploads and contents.
    pub fn into_collected(self) -> Result<Collected> {
        match self {
            Self::Collected(collected) => Ok(collected),
            _ => Err(OTHER_KIND),
        }
    }

    /// Returns the custom event. The flag says whether it is new.
    pub fn into_event(self) -> Result<(Arc<Event>, bool)> {
        match self {
            Self::Event { event, is_new } => Ok((event, is_new)),
            _ => Err(OTHER_KIND),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_another_kind_is_an_internal_error() {
        let answer = Answer::Room { slug: "r".into() };
        assert_eq!(answer.clone().into_room().unwrap(), "r");
        assert!(matches!(
            answer.clone().into_user(),
            Err(Error::Internal(_))
        ));
        assert!(matches!(
            answer.clone().into_message(),
            Err(Error::Internal(_))
        ));
        assert!(matches!(answer.into_event(), Err(Error::Internal(_))));
    }
}
