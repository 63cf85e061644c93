//! Extractors for handlers.

use super::{
    body::{MediaType, read_body},
    error::Rejection,
    preferences::Preferences,
    sign_in_needed::refuse,
};
use crate::{
    app::App,
    auth::{
        client::Client,
        identity::Proxied,
        scopes::{self, Target},
        viewer::{Viewer, has_token},
    },
    error::Error,
    fault::Fault,
    model::{grant::Grant, ids::parse_id},
    operations::proxied,
};
use axum::{
    extract::{FromRequest, FromRequestParts, MatchedPath, RawPathParams, Request},
    http::request::Parts,
};
use percent_encoding::percent_decode;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Value, error::Category};
use serde_path_to_error::Segment;
use std::{ops::Deref, sync::Arc};

/// The sender of a request, with their display preferences, whether or not the door of the server lets them in.
///
/// Only the pages and routes by which one comes in have a parameter of this type. All others have a [`Visitor`].
#[derive(Clone, Debug)]
pub struct Anybody {
    viewer: Viewer,
    /// Their display preferences.
    pub preferences: Preferences,
}

impl Deref for Anybody {
    type Target = Viewer;

    fn deref(&self) -> &Viewer {
        &self.viewer
    }
}

impl FromRequestParts<Arc<App>> for Anybody {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let client = parts.extensions.get::<Client>().copied();
        let viewer = Viewer {
            address: client.map(|client| client.address),
            ..identify(parts, app, client.as_ref()).await?
        };
        check_grant(&viewer, parts, app).await?;
        Ok(Self {
            viewer,
            preferences: Preferences::of(&parts.headers),
        })
    }
}

/// Identifies the sender. A person whom a trusted proxy has signed in is nobody else, whatever cookies the browser sends. A
/// token of this server takes precedence: other contents of `Authorization` are the proxy's.
async fn identify(parts: &Parts, app: &App, client: Option<&Client>) -> Result<Viewer, Rejection> {
    let address = client.map(|client| client.address);
    match parts.extensions.get::<Proxied>() {
        Some(proxied) if !has_token(&parts.headers) => match proxied {
            Proxied::Person(identity) => Ok(proxied::identify(app, identity, address).await?),
            Proxied::Unreadable => Err(Rejection::Malformed(
                "The proxy does not say once, and in UTF-8, who sends the request.".into(),
            )),
        },
        _ => {
            let sessions = app
                .cookies
                .sessions(&parts.headers, app.is_reached_by_tls(client));
            Ok(Viewer::identify(&app.log, &parts.headers, &sessions, app.validity()).await?)
        }
    }
}

/// Checks that the sender's token may be used for the request.
async fn check_grant(viewer: &Viewer, parts: &mut Parts, app: &Arc<App>) -> Result<(), Rejection> {
    if viewer.grant == Grant::default() {
        return Ok(());
    }
    let parameters = RawPathParams::from_request_parts(parts, app).await;
    let parameters: Vec<(&str, &str)> = parameters.iter().flatten().collect();
    let find = |name| {
        let mut found = parameters.iter().filter(|(known, _)| *known == name);
        found.next().map(|(_, value)| *value)
    };
    let route = parts.extensions.get::<MatchedPath>();
    let target = Target {
        method: &parts.method,
        route: route.map_or("", MatchedPath::as_str),
        room: find("room"),
        handle: find("handle"),
    };
    Ok(scopes::check(&viewer.grant, target)?)
}

/// The sender of a request, who is signed in or whom the open door lets in. Others are rejected: with 401 by the API,
/// with a redirect to `/join` by a page.
#[derive(Clone, Debug)]
pub struct Visitor(Anybody);

impl Deref for Visitor {
    type Target = Anybody;

    fn deref(&self) -> &Anybody {
        &self.0
    }
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let anybody = Anybody::from_request_parts(parts, app).await?;
        if anybody.user.is_some() || anybody.sees_open {
            Ok(Self(anybody))
        } else {
            Err(refuse(parts))
        }
    }
}

/// Path parameters. A path whose parameters cannot be parsed (an id that is not a number) is answered with 404.
#[derive(Clone, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Rejection;

    #[expect(
        clippy::disallowed_types,
        reason = "the wrapper that handlers use instead"
    )]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(path)) => Ok(Self(path)),
            Err(_) => Err(Error::NotFound.into()),
        }
    }
}

/// The body of a request in one of the supported media types. If the route requires a signed-in visitor,
/// [`SignedIn`](super::signed_in::SignedIn) must be extracted first.
#[derive(Debug)]
pub enum Sent {
    /// A JSON body.
    Json(Vec<u8>),
    /// A form, as a JSON object of strings.
    Form(Value),
    /// A plain text body.
    Text(String),
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Rejection;

    async fn from_request(request: Request, _: &S) -> Result<Self, Rejection> {
        let (media_type, body) = read_body(request).await?;
        match media_type {
            MediaType::Json => Ok(Self::Json(body)),
            MediaType::Form => Ok(Self::Form(read_form(&body)?)),
            MediaType::Text => Ok(Self::Text(read_text(body)?)),
            // Only an empty body may lack a `Content-Type`.
            MediaType::Unnamed => Ok(Self::Json(b"{}".to_vec())),
        }
    }
}

