//! Credentials: the token that a command sends.

use super::{
    Failure,
    cursor_file::write_atomically,
    http,
    send::{Unsent, send},
};
use clap::Args;
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use serde_json::json;
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

/// A token that is valid in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token(String);

impl Token {
    /// Parses a token. White space, line ends and a byte order mark around it are removed; `Ok(None)` means that
    /// nothing is left. Errors name `source`, but do not contain the text, since it is a secret.
    pub(super) fn parse(text: &str, source: &str) -> Result<Option<Self>, Failure> {
        let token = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Failure::usage(format!(
                "{source} contains no token: a token is one word of ASCII letters, digits and symbols"
            )));
        }
        Ok((!token.is_empty()).then(|| Self(token.to_owned())))
    }

    /// Parses the value of `--token` or of its environment variable.
    pub(super) fn from_argument(argument: Option<&str>) -> Result<Option<Self>, Failure> {
        Self::parse(
            argument.unwrap_or_default(),
            "--token (or BACKSCROLL_TOKEN)",
        )
    }

    fn read_file(file: &Path) -> Result<Option<Self>, Failure> {
        match fs::read_to_string(file) {
            Ok(text) => Self::parse(&text, &file.display().to_string()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::failed(format!(
                "cannot read {}: {error}",
                file.display()
            ))),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The flags that identify the author.
#[derive(Args, Debug)]
pub(super) struct Credentials {
    /// Your token
    #[arg(long, env = "BACKSCROLL_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Join under this handle first instead of using a token, if the server is open to everybody
    #[arg(long = "as", value_name = "HANDLE")]
    handle: Option<String>,
    /// Store the token obtained by --as in this file, and reuse it
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

#[derive(Deserialize)]
struct JoinResponse {
    token: String,
}

impl Credentials {
    /// Returns the token given as an argument, the one in the file, or a new one by joining, in this order. With
    /// `--as`, the token of the environment is not used.
    pub(super) async fn token(
        &self,
        client: &Client,
        server: &Url,
        patience: Duration,
    ) -> Result<Token, Failure> {
        let given = match self.handle {
            None => Token::from_argument(self.token.as_deref())?,
            Some(_) => None,
        };
        let known = match (given, &self.token_file) {
            (None, Some(file)) => Token::read_file(file)?,
            (given, _) => given,
        };
        match (known, &self.handle) {
            (Some(token), _) => Ok(token),
            (None, Some(handle)) => self.join(client, server, handle, patience).await,
            (None, None) => Err(Failure::usage(
                "no author: give --token (or BACKSCROLL_TOKEN), or --as HANDLE to join under that handle",
            )),
        }
    }

    async fn join(
        &self,
        client: &Client,
        server: &Url,
        handle: &str,
        patience: Duration,
    ) -> Result<Token, Failure> {
        // The file is written once before joining: if its path is not writable, the token of a new account would be
        // lost.
        self.keep("")?;
        let request = client
            .post(http::api(server, &["join"]))
            .json(&json!({ "handle": handle }));
        // A retry after a successful attempt would find the handle taken. Only a request that never reached a server is
        // retried.
        let joined = send::<JoinResponse>(request, patience, reqwest::Error::is_connect).await;
        let token = match joined {
            Ok(JoinResponse { token }) => token,
            Err(Unsent::Refused(refusal)) if refusal.status == StatusCode::CONFLICT => {
                return Err(Failure::refused(format!(
                    "the name {handle} is taken. If it is yours, give its --token; to use a new name more than once, \
                     add --token-file FILE the first time"
                )));
            }
            Err(unsent) => return Err(unsent.into()),
        };
        self.keep(&format!("{token}\n"))?;
        Token::parse(&token, "the server's response")?
            .ok_or_else(|| Failure::failed("the server's response contains no token"))
    }

    fn keep(&self, content: &str) -> Result<(), Failure> {
        let Some(file) = &self.token_file else {
            return Ok(());
        };
        let owner_only = 0o600;
        write_atomically(file, content, owner_only)
            .map_err(|error| Failure::failed(format!("cannot write {}: {error}", file.display())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_and_shells_leave_around_a_token_is_no_part_of_it() {
        for text in [
            "backscroll_x1",
            "backscroll_x1\n",
            "\u{feff}backscroll_x1\r\n",
            " backscroll_x1\t\n\n",
        ] {
            let token = Token::parse(text, "it").unwrap();
            assert_eq!(token, Some(Token("backscroll_x1".into())), "{text:?}");
        }
        for blank in ["", "\n", "\u{feff}", " \r\n"] {
            assert_eq!(Token::parse(blank, "it").unwrap(), None, "{blank:?}");
        }
        for no_token in ["a b", "a\nb", "tökén", "a\0"] {
            assert!(Token::parse(no_token, "it").is_err(), "{no_token:?}");
        }
    }
}
