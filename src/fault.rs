//! What can be wrong with a field of a request, as variants with data.
//!
//! The name of a variant in kebab case is its code. Codes are part of the API and are never changed: programs tell
//! errors apart by them, and pages translate by them (`error-<code>` in `locales/*.ftl`). The texts here are the English
//! details of the API; no code depends on them. The same holds for the variants of [`Denial`] and [`Outage`].
//!
//! [`Denial`]: crate::error::Denial
//! [`Outage`]: crate::error::Outage

use serde::Serialize;
use strum::{EnumIter, IntoStaticStr, VariantNames};
use thiserror::Error;

/// What is wrong with one field or parameter of a request. Its data, such as the greatest length, are serialized without
/// its code.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Error, EnumIter, IntoStaticStr, Serialize, VariantNames,
)]
#[serde(untagged)]
#[strum(serialize_all = "kebab-case")]
pub enum Fault {
    /// The field is missing.
    #[error("is needed")]
    Required,
    /// The field occurs twice.
    #[error("is there twice")]
    Repeated,
    /// The value is not a text.
    #[error("a text is expected")]
    WrongType,
    /// The value is not an id.
    #[error("an id: digits only")]
    NotAnId,
    /// The value is neither a time (RFC 3339) nor a date.
    #[error("a time such as 2026-11-22T05:41:03Z, or a date")]
    NotATime,
    /// The time has passed.
    #[error("a time in the future")]
    TimePassed,
    /// The value is not a number in this range.
    #[error("{min} to {max}")]
    OutOfRange {
        /// The least number.
        min: u64,
        /// The greatest number.
        max: u64,
    },
    /// The parameter occurs too often.
    #[error("at most {max} times")]
    TooMany {
        /// Greatest number of occurrences.
        max: usize,
    },
    /// The value is none of those that the field can have.
    #[error("one of {}", .known.join(", "))]
    UnknownValue {
        /// The possible values.
        known: &'static [&'static str],
    },
    /// The field can be set at creation only.
    #[error("cannot be changed")]
    CannotChange,
    /// A display name or topic is too long.
    #[error("at most {max} characters")]
    TooLong {
        /// Greatest length in characters.
        max: usize,
    },
    /// A display name or topic has several lines, control characters or invisible characters.
    #[error("one line, without control characters and invisible ones")]
    NotOneLine,
    /// A handle or display name has combining marks without a letter, or too many on one.
    #[error("marks stand on letters, at most {max} on one")]
    TooManyMarks {
        /// Greatest number of consecutive marks.
        max: usize,
    },
    /// The handle is empty.
    #[error("pick a name")]
    HandleEmpty,
    /// The handle is too long.
    #[error("at most {max} characters (about 20 of other scripts)")]
    HandleTooLong {
        /// Greatest length in characters.
        max: usize,
    },
    /// The handle contains characters that handles cannot contain.
    #[error("letters, digits and - _ . only, no spaces")]
    HandleInvalid,
    /// The handle has a meaning in addresses.
    #[error("this name has a meaning of its own, pick another one")]
    HandleReserved,
    /// The handle looks like a handle or display name of another account.
    #[error("somebody here has this name, or one that looks like it")]
    HandleTaken,
    /// The handle does not confirm the deletion of the account.
    #[error("the handle of the account confirms its deletion")]
    HandleUnconfirmed,
    /// The change would leave the server without an enabled admin.
    #[error("the server needs an admin whose account is enabled")]
    LastAdmin,
    /// Nobody can be signed in to the account: it is disabled, imported, or a bot's.
    #[error("nobody can sign in to this account")]
    CannotSignIn,
    /// The handle is not one of a person whom an import has brought, and who has not been invited yet.
    #[error("no imported person who has not come in yet has this handle")]
    NotImported,
    /// The value is not a time span, or is too long.
    #[error("a number and a unit (m, h, d or w), as in 7d; at most 366d")]
    NotADuration,
    /// The text does not have the form of a time zone's name.
    #[error("the name of a time zone, such as Europe/Berlin")]
    TimeZoneInvalid,
    /// The display name is empty.
    #[error("a name is needed")]
    NameEmpty,
    /// The display name has no visible characters.
    #[error("nothing of this name can be seen")]
    NameInvisible,
    /// The display name looks like a handle or display name of another account.
    #[error("somebody here has this name, or one that looks like it")]
    NameTaken,
    /// The password is too short.
    #[error("at least {min} characters")]
    PasswordTooShort {
        /// Least length in characters.
        min: usize,
    },
    /// The password is too long.
    #[error("at most {max} characters")]
    PasswordTooLong {
        /// Greatest length in characters.
        max: usize,
    },
    /// The password is one of the most common ones.
    #[error("one of the most common passwords, which are guessed first")]
    PasswordCommon,
    /// There is no account with this name and password, or it is disabled.
    #[error("not the password of an account with this name")]
    SignInRefused,
    /// The old password is not the account's password.
    #[error("not your password")]
    PasswordWrong,
    /// The answer of a passkey is not accepted: the passkey is not registered here, the account is disabled, the challenge
    /// was used or has expired, or the answer is not valid.
    #[error("not the answer of a passkey that signs in here; try again")]
    PasskeyRefused,
    /// The password is the handle or the display name of the account.
    #[error("a password other than the name")]
    PasswordIsName,
    /// Somebody's account is linked to the identity.
    #[error("it is linked to another account")]
    IdentityTaken,
    /// Nothing else signs in to the account.
    #[error("nothing else signs you in; set a password first")]
    LastWayIn,
    /// The slug is empty, too long, or contains characters that slugs cannot contain.
    #[error("1 to {max} of a-z, 0-9 and -, not starting with -")]
    SlugInvalid {
        /// Greatest length in characters.
        max: usize,
    },
    /// The slug is part of the address of another page.
    #[error("this address is taken by the page that makes rooms")]
    SlugReserved,
    /// Another room has the slug.
    #[error("there is a room at this address")]
    SlugTaken,
    /// The server chooses the slugs of rooms that are not open.
    #[error("only open rooms have an address of their choice")]
    SlugNotChosen,
    /// Another open room has the name, without regard to case.
    #[error("there is an open room with this name")]
    RoomNameTaken,
    /// Only open rooms can have this property.
    #[error("only for open rooms")]
    OnlyOpenRooms,
    /// A direct room has a number of people in this range, the caller included.
    #[error("{min} to {max} people, you included")]
    PeopleOutOfRange {
        /// The least number.
        min: usize,
        /// The greatest number.
        max: usize,
    },
    /// The handle is the caller's own.
    #[error("this is you")]
    Yourself,
    /// The caller has blocked this many people, which is as many as possible.
    #[error("at most {max} blocked people")]
    TooManyBlocked {
        /// Greatest number of blocked people.
        max: usize,
    },
    /// The caller has blocked the person.
    #[error("you have blocked this person")]
    PersonBlocked,
    /// A user with this handle does not exist, or is not visible to the caller.
    #[error("there is no such person")]
    NoSuchPerson,
    /// The parameter names a room that does not exist, or is not visible to the user.
    #[error("there is no such room")]
    NoSuchRoom,
    /// The body has no visible characters.
    #[error("write something")]
    BodyEmpty,
    /// The body is too long.
    #[error("at most {max} characters")]
    BodyTooLong {
        /// Greatest length in characters, without surrounding white space.
        max: usize,
    },
    /// The body has too much white space at its beginning and end.
    #[error("too much white space around the text")]
    BodyPadded,
    /// The body contains control characters.
    #[error("control characters other than tab and newline are not allowed")]
    BodyControlCharacters,
    /// The room has no message with this id.
    #[error("there is no such message in this room")]
    NoSuchMessage,
    /// The message was deleted.
    #[error("this message was deleted")]
    MessageDeleted,
    /// The upload does not exist, is not the caller's, is not complete, has expired, or was posted.
    #[error("this upload is not there any more, or not complete: upload it again")]
    UploadGone,
    /// The bytes are no picture that can be shown.
    #[error("not a PNG, JPEG, GIF or WebP picture of at most 50 megapixels")]
    NotAPicture,
    /// The upload has another offset.
    #[error("the upload has another offset: ask for it")]
    OffsetConflict,
    /// The file is too large.
    #[error("at most {max} bytes")]
    UploadTooLarge {
        /// Greatest size in bytes.
        max: u64,
    },
    /// All files of the person together would be too large.
    #[error("all your files together have at most {max} bytes: delete some")]
    FilesFull {
        /// Greatest size in bytes.
        max: u64,
    },
    /// All files of the server together would be too large.
    #[error("the server keeps at most so many bytes of files: {max}")]
    ServerFilesFull {
        /// Greatest size in bytes.
        max: u64,
    },
    /// The nonce is empty, too long, or contains other characters than visible ASCII.
    #[error("1 to {max} visible ASCII characters")]
    NonceInvalid {
        /// Greatest length in characters.
        max: usize,
    },
    /// The request has two different nonces.
    #[error("one nonce, and one only")]
    NonceAmbiguous,
    /// The same author has posted something else with this nonce.
    #[error("you have posted something else under this nonce")]
    NonceReused,
    /// The query has more than one anchor.
    #[error("at most one of before, after, around and at")]
    AnchorAmbiguous,
    /// The text is not one emoji.
    #[error("one emoji")]
    NotAnEmoji,
    /// The message has as many different reactions as possible.
    #[error("this message has {max} different ones, that is enough")]
    TooManyReactions {
        /// Greatest number of different emoji on one message.
        max: usize,
    },
    /// The user has added as many reactions to the message as possible.
    #[error("at most {max} of yours on one message")]
    TooManyOwnReactions {
        /// Greatest number of emoji that one user can add to one message.
        max: usize,
    },
    /// The name of the custom event is not valid.
    #[error("[a-z][a-z0-9._-]*, at most {max} characters")]
    TypeInvalid {
        /// Greatest length in characters.
        max: usize,
    },
    /// The server itself has events of this name.
    #[error("this name is used by the server itself")]
    TypeReserved,
    /// The payload is too large.
    #[error("at most {max} bytes of JSON")]
    PayloadTooLarge {
        /// Greatest size in bytes.
        max: usize,
    },
    /// Common JSON libraries refuse the payload: it is nested too deeply, or contains a lone surrogate or a number beyond
    /// the range of a double.
    #[error("nested too deeply, half a character of UTF-16, or a number that is too great")]
    PayloadUnreadable,
}

impl Fault {
    /// Returns the stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Returns whether the value is valid, but conflicts with existing data.
    #[must_use]
    pub fn is_conflict(self) -> bool {
        matches!(
            self,
            Self::HandleTaken
                | Self::IdentityTaken
                | Self::LastAdmin
                | Self::LastWayIn
                | Self::NameTaken
                | Self::SlugTaken
                | Self::RoomNameTaken
                | Self::MessageDeleted
                | Self::NonceReused
                | Self::OffsetConflict
        )
    }
}
