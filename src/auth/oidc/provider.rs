//! An OpenID provider: its documents, which are cached, and what it says of people.

use super::{
    http::{HttpClient, HttpError},
    names::ProvidedNames,
    pending::{Pending, PendingSignIns},
};
use crate::{
    auth::identity::identity,
    config::{
        addresses::{is_protected, is_this_machine},
        oidc::OidcSettings,
    },
    error::{Error, Result, chain},
    model::{
        identity::{ExternalIdentity, is_subject},
        time::Timestamp,
    },
};
use openidconnect::{
    AccessToken, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    CsrfToken, EmptyAdditionalClaims, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    OAuth2TokenResponse as _, PkceCodeChallenge, RequestTokenError, Scope,
    SignatureVerificationError, StandardErrorResponse, SubjectIdentifier, TokenResponse as _,
    TokenUrl, UserInfoClaims, UserInfoUrl,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJsonWebKeySet,
        CoreJwsSigningAlgorithm, CoreProviderMetadata,
    },
};
use std::{
    borrow::Cow,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;
use url::Url;

/// How long the documents of a provider are used before they are fetched again.
const FRESH_FOR: Duration = Duration::from_hours(1);
/// Least time between two requests for keys, whatever ids of keys tokens name.
const KEYS_EVERY: Duration = Duration::from_secs(5);
/// How long a provider that has failed is not asked again. Whoever would wait for it is told at once.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The algorithms of signatures that only the provider can make. Those with the client's secret, and `none`, are never
/// accepted, whatever the provider's documents say.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type ProviderClient = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why a provider does not sign somebody in. The texts are for the log, and contain no secrets.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It cannot be reached, or its documents cannot be used.
    #[error("{0}")]
    Unreachable(String),
    /// It refuses the code, or what it says is not valid.
    #[error("{0}")]
    Refused(String),
}

/// What a provider says of a person who has signed in there.
#[derive(Debug)]
pub struct ProvidedPerson {
    /// What it calls the person.
    subject: SubjectIdentifier,
    /// The names that the person has there.
    pub names: ProvidedNames,
    /// For asking the provider for names. It is not stored.
    access_token: AccessToken,
}

/// The documents of a provider, as last fetched.
#[derive(Debug, Default)]
struct Documents {
    metadata: Option<Arc<CoreProviderMetadata>>,
    fetched_at: Option<Instant>,
    /// When the keys were last fetched because of a token.
    keys_fetched_at: Option<Instant>,
    failed_at: Option<Instant>,
}

/// An OpenID provider that signs people in.
#[derive(Debug)]
pub struct Provider {
    /// What pages call it.
    pub name: String,
    /// The sign-ins that have begun.
    pub pending: PendingSignIns,
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
    http: HttpClient,
    /// Locked while they are fetched, so that one request is sent for all who wait.
    documents: Mutex<Documents>,
}

impl Provider {
    /// Creates the provider of the settings; `None` if they name none. It is asked for its documents when somebody signs
    /// in.
    pub fn new(settings: &OidcSettings) -> Result<Option<Self>> {
        let (Some(issuer), Some(client_id)) = (&settings.issuer, &settings.client_id) else {
            return Ok(None);
        };
        let refused = |why: String| Error::Refused(format!("--oidc-issuer {issuer}: {why}"));
        let url: Url = issuer
            .parse()
            .map_err(|_| refused("no address".to_owned()))?;
        let http = HttpClient::new(is_this_machine(&url));
        let secret = settings.read_secret().map_err(Error::Refused)?;
        let host = url.host_str().unwrap_or(issuer);
        Ok(Some(Self {
            name: settings.name.clone().unwrap_or_else(|| host.to_owned()),
            pending: PendingSignIns::default(),
            issuer: IssuerUrl::new(issuer.clone()).map_err(|error| refused(error.to_string()))?,
            client_id: ClientId::new(client_id.clone()),
            client_secret: secret.map(ClientSecret::new),
            http: http.map_err(|error| refused(error.to_string()))?,
            documents: Mutex::default(),
        }))
    }

