//! Certificates from Pebble, the test server of the ACME protocol.

use crate::support::program::{Running, command};
use rcgen::CertifiedKey;
use serde_json::json;
use std::{
    env, fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::time::{Instant, sleep};

const NAME: &str = "chat.example";

/// A process that is killed in the end.
struct Killed(Child);

impl Killed {
    fn start(command: &mut Command) -> Self {
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("the program starts"))
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns the path of a program of Pebble, which `tests/run.sh` installs.
fn pebble(program: &str) -> PathBuf {
    let folder = env::var("PEBBLE").expect("PEBBLE names the folder of its programs");
    Path::new(&folder).join(program)
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

/// Starts Pebble, which checks names at this address. Returns the address of its directory and the certificate by which
/// to trust it.
fn start_pebble(folder: &Path, checked: SocketAddr) -> (Vec<Killed>, String, PathBuf) {
    let file = |name: &str| folder.join(name);
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    fs::write(file("pebble.pem"), cert.pem()).expect("it is written");
    fs::write(file("pebble.key"), signing_key.serialize_pem()).expect("it is written");
    let (listen, management, dns) = (free_address(), free_address(), free_address());
    let config = json!({ "pebble": {
        "listenAddress": listen,
        "managementListenAddress": management,
        "certificate": file("pebble.pem"),
        "privateKey": file("pebble.key"),
        "httpPort": free_address().port(),
        "tlsPort": checked.port(),
        "profiles": { "default": { "description": "", "validityPeriod": 7_776_000 } },
    }});
    fs::write(file("pebble.json"), config.to_string()).expect("it is written");
    let dns = dns.to_string();
    let names = Killed::start(Command::new(pebble("pebble-challtestsrv")).args([
        "-dnsserver",
        &dns,
        "-defaultIPv4",
        "127.0.0.1",
        "-defaultIPv6",
        "",
        "-http01",
        "",
        "-https01",
        "",
        "-tlsalpn01",
        "",
        "-doh",
        "",
        "-management",
        &free_address().to_string(),
    ]));
    let directory = Killed::start(
        Command::new(pebble("pebble"))
            .args(["-strict", "-dnsserver", &dns, "-config"])
            .arg(file("pebble.json"))
            .env("PEBBLE_VA_NOSLEEP", "1"),
    );
    let url = format!("https://localhost:{}/dir", listen.port());
    (vec![names, directory], url, file("pebble.pem"))
}

fn serve(folder: &Path, listen: SocketAddr, directory: &str, trusted: &Path) -> Running {
    let listen = listen.to_string();
    let mut command = command(["serve", "--listen", &listen, "--acme-domain", NAME]);
    command
        .args(["--acme-directory", directory, "--db"])
        .arg(folder.join("chat.db"))
        .env("SSL_CERT_FILE", trusted);
    Running::listening(&mut command).0
}

/// Waits until the server answers over TLS.
async fn until_certified(server: &Running, address: SocketAddr) {
    let http = reqwest::Client::builder()
        .no_proxy()
        .danger_accept_invalid_certs(true)
        .resolve(NAME, address)
        .build()
        .expect("a client");
    let deadline = Instant::now() + Duration::from_mins(1);
    let url = format!("https://{NAME}:{}/healthz", address.port());
    while http.get(&url).send().await.is_err() {
        assert!(Instant::now() < deadline, "no certificate: {server:?}");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
#[ignore = "needs Pebble, which the step `acme` of tests/run.sh installs"]
async fn a_certificate_is_obtained_and_kept() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a temporary directory");
    let address = free_address();
    let (_pebble, directory, trusted) = start_pebble(folder.path(), address);
    until_listening(&directory).await;
    let mut server = serve(folder.path(), address, &directory, &trusted);
    until_certified(&server, address).await;

    let stored = folder.path().join("chat.db-acme/localhost");
    let chain = || fs::read(stored.join("chain.pem")).expect("the certificate is stored");
    let first = chain();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&stored)
            .expect("a folder")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700, "nobody else reads the key");
    }
    server.signal("TERM");
    assert_eq!(server.code(), Some(0));
    let server = serve(folder.path(), address, &directory, &trusted);
    until_certified(&server, address).await;
    assert!(chain() == first, "the stored certificate is used again");
}

/// Waits until the directory answers.
async fn until_listening(directory: &str) {
    let client = reqwest::Client::builder().no_proxy();
    let http = client.danger_accept_invalid_certs(true).build();
    let http = http.expect("a client");
    let deadline = Instant::now() + Duration::from_secs(30);
    while http.get(directory).send().await.is_err() {
        assert!(Instant::now() < deadline, "Pebble listens");
        sleep(Duration::from_millis(50)).await;
    }
}
