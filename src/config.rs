//! Settings of the server: units, defaults, flags and environment variables.
//!
//! A flag takes precedence over its variable, and a variable over the default.

pub mod addresses;
pub mod base_path;
pub mod files;
pub mod oidc;
pub mod rates;
pub mod timeouts;
pub mod tls;

use self::{
    addresses::site_of, base_path::BasePath, files::FileSettings, oidc::OidcSettings, rates::Rates,
    timeouts::Timeouts, tls::Tls,
};
use crate::{
    error::{Error, Result},
    model::role::Door,
};
use axum::http::{HeaderName, header};
use clap::{Args, ValueEnum};
use ipnet::IpNet;
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};
use url::{Host, Url};

/// Settings of the server. `Config::default()` has the values used without flags and variables.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Address and port to listen on; port 0 selects a free one.
    #[arg(long, env = "BACKSCROLL_LISTEN", hide_env_values = true, value_name = "ADDR:PORT", default_value_t = Config::default().listen)]
    pub listen: SocketAddr,

    /// Path of the database; created if it does not exist.
    #[arg(long, env = "BACKSCROLL_DB", hide_env_values = true, value_name = "FILE", default_value = DB)]
    pub db: PathBuf,

    /// Who may come in. `open`: everybody who can reach the server; `invite`: by invitation only. By default the door is
    /// what it was before; of a new file, open on a loopback address, and by invitation on others
    #[arg(long, env = "BACKSCROLL_DOOR", hide_env_values = true, value_name = "open|invite", value_parser = parse_door)]
    pub door: Option<Door>,

    /// Address under which users reach the server, if it differs from the one that it listens on, such as a proxy's:
    /// `https://chat.example`, or `https://example.org/chat`. Requests with its host name are accepted
    #[arg(long, env = "BACKSCROLL_PUBLIC_URL", hide_env_values = true, value_name = "URL", value_parser = parse_public_url)]
    pub public_url: Option<Url>,

    /// Path below which everything is served, as in `/chat`, where a proxy has other programs beside it. The proxy passes
    /// paths on unchanged. By default the path of the public address
    #[arg(long, env = "BACKSCROLL_BASE_PATH", hide_env_values = true, value_name = "PATH", value_parser = BasePath::parse)]
    pub base_path: Option<BasePath>,

    /// Further host name whose requests are accepted; may be given several times (in the variable: separated by
    /// commas). IP addresses, names without a dot, and those under .localhost, .local, .lan, .internal and .home.arpa
    /// are always accepted
    #[arg(long = "host", env = "BACKSCROLL_HOST", hide_env_values = true, value_name = "NAME", value_delimiter = ',', value_parser = parse_host)]
    pub hosts: Vec<String>,

    /// Storage settings.
    #[command(flatten)]
    pub storage: Storage,

    /// Files.
    #[command(flatten)]
    pub files: FileSettings,

    /// TLS settings.
    #[command(flatten)]
    pub tls: Tls,

    /// Network of reverse proxies, such as 127.0.0.1 or 10.0.0.0/8, whose X-Forwarded-For (or Forwarded) and
    /// X-Forwarded-Proto are believed; may be given several times (in the variable: separated by commas)
    #[arg(long = "trusted-proxy", env = "BACKSCROLL_TRUSTED_PROXY", hide_env_values = true, value_name = "CIDR", value_delimiter = ',', value_parser = parse_network)]
    pub trusted_proxies: Vec<IpNet>,

    /// Header in which trusted proxies name the person whom they have signed in, such as Remote-User. Whoever is named has
    /// an account, and needs no other way to sign in
    #[arg(long, env = "BACKSCROLL_PROXY_USER_HEADER", hide_env_values = true, value_name = "NAME", value_parser = parse_header_name)]
    pub proxy_user_header: Option<HeaderName>,

    /// The OpenID provider.
    #[command(flatten)]
    pub oidc: OidcSettings,

    /// Rate limits.
    #[command(flatten)]
    pub rates: Rates,

    /// Maximum number of connections, streams included; also limited by the limit on open files
    #[arg(long, env = "BACKSCROLL_MAX_CONNECTIONS", hide_env_values = true, value_name = "N", default_value_t = Config::default().max_connections, value_parser = parse_count)]
    pub max_connections: usize,

    /// Maximum number of connections from one address; those of loopback addresses and trusted proxies are not counted
    #[arg(
        long,
        env = "BACKSCROLL_MAX_CONNECTIONS_PER_ADDRESS", hide_env_values = true,
        value_name = "N",
        default_value_t = Config::default().max_connections_per_address,
        value_parser = parse_count
    )]
    pub max_connections_per_address: usize,

    /// Seconds between the end of the last stream of a user and counting as away
    #[arg(long, env = "BACKSCROLL_AWAY_AFTER", hide_env_values = true, value_name = "SECONDS", default_value = AWAY_AFTER, value_parser = parse_seconds)]
    pub away_after: Duration,

    /// Days after its last use until a browser is signed out. Tokens of programs are valid until they are revoked
    #[arg(long, env = "BACKSCROLL_SESSION_IDLE", hide_env_values = true, value_name = "DAYS", default_value = SESSION_IDLE, value_parser = parse_days)]
    pub session_idle: Duration,

    /// Time limits of connections.
    #[arg(skip)]
    pub timeouts: Timeouts,
}

