//! The table of addresses, as it stands in the source.

use reqwest::Method;

/// An address and the methods that it takes.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) address: &'static str,
    pub(crate) methods: Vec<Method>,
}

/// Returns all routes in the order of the table.
pub(crate) fn routes() -> Vec<Route> {
    let table = include_str!("../../../src/web/mod.rs");
    let routes = table.split(".route(").skip(1).filter_map(|route| {
        let (_, rest) = route.split_once('"')?;
        let (address, handlers) = rest.split_once('"')?;
        let known = [
            ("get(", Method::GET),
            ("post(", Method::POST),
            ("put(", Method::PUT),
            ("patch(", Method::PATCH),
            ("delete(", Method::DELETE),
        ];
        // A handler may have the name of a method at its end: `::join_by_get(`.
        let takes = |name: &str| {
            let mut found = handlers.match_indices(name);
            found
                .any(|(at, _)| !handlers[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        let methods = known.into_iter().filter(|(name, _)| takes(name));
        let methods = methods.map(|(_, method)| method).collect();
        Some(Route { address, methods })
    });
    let routes: Vec<Route> = routes.collect();
    assert!(routes.len() > 60, "{routes:?}");
    assert!(
        routes.iter().all(|route| !route.methods.is_empty()),
        "{routes:?}"
    );
    routes
}

/// Returns the path of an address about these things.
pub(crate) fn path_of(address: &str, room: &str, message: i64, handle: &str) -> String {
    let path = address
        .replace("{room}", room)
        .replace("{id}", &message.to_string())
        .replace("{handle}", handle)
        .replace("{emoji}", "%F0%9F%91%8D")
        .replace("{fingerprint}", "0")
        .replace("{*path}", "js/app.js");
    // What else is named does not exist: a token, a session, an invitation.
    let mut path = path;
    while let (Some(start), Some(end)) = (path.find('{'), path.find('}')) {
        path.replace_range(start..=end, "7");
    }
    path
}