impl Sent {
    /// Deserializes the fields of a JSON object or a form.
    pub fn fields<T: DeserializeOwned>(self) -> Result<T, Rejection> {
        match self {
            // Serde would accept an array as the fields in their order.
            Self::Json(bytes) if bytes.trim_ascii_start().starts_with(b"[") => {
                Err(Rejection::NoFields)
            }
            Self::Json(bytes) => {
                let mut json = serde_json::Deserializer::from_slice(&bytes);
                let fields = read_fields(&mut json)?;
                json.end().map_err(|error| not_json(&error))?;
                Ok(fields)
            }
            Self::Form(fields) => read_fields(fields),
            Self::Text(_) => Err(Rejection::UnsupportedType(
                "application/json, application/x-www-form-urlencoded",
            )),
        }
    }

    /// Like [`Self::fields`], but does not accept a form, which cannot hold a list.
    pub fn json_fields<T: DeserializeOwned>(self) -> Result<T, Rejection> {
        match self {
            Self::Json(_) => self.fields(),
            Self::Form(_) | Self::Text(_) => Err(Rejection::UnsupportedType("application/json")),
        }
    }

    /// Like [`Self::fields`], but an empty body, or the JSON `null`, has no fields.
    pub fn optional_fields<T: DeserializeOwned + Default>(self) -> Result<T, Rejection> {
        match &self {
            Self::Json(bytes) if matches!(bytes.trim_ascii(), b"" | b"null") => Ok(T::default()),
            _ => self.fields(),
        }
    }

    /// Like [`Self::fields`], but also accepts a plain text, which becomes one field.
    pub fn fields_or_text<T: DeserializeOwned>(
        self,
        of_text: impl FnOnce(String) -> T,
    ) -> Result<T, Rejection> {
        match self {
            Self::Text(text) => Ok(of_text(text)),
            sent => sent.fields(),
        }
    }
}

fn read_text(bytes: Vec<u8>) -> Result<String, Rejection> {
    String::from_utf8(bytes).map_err(|_| Rejection::Malformed("The text is not UTF-8.".into()))
}

/// Parses a form. Of several fields with one name, the last one counts. Empty fields are treated as absent.
fn read_form(bytes: &[u8]) -> Result<Value, Rejection> {
    // The parser would replace what is not UTF-8.
    if percent_decode(bytes).decode_utf8().is_err() {
        return Err(Rejection::Malformed("The form is not UTF-8.".into()));
    }
    let fields = form_urlencoded::parse(bytes).filter(|(_, value)| !value.is_empty());
    let fields: serde_json::Map<_, _> = fields
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect();
    Ok(fields.into())
}

fn read_fields<'de, T: Deserialize<'de>>(
    source: impl Deserializer<'de, Error = serde_json::Error>,
) -> Result<T, Rejection> {
    serde_path_to_error::deserialize(source).map_err(|error| {
        let field = error.path().iter().find_map(|step| match step {
            Segment::Map { key } => Some(key.clone()),
            _ => None,
        });
        match error.inner().classify() {
            Category::Data => field_fault(field, &error.inner().to_string()),
            Category::Io | Category::Syntax | Category::Eof => not_json(error.inner()),
        }
    })
}

fn not_json(error: &serde_json::Error) -> Rejection {
    Rejection::Malformed(format!("This is not JSON: {error}."))
}

/// Converts an error of serde into an error of the field. Serde names the cause only in the beginning of its message.
fn field_fault(field: Option<String>, message: &str) -> Rejection {
    let named = |start| Some(message.strip_prefix(start)?.split('`').next()?.to_owned());
    if let Some(field) = named("missing field `") {
        return Error::invalid(field, Fault::Required).into();
    }
    if let Some(field) = named("duplicate field `") {
        return Error::invalid(field, Fault::Repeated).into();
    }
    let fault = if message.starts_with(NOT_AN_ID) {
        Fault::NotAnId
    } else {
        Fault::WrongType
    };
    field.map_or(Rejection::NoFields, |field| {
        Error::invalid(field, fault).into()
    })
}

/// Deserializes an id: a number, or its digits as a string, since all fields of a form are strings. `5.0` and `5e0` are
/// the number 5, as which some languages write it; Rust's spelling of a float without a fraction has digits only.
pub fn read_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    read_optional_id(deserializer)?.ok_or_else(not_an_id)
}

/// Deserializes an optional id, like [`read_id`].
pub fn read_optional_id<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    let digits = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(None),
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(number) => number.to_string(),
            None => number.to_string(),
        },
        Value::String(text) => text,
        _ => return Err(not_an_id()),
    };
    parse_id(&digits).map(Some).ok_or_else(not_an_id)
}

/// Deserializes an optional flag: a boolean, or `true` or `false` as a string, since all fields of a form are strings.
pub fn read_optional_flag<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(flag)),
        Value::String(text) if text == "true" => Ok(Some(true)),
        Value::String(text) if text == "false" => Ok(Some(false)),
        _ => Err(serde::de::Error::custom("true or false")),
    }
}

/// Marks errors of [`read_id`] among those of serde.
const NOT_AN_ID: &str = "not-an-id";

fn not_an_id<E: serde::de::Error>() -> E {
    E::custom(NOT_AN_ID)
}