/// Default path of the database file.
pub const DB: &str = "backscroll.db";
/// Default in seconds: longer than a page takes to reload, or the server to restart and its readers to reconnect.
const AWAY_AFTER: &str = "10";
/// Default in days.
const SESSION_IDLE: &str = "90";
/// Greatest value in days: browsers keep a cookie for 400 days at most (RFC 6265bis, section 5.5).
const SESSION_IDLE_MAX: u64 = 400;
const DAY: Duration = Duration::from_hours(24);

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            db: DB.into(),
            door: None,
            public_url: None,
            base_path: None,
            hosts: Vec::new(),
            files: FileSettings::default(),
            tls: Tls::default(),
            trusted_proxies: Vec::new(),
            proxy_user_header: None,
            oidc: OidcSettings::default(),
            rates: Rates::default(),
            storage: Storage::default(),
            max_connections: 10_000,
            // Sufficient for an office behind one address: about thirty people with a handful of tabs each.
            max_connections_per_address: 200,
            away_after: Duration::from_secs(10),
            session_idle: 90 * DAY,
            timeouts: Timeouts::default(),
        }
    }
}

impl Config {
    /// Returns who may come in, where `stored` is what the file says.
    #[must_use]
    pub fn door(&self, stored: Option<Door>) -> Door {
        let is_local = self.listen.ip().to_canonical().is_loopback();
        let usual = if is_local { Door::Open } else { Door::Invite };
        self.door.or(stored).unwrap_or(usual)
    }

    /// Returns the path below which the server is reached.
    #[must_use]
    pub fn base(&self) -> BasePath {
        base_of(self.base_path.as_ref(), self.public_url.as_ref())
    }

    /// Returns the address under which users reach a server with these settings that listens on `listen`, without a slash
    /// at its end.
    #[must_use]
    pub fn site(&self, listen: SocketAddr) -> String {
        let is_tls = self.tls.is_on();
        site_of(self.public_url.as_ref(), &self.base(), is_tls, listen)
    }

    /// Checks settings that depend on each other.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if the public address has another path than `--base-path`, if a header names people and no proxy
    /// is trusted, or if a provider has no public address to send people back to.
    pub fn check(&self) -> Result<()> {
        let refused = |why: String| Err(Error::Refused(why));
        let public = base_of(None, self.public_url.as_ref());
        if let Some(base) = &self.base_path
            && !public.is_root()
            && *base != public
        {
            return refused(format!(
                "--base-path {} contradicts --public-url, whose path is {public}",
                base.of_cookies()
            ));
        }
        if self.proxy_user_header.is_some() && self.trusted_proxies.is_empty() {
            return refused(
                "--proxy-user-header needs --trusted-proxy with the network of the proxy: whoever else could reach the \
                 server would be whoever they say they are"
                    .into(),
            );
        }
        let is_local = self.listen.ip().to_canonical().is_loopback();
        if self.oidc.issuer.is_some() && self.public_url.is_none() && !is_local {
            return refused(
                "--oidc-issuer needs --public-url: the provider sends people back to it".into(),
            );
        }
        Ok(())
    }

    /// Returns the names in `--public-url`, `--host` and `--acme-domain` in DNS form: lower case, other scripts as Punycode, without a
    /// trailing dot.
    #[must_use]
    pub fn host_names(&self) -> Vec<String> {
        let public = self.public_url.as_ref().and_then(Url::host_str);
        let public = public.and_then(|host| parse_host(host).ok());
        let further = self.hosts.iter().chain(&self.tls.acme_domains).cloned();
        public.into_iter().chain(further).collect()
    }
}

/// Storage settings.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Storage {
    /// Acknowledged messages survive power loss (`full`), or only a crash of the program (`normal`)
    #[arg(
        long,
        env = "BACKSCROLL_DURABILITY",
        hide_env_values = true,
        value_name = "full|normal",
        hide_possible_values = true,
        default_value_t
    )]
    pub durability: Durability,

    /// Maximum size of the database, as in `500M` or `20G`; at the limit, changes are refused and reading continues
    #[arg(long, env = "BACKSCROLL_MAX_SIZE", hide_env_values = true, value_name = "SIZE", value_parser = parse_size)]
    pub max_size: Option<u64>,
}

