//! Random changes of users.

use super::steps::{Kind, Request};
use backscroll::model::{
    change::Action,
    ids::MessageId,
    profile::{About, TimeZone},
    role::Role,
};

/// Returns a change of the user with this handle.
pub(super) fn change_of_user(step: &Request, handle: String, message: MessageId) -> Action {
    let number = step.number;
    match step.kind {
        Kind::UpdateProfile => Action::UpdateProfile {
            about: number
                .is_multiple_of(2)
                .then(|| About::parse("Sings alto").expect("valid")),
            time_zone: number
                .is_multiple_of(3)
                .then(|| TimeZone::parse("UTC").expect("valid")),
            hides_presence: (number.is_multiple_of(3)).then_some(number.is_multiple_of(2)),
            hides_reading: (number.is_multiple_of(5)).then_some(number.is_multiple_of(2)),
        },
        Kind::UpdateUser => Action::UpdateUser {
            handle,
            role: [
                None,
                Some(Role::Admin),
                Some(Role::Member),
                Some(Role::Guest),
            ][number % 4],
            disabled: [None, Some(true), Some(false), Some(false)][number % 5 % 4],
        },
        Kind::BanUser => Action::BanUser {
            handle,
            hide_messages: false,
        },
        Kind::DeleteUser => Action::DeleteUser {
            handle,
            only_silent: number.is_multiple_of(3),
        },
        _ => Action::EraseMessages {
            handle,
            after: number.is_multiple_of(2).then_some(message),
        },
    }
}
