//! Errors of the chat, independent of HTTP.

use std::borrow::Cow;

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
    Forbidden(&'static str),
    /// A field of the request is not valid.
    #[error("{field}: {text}")]
    Invalid {
        /// The name of the field.
        field: Cow<'static, str>,
        /// What is wrong with it.
        text: Cow<'static, str>,
    },
    /// A field of the request conflicts with existing data.
    #[error("{field}: {text}")]
    Conflict {
        /// The name of the field.
        field: Cow<'static, str>,
        /// The conflict.
        text: Cow<'static, str>,
    },
    /// The server is temporarily unable to handle the request. Nothing was stored, and a retry may succeed.
    #[error("unavailable: {0}")]
    Unavailable(&'static str),
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
}

impl Error {
    /// Returns an error for a field that is not valid.
    #[must_use]
    pub fn invalid(
        field: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Invalid {
            field: field.into(),
            text: text.into(),
        }
    }

    /// Returns an error for a field that conflicts with existing data.
    #[must_use]
    pub fn conflict(
        field: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Conflict {
            field: field.into(),
            text: text.into(),
        }
    }

    /// Returns whether a change was checked and refused, as opposed to a failure.
    #[must_use]
    pub fn is_verdict(&self) -> bool {
        !matches!(self, Self::Database(_) | Self::Io(_) | Self::Unavailable(_))
    }

    /// Returns whether a retry may succeed a little later: the server is busy or stops, or another program has locked
    /// the file. Other errors, such as a damaged page of the file, are permanent.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_NOMEM and SQLITE_INTERRUPT; extended codes have these in their low byte.
        const PASSING: [u32; 4] = [5, 6, 7, 9];
        match self {
            Self::Unavailable(_)
            | Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => true,
            Self::Database(sqlx::Error::Database(error)) => {
                let code: Option<u32> = error.code().and_then(|code| code.parse().ok());
                code.is_some_and(|code| PASSING.contains(&(code & 0xff)))
            }
            _ => false,
        }
    }

    /// Returns whether a statement was interrupted because it took too long (`SQLITE_INTERRUPT`).
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.code().as_deref() == Some("9"))
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
pub fn parse_field<T>(field: &'static str, parsed: Result<T, &'static str>) -> Result<T> {
    parsed.map_err(|text| Error::invalid(field, text))
}

/// Returns an error that names the field if there is a fault.
pub fn check_field(field: &'static str, fault: Option<&'static str>) -> Result<()> {
    fault.map_or(Ok(()), |text| Err(Error::invalid(field, text)))
}