/// Greatest value in seconds: one day.
const AWAY_AFTER_MAX: u64 = 86_400;

/// Smallest limit in bytes. An empty database takes a quarter of it.
const SIZE_MIN: u64 = 1 << 20;

fn parse_size(text: &str) -> Result<u64, &'static str> {
    let (digits, unit) = match text.split_at_checked(text.len().saturating_sub(1)) {
        Some((digits, "K" | "k")) => (digits, 1 << 10),
        Some((digits, "M" | "m")) => (digits, 1 << 20),
        Some((digits, "G" | "g")) => (digits, 1 << 30),
        Some((digits, "T" | "t")) => (digits, 1 << 40),
        _ => (text, 1),
    };
    let number = digits.parse().ok();
    let size = number.and_then(|number: u64| number.checked_mul(unit));
    match size.ok_or("a size is a number of bytes, or one with K, M, G or T, as in 500M")? {
        0..SIZE_MIN => Err("the minimum is 1M"),
        size => Ok(size),
    }
}

fn parse_door(text: &str) -> Result<Door, &'static str> {
    text.parse().map_err(|_| "`open` or `invite`")
}

/// Returns the path below which the server is reached: the one that is set, or else that of the public address.
#[must_use]
pub fn base_of(set: Option<&BasePath>, public_url: Option<&Url>) -> BasePath {
    // The path was checked when the address was parsed.
    let public = public_url.and_then(|url| BasePath::parse(url.path()).ok());
    set.cloned().or(public).unwrap_or_default()
}

/// Parses `--public-url`.
pub fn parse_public_url(text: &str) -> Result<Url, &'static str> {
    const FAULT: &str = "an address, as in https://chat.example or https://example.org/chat";
    let url: Url = text.parse().map_err(|_| FAULT)?;
    let is_site = matches!(url.scheme(), "http" | "https") && url.has_host();
    let has_path = BasePath::parse(url.path()).is_ok();
    let is_bare = url.username().is_empty() && url.password().is_none() && has_path;
    let has_more = url.query().is_some() || url.fragment().is_some();
    (is_site && is_bare && !has_more)
        .then_some(url)
        .ok_or(FAULT)
}

/// Parses a network; an address alone is a network of one.
fn parse_network(text: &str) -> Result<IpNet, &'static str> {
    let network: Option<IpNet> = text.parse().ok();
    network
        .or_else(|| text.parse().ok().map(|address: IpAddr| address.into()))
        .ok_or("an address or a network, as in 10.0.0.0/8")
}

/// Parses the name of a header that a proxy sets. Headers with a meaning of their own are none.
fn parse_header_name(text: &str) -> Result<HeaderName, &'static str> {
    let name: Option<HeaderName> = text.parse().ok();
    let is_free = |name: &HeaderName| {
        ![
            header::AUTHORIZATION,
            header::COOKIE,
            header::HOST,
            header::ORIGIN,
        ]
        .contains(name)
    };
    name.filter(is_free)
        .ok_or("the name of a header that the proxy sets, such as Remote-User")
}

/// Parses a host name into DNS form.
fn parse_host(text: &str) -> Result<String, &'static str> {
    let host = Host::parse(text)
        .map_err(|_| "a name without a scheme and a port, as in chat.example")?
        .to_string();
    Ok(host.strip_suffix('.').unwrap_or(&host).to_owned())
}

fn parse_count(text: &str) -> Result<usize, &'static str> {
    text.parse()
        .ok()
        .filter(|count| *count > 0)
        .ok_or("a whole number, at least 1")
}

fn parse_seconds(text: &str) -> Result<Duration, &'static str> {
    text.parse()
        .ok()
        .filter(|seconds| *seconds <= AWAY_AFTER_MAX)
        .map(Duration::from_secs)
        .ok_or("a whole number of seconds, at most 86400")
}

fn parse_days(text: &str) -> Result<Duration, &'static str> {
    text.parse()
        .ok()
        .filter(|days| (1..=SESSION_IDLE_MAX).contains(days))
        .map(|days: u64| Duration::from_secs(days * DAY.as_secs()))
        .ok_or("a whole number of days, 1 to 400")
}

/// When a post is acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Durability {
    /// After writing to the disk (`synchronous=FULL`): survives power loss.
    #[default]
    Full,
    /// After handing over to the operating system (`synchronous=NORMAL`): survives a crash of the program. A power loss
    /// may lose the last seconds.
    Normal,
}

impl fmt::Display for Durability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "full",
            Self::Normal => "normal",
        })
    }
}

#[cfg(test)]
mod tests;
