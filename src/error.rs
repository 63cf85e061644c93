//! What went wrong, in the words of the chat, without HTTP.

use std::borrow::Cow;

/// `Result` of everything that may go wrong here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not there, or not for whoever asks: both look alike.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in, and this needs somebody.
    #[error("sign in first")]
    SignInNeeded,
    /// Visible, but not theirs to do.
    #[error("not allowed: {0}")]
    Forbidden(&'static str),
    /// A field of the request is at fault.
    #[error("{field}: {text}")]
    Invalid {
        /// The field.
        field: Cow<'static, str>,
        /// What is wrong with it.
        text: Cow<'static, str>,
    },
    /// It contradicts what is there already.
    #[error("{field}: {text}")]
    Conflict {
        /// The field.
        field: Cow<'static, str>,
        /// What is there already.
        text: Cow<'static, str>,
    },
    /// Not now; nothing was stored. Service resumes by itself.
    #[error("unavailable: {0}")]
    Unavailable(&'static str),
    /// The program cannot do what its operator asked for.
    #[error("{0}")]
    Refused(String),
    /// The file is served, imported into or restored by another process.
    #[error("{0}")]
    InUse(String),
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// Something outside failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl Error {
    /// A field that does not have the form it must have.
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

    /// A field that contradicts what is there.
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

    /// Whether a change was judged and refused, as opposed to failing.
    #[must_use]
    pub fn is_verdict(&self) -> bool {
        !matches!(self, Self::Database(_) | Self::Io(_) | Self::Unavailable(_))
    }

    /// Returns whether the same question may be answered a little later: the server is busy or stops, or another program
    /// holds the file locked. Everything else, such as a damaged page of the file, stays as it is.
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

    /// Whether the database refused a change for what it says: by a constraint of the schema, or as a text that SQLite
    /// cannot take. The machine is not at fault.
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

/// Returns a parsed field, or an error that names the field at fault.
pub fn parse_field<T>(field: &'static str, parsed: Result<T, &'static str>) -> Result<T> {
    parsed.map_err(|text| Error::invalid(field, text))
}

/// Passes where there is no fault, and names the field at fault otherwise.
pub fn check_field(field: &'static str, fault: Option<&'static str>) -> Result<()> {
    fault.map_or(Ok(()), |text| Err(Error::invalid(field, text)))
}
