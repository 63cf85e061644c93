//! Errors of the chat, independent of HTTP.

use crate::fault::Fault;
use std::borrow::Cow;
use strum::{EnumIter, IntoStaticStr, VariantNames};

/// The result of fallible functions of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the chat.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The object does not exist, or is not visible to the user. The two cases cannot be distinguished.
    #[error("not found")]
    NotFound,
    /// The action needs a signed-in user.
    #[error("sign in first")]
    SignInNeeded,
    /// The object is visible, but the action is not permitted.
    #[error("not allowed: {0}")]
    Forbidden(Denial),
    /// A field of the request is not valid, or conflicts with existing data.
    #[error("{field}: {fault}")]
    Invalid {
        /// The name of the field.
        field: Cow<'static, str>,
        /// What is wrong with it.
        fault: Fault,
    },
    /// The sender has done this too often.
    #[error("too many requests; try again in {seconds} s")]
    TooManyRequests {
        /// Number of seconds after which one more is allowed.
        seconds: u64,
    },
    /// The server is temporarily unable to handle the request. Nothing was stored, and a retry may succeed.
    #[error("unavailable: {0}")]
    Unavailable(Outage),
    /// The program cannot do what its operator requested.
    #[error("{0}")]
    Refused(String),
    /// Another process serves, imports into or restores the file.
    #[error("{0}")]
    InUse(String),
    /// An error of the database.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// An I/O error.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// A mistake of the program.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

/// Why a user may not do something to an object that is visible to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Denial {
    /// Only members of a room have a read mark and a notification level in it.
    #[error("join the room first")]
    JoinFirst,
    /// Only managers of a room change it, and add and remove others.
    #[error("only managers of the room may do this")]
    NotManager,
    /// Only managers post into a room for announcements.
    #[error("only managers of the room may post")]
    OnlyManagersPost,
    /// Nothing can be added to an archived room.
    #[error("the room is archived")]
    RoomArchived,
    /// A direct room and the people in it do not change.
    #[error("a direct room and the people in it do not change")]
    DirectRoom,
    /// Guests see only what they were invited to.
    #[error("guests create no rooms")]
    GuestsCreateNoRooms,
    /// The token may not be used for this.
    #[error("this token may not be used for this")]
    TokenScope,
    /// An invitation to have an account is for people who have none.
    #[error("sign out to create another account by this invitation")]
    SignOutFirst,
    /// Passkeys are bound to the name of the server, which is not known.
    #[error(
        "passkeys need a server with --public-url and https, or one that is reached as localhost"
    )]
    NoPasskeys,
    /// The session is too old for what may be done only shortly after signing in.
    #[error("sign in again first")]
    SignInAgain,
    /// Accounts on this server are by invitation.
    #[error("accounts on this server are by invitation")]
    InviteOnly,
    /// The account was disabled or banned.
    #[error("this account is disabled")]
    AccountDisabled,
    /// Only admins administer the server.
    #[error("only admins may do this")]
    NotAdmin,
    /// Only the operator decides how an admin signs in.
    #[error("how an admin signs in is changed by a command on the server only")]
    AdminSignIn,
    /// Others have added the person to too many rooms.
    #[error("others have added this person to many rooms today; ask them to join")]
    AddedTooOften,
    /// Only the author of a message edits and deletes it.
    #[error("it is somebody else's message")]
    NotAuthor,
}

impl Denial {
    /// Returns the stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// Why the server is temporarily unable to handle a request.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, EnumIter, IntoStaticStr, VariantNames,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Outage {
    /// Too many requests are waiting, or the request took too long.
    #[error("the server is busy")]
    Busy,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
    /// A file of the database is not the one that the server has opened.
    #[error("the database file was moved, removed or replaced under the server")]
    DatabaseReplaced,
    /// Another program has locked the database.
    #[error("another program holds the database locked")]
    DatabaseLocked,
    /// The database cannot be written.
    #[error("the database is read-only")]
    DatabaseReadOnly,
    /// The database is damaged.
    #[error("the database is damaged")]
    DatabaseDamaged,
    /// Writing to the disk has failed.
    #[error("the disk is full or failing")]
    DiskFailing,
    /// There is no space for the change.
    #[error("the disk is full, or the file has reached its limit")]
    DiskFull,
    /// The change could not be stored for another reason, which the server has logged.
    #[error("the change could not be stored")]
    NotStored,
    /// The change was made by a newer version of the program.
    #[error("a change was made by a newer version of this program")]
    NewerVersion,
}

impl Outage {
    /// Returns the stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

impl Error {
    /// Returns an error for a fault of a field.
    #[must_use]
    pub fn invalid(field: impl Into<Cow<'static, str>>, fault: Fault) -> Self {
        let field = field.into();
        Self::Invalid { field, fault }
    }

    /// Returns whether a change was checked and refused, as opposed to a failure.
    #[must_use]
    pub fn is_verdict(&self) -> bool {
        !matches!(
            self,
            Self::Database(_) | Self::Io(_) | Self::Internal(_) | Self::Unavailable(_)
        )
    }

    /// Returns the primary result code of an error of SQLite: <https://sqlite.org/rescode.html>.
    #[must_use]
    pub fn sqlite_code(&self) -> Option<i32> {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return None;
        };
        let extended: i32 = error.code()?.parse().ok()?;
        // The low byte of an extended code is the primary code.
        Some(extended & 0xff)
    }

    /// Returns whether a retry may succeed a little later: the server is busy or stops, or another program has locked
    /// the file. Other errors, such as a damaged page of the file, are permanent.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unavailable(_)
            | Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => true,
            // SQLITE_BUSY, SQLITE_LOCKED and SQLITE_NOMEM. A statement that was interrupted because it took too long
            // would take as long again, and a stream would never get beyond it.
            _ => matches!(self.sqlite_code(), Some(5..=7)),
        }
    }

    /// Returns whether a statement was interrupted because it took too long (`SQLITE_INTERRUPT`).
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.sqlite_code() == Some(9)
    }

    /// Returns whether the database refused a change because of its content: by a constraint of the schema, or a text
    /// that SQLite does not accept. The system is not at fault.
    #[must_use]
    pub fn is_about_one_change(&self) -> bool {
        use sqlx::error::ErrorKind;
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                !matches!(error.kind(), ErrorKind::Other) || error.code().as_deref() == Some("1")
            }
            Self::Database(sqlx::Error::Decode(_)) => true,
            _ => false,
        }
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Database(error.into())
    }
}

/// Returns the parsed field, or an error that names the field.
pub fn parse_field<T>(field: &'static str, parsed: Result<T, Fault>) -> Result<T> {
    parsed.map_err(|fault| Error::invalid(field, fault))
}

/// Returns an error that names the field if there is a fault.
pub fn check_field(field: &'static str, fault: Option<Fault>) -> Result<()> {
    fault.map_or(Ok(()), |fault| Err(Error::invalid(field, fault)))
}

/// Formats an error with its causes, which usually contain the reason.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
