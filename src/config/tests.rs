//! Values of flags that are accepted or refused.

use super::*;
use clap::Parser;

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    config: Config,
}

fn parse(flags: &[&str]) -> Result<Config, clap::Error> {
    Flags::try_parse_from([&["backscroll"], flags].concat()).map(|parsed| parsed.config)
}

#[test]
fn no_flag_means_the_defaults() {
    assert_eq!(parse(&[]).unwrap(), Config::default());
}

#[test]
fn the_door_is_open_on_loopback_and_by_invitation_elsewhere_unless_it_was_set() {
    let door = |flags: &[&str], stored| parse(flags).unwrap().door(stored);
    for address in ["0.0.0.0:3000", "[::]:3000", "192.168.1.7:80"] {
        let flags = ["--listen", address];
        assert_eq!(door(&flags, None), Door::Invite, "{address}");
        assert_eq!(door(&flags, Some(Door::Open)), Door::Open, "{address}");
        let open = ["--listen", address, "--door", "open"];
        assert_eq!(door(&open, Some(Door::Invite)), Door::Open, "{address}");
    }
    for address in [
        "127.0.0.1:0",
        "127.8.8.8:3000",
        "[::1]:3000",
        "[::ffff:127.0.0.1]:3000",
    ] {
        let flags = ["--listen", address];
        assert_eq!(door(&flags, None), Door::Open, "{address}");
        assert_eq!(door(&flags, Some(Door::Invite)), Door::Invite, "{address}");
    }
}

#[test]
fn names_come_from_the_public_url_and_from_hosts() {
    let names = |flags: &[&str]| parse(flags).unwrap().host_names();
    assert_eq!(names(&[]), [""; 0]);
    let flags = ["--public-url", "https://Chat.Example:8443/"];
    assert_eq!(names(&flags), ["chat.example"]);
    let more = ["--host", "Bücher.example.", "--host=a.example,b.example"];
    assert_eq!(
        names(&[flags.as_slice(), &more].concat()),
        [
            "chat.example",
            "xn--bcher-kva.example",
            "a.example",
            "b.example"
        ]
    );
}

#[test]
fn what_is_no_public_url_and_no_name_is_refused() {
    for url in [
        "",
        "chat.example",
        "ftp://chat.example",
        "https://chat.example/a//b",
        "https://chat.example/a%20b",
        "https://chat.example/?query",
        "https://ann@chat.example",
        "https://",
    ] {
        let refused = parse(&["--public-url", url]).unwrap_err().to_string();
        assert!(
            refused.contains("https://example.org/chat"),
            "{url}: {refused}"
        );
    }
    for host in [
        "chat.example:443",
        "https://chat.example",
        "a b",
        "a.example,",
    ] {
        let refused = parse(&["--host", host]).unwrap_err().to_string();
        assert!(refused.contains("without a scheme"), "{host}: {refused}");
    }
}

#[test]
fn the_base_path_is_that_of_the_public_url_and_may_not_contradict_it() {
    let base = |flags: &[&str]| {
        let config = parse(flags).unwrap();
        let checked = config.check().map(|()| config.base().to_string());
        checked.map_err(|error| error.to_string())
    };
    assert_eq!(base(&[]).unwrap(), "");
    let below = ["--public-url", "https://example.org/team/chat/"];
    assert_eq!(base(&below).unwrap(), "/team/chat");
    for same in ["/team/chat", "team/chat/"] {
        let flags = [&below[..], &["--base-path", same]].concat();
        assert_eq!(base(&flags).unwrap(), "/team/chat");
    }
    for other in ["/chat", "/"] {
        let flags = [&below[..], &["--base-path", other]].concat();
        let refused = base(&flags).unwrap_err();
        assert!(refused.contains("contradicts --public-url"), "{refused}");
    }
    let bare = [
        "--public-url",
        "https://example.org",
        "--base-path",
        "/chat",
    ];
    assert_eq!(base(&bare).unwrap(), "/chat");
    let odd = parse(&["--base-path", "/a b"]).unwrap_err().to_string();
    assert!(odd.contains("as in /chat"), "{odd}");
}

#[test]
fn a_limit_lets_at_least_one_in() {
    for flag in ["--max-connections", "--max-connections-per-address"] {
        assert!(parse(&[flag, "1"]).is_ok());
        for odd in ["0", "-1", "many", "99999999999999999999"] {
            assert!(
                parse(&[&format!("{flag}={odd}")])
                    .unwrap_err()
                    .to_string()
                    .contains("at least 1"),
                "{flag} {odd}"
            );
        }
    }
}

#[test]
fn a_size_is_bytes_or_has_a_unit() {
    for (text, size) in [
        ("1048576", Some(1 << 20)),
        ("1024k", Some(1 << 20)),
        ("500M", Some(500 << 20)),
        ("20G", Some(20 << 30)),
        ("2t", Some(2 << 40)),
        ("1023K", None),
        ("", None),
        ("G", None),
        ("1.5G", None),
        ("20GB", None),
        ("-1G", None),
        ("1é", None),
        ("99999999999T", None),
    ] {
        assert_eq!(parse_size(text).ok(), size, "{text}");
    }
}

#[test]
fn a_header_that_names_people_is_believed_only_from_named_proxies() {
    let header = ["--proxy-user-header", "Remote-User"];
    let refused = parse(&header).unwrap().check().unwrap_err().to_string();
    assert!(refused.contains("--trusted-proxy"), "{refused}");
    let proxy = ["--trusted-proxy", "10.0.0.0/8"];
    let config = parse(&[header, proxy].concat()).unwrap();
    assert!(config.check().is_ok());
    for other in ["", "Remote User", "Cookie", "authorization"] {
        let refused = parse(&["--proxy-user-header", other]).unwrap_err();
        assert!(refused.to_string().contains("Remote-User"), "{other}");
    }
}

#[test]
fn a_provider_is_known_by_its_address_and_an_id_and_sends_people_back_to_a_public_address() {
    let provider = [
        "--oidc-issuer",
        "https://auth.example",
        "--oidc-client-id",
        "chat",
    ];
    let with = |flags: &[&str]| parse(&[&provider, flags].concat()).unwrap();
    assert!(with(&[]).check().is_ok());
    let public = ["--listen", "0.0.0.0:80"];
    let refused = with(&public).check().unwrap_err().to_string();
    assert!(refused.contains("--public-url"), "{refused}");
    let known = ["--public-url", "https://chat.example"];
    assert!(with(&[public, known].concat()).check().is_ok());
    for half in [&provider[..2], &provider[2..], &["--oidc-name", "Ours"]] {
        assert!(parse(half).is_err(), "{half:?}");
    }
    assert!(parse(&["--oidc-client-secret", "s3cret"]).is_err());
}