    /// Returns the address that identifies the provider.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Returns the address to which the browser is sent to sign in.
    pub async fn authorization_url(
        &self,
        pending: &Pending,
        state: String,
    ) -> Result<Url, ProviderError> {
        let metadata = self.metadata().await?;
        let nonce = pending.nonce.clone();
        let client = self.client(&metadata);
        let (url, ..) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || nonce,
            )
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(
                &pending.verifier,
            ))
            .set_redirect_uri(Cow::Borrowed(&pending.redirect_uri))
            .url();
        Ok(url)
    }

    /// Redeems the code that the provider has sent through the browser, and returns what the provider says.
    pub async fn redeem(
        &self,
        pending: Pending,
        code: String,
        now: Timestamp,
    ) -> Result<ProvidedPerson, ProviderError> {
        let metadata = self.metadata().await?;
        let client = self.client(&metadata);
        let request = client.exchange_code(AuthorizationCode::new(code));
        let request = request.map_err(|error| unusable(&error))?;
        let tokens = request
            .set_pkce_verifier(pending.verifier)
            .set_redirect_uri(Cow::Borrowed(&pending.redirect_uri))
            .request_async(&self.http)
            .await
            .map_err(explain_exchange)?;
        let id_token = tokens.id_token();
        let id_token = id_token.ok_or_else(|| refused("the provider has sent no ID token"))?;
        let verify = |keys: &CoreProviderMetadata| {
            let verifier = self.verifier(keys, now);
            id_token.claims(&verifier, &pending.nonce).cloned()
        };
        let claims = match verify(&metadata) {
            Err(error) if is_key_unknown(&error) => verify(&*self.refresh_keys().await?),
            verified => verified,
        };
        let claims = claims.map_err(|error| refused(&format!("the ID token: {error}")))?;
        self.check_claims(&claims)?;
        Ok(ProvidedPerson {
            subject: claims.subject().clone(),
            names: ProvidedNames::of(
                claims.preferred_username(),
                claims.nickname(),
                claims.name(),
            ),
            access_token: tokens.access_token().clone(),
        })
    }

    /// Returns the identity of a person, who recognises it by a name.
    #[must_use]
    pub fn identity_of(&self, person: &ProvidedPerson) -> ExternalIdentity {
        identity(&self.issuer, &person.subject, person.names.any().cloned())
    }

    /// Asks the provider for the names of a person, if the ID token has none. Without an answer they stay unknown.
    pub async fn complete_names(&self, person: &mut ProvidedPerson) {
        if person.names.any().is_some() {
            return;
        }
        let Ok(metadata) = self.metadata().await else {
            return;
        };
        let (token, subject) = (person.access_token.clone(), person.subject.clone());
        // The subject must be the same (OpenID Connect Core 1.0, section 5.3.2).
        let client = self.client(&metadata);
        let Ok(request) = client.user_info(token, Some(subject)) else {
            return;
        };
        let claims: Result<UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim>, _> =
            request.request_async(&self.http).await;
        if let Ok(claims) = claims {
            person.names = ProvidedNames::of(
                claims.preferred_username(),
                claims.nickname(),
                claims.name(),
            );
        }
    }

    /// Checks what the verifier leaves to its caller.
    fn check_claims(&self, claims: &CoreIdTokenClaims) -> Result<(), ProviderError> {
        let party = claims.authorized_party();
        if party.is_some_and(|party| *party != self.client_id) {
            return Err(refused("the ID token is for another party"));
        }
        if !is_subject(claims.subject()) {
            return Err(refused("the subject of the ID token cannot be used"));
        }
        Ok(())
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> ProviderClient {
        let secret = self.client_secret.clone();
        let client =
            CoreClient::from_provider_metadata(metadata.clone(), self.client_id.clone(), secret);
        // Without a list, the provider supports the method of basic authentication.
        let methods = metadata.token_endpoint_auth_methods_supported();
        let is_basic = methods
            .is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        if is_basic {
            client
        } else {
            client.set_auth_type(AuthType::RequestBody)
        }
    }

    /// Returns what verifies ID tokens: their issuer, audience, signature, expiry and nonce. The client is one without a
    /// secret here, so that no signature with it is accepted.
    fn verifier(&self, metadata: &CoreProviderMetadata, now: Timestamp) -> CoreIdTokenVerifier<'_> {
        let offered = metadata.id_token_signing_alg_values_supported();
        let algorithms = ALGORITHMS
            .iter()
            .filter(|known| offered.contains(known))
            .cloned();
        CoreIdTokenVerifier::new_public_client(
            self.client_id.clone(),
            self.issuer.clone(),
            metadata.jwks().clone(),
        )
        .set_allowed_algs(algorithms)
        .set_time_fn(move || now.to_utc())
    }

    /// Returns the documents. Those that are no longer fresh are used while the provider cannot be reached.
    async fn metadata(&self) -> Result<Arc<CoreProviderMetadata>, ProviderError> {
        let mut documents = self.documents.lock().await;
        if is_within(documents.fetched_at, FRESH_FOR)
            && let Some(metadata) = &documents.metadata
        {
            return Ok(Arc::clone(metadata));
        }
        let outdated = documents.metadata.clone();
        if is_within(documents.failed_at, RETRY_AFTER) {
            let failed = || ProviderError::Unreachable("it has failed a moment ago".into());
            return outdated.ok_or_else(failed);
        }
        match self.discover().await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                documents.metadata = Some(Arc::clone(&metadata));
                documents.fetched_at = Some(Instant::now());
                Ok(metadata)
            }
            Err(error) => {
                documents.failed_at = Some(Instant::now());
                tracing::warn!(%error, issuer = %self.issuer, "the OpenID provider cannot be used");
                outdated.ok_or(error)
            }
        }
    }

    async fn discover(&self) -> Result<CoreProviderMetadata, ProviderError> {
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await;
        let metadata = found.map_err(|error| unusable(&chain(&error)))?;
        let addresses = [
            Some(metadata.authorization_endpoint().url()),
            metadata.token_endpoint().map(TokenUrl::url),
            Some(metadata.jwks_uri().url()),
            metadata.userinfo_endpoint().map(UserInfoUrl::url),
        ];
        if let Some(open) = addresses
            .into_iter()
            .flatten()
            .find(|url| !is_protected(url))
        {
            return Err(unusable(&format!("{open} has no TLS")));
        }
        Ok(metadata)
    }

    /// Fetches the keys, because a token names one that is not known. Does so at most once in [`KEYS_EVERY`].
    async fn refresh_keys(&self) -> Result<Arc<CoreProviderMetadata>, ProviderError> {
        let mut documents = self.documents.lock().await;
        let Some(metadata) = documents.metadata.clone() else {
            return Err(unusable(&"its documents are not known"));
        };
        if is_within(documents.keys_fetched_at, KEYS_EVERY) {
            return Ok(metadata);
        }
        documents.keys_fetched_at = Some(Instant::now());
        let keys = CoreJsonWebKeySet::fetch_async(metadata.jwks_uri(), &self.http).await;
        let keys = keys.map_err(|error| unusable(&chain(&error)))?;
        let metadata = Arc::new(metadata.as_ref().clone().set_jwks(keys));
        documents.metadata = Some(Arc::clone(&metadata));
        Ok(metadata)
    }
}

fn is_within(at: Option<Instant>, span: Duration) -> bool {
    at.is_some_and(|at| at.elapsed() < span)
}

fn unusable(error: &dyn std::fmt::Display) -> ProviderError {
    ProviderError::Unreachable(error.to_string())
}

fn refused(why: &str) -> ProviderError {
    ProviderError::Refused(why.to_owned())
}

fn is_key_unknown(error: &ClaimsVerificationError) -> bool {
    matches!(
        error,
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)
    )
}

/// Explains why a code was not redeemed. What cannot be read may contain tokens, and is not shown.
fn explain_exchange(
    error: RequestTokenError<HttpError, StandardErrorResponse<CoreErrorResponseType>>,
) -> ProviderError {
    match error {
        RequestTokenError::Request(error) => unusable(&error),
        RequestTokenError::ServerResponse(answer) => refused(&format!("the code: {answer}")),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            refused("the answer to the code cannot be read")
        }
    }
}
