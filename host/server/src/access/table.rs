//! What each route needs: one line for each, and a test that walks the routes and finds none without.
//!
//! A route that is not in the table needs an admin, so that forgetting its line locks people out and not in.

use crate::address::PREFIX;
use axum::http::Method;
use orchestrator::Role;

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing: anybody may ask.
    Nothing,
    /// A token of this role or a higher one, where tokens are asked for at all.
    Role(Role),
}

/// A route, as the table has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    method: &'static str,
    path: &'static str,
    pub(crate) needs: Needs,
    /// Whether its answer is a stream, which is counted apart from answers that end.
    pub(crate) streams: bool,
    /// Whether a page of another origin may ask for it without a token, where people need none: what a frontend needs to
    /// have something built and to show it. Who wrote the page is not known.
    pub(crate) pages: bool,
}

const fn open(method: &'static str, path: &'static str) -> Route {
    Route { method, path, needs: Needs::Nothing, streams: false, pages: true }
}

const fn role(role: Role, method: &'static str, path: &'static str) -> Route {
    Route { method, path, needs: Needs::Role(role), streams: false, pages: matches!(role, Role::Viewer) }
}

const fn stream(role: Role, method: &'static str, path: &'static str) -> Route {
    Route { method, path, needs: Needs::Role(role), streams: true, pages: true }
}

/// What is open to pages although it changes something.
const fn for_pages(role: Role, method: &'static str, path: &'static str) -> Route {
    Route { method, path, needs: Needs::Role(role), streams: false, pages: true }
}

use Role::{Admin, Runner, Viewer};

/// The routes, relative to where the API is.
pub(crate) const TABLE: &[Route] = &[
    open("GET", "/health"),
    stream(Runner, "POST", "/execute"),
    role(Viewer, "GET", "/runs"),
    role(Viewer, "GET", "/runs/{run_id}"),
    stream(Viewer, "GET", "/runs/{run_id}/events"),
    for_pages(Runner, "POST", "/runs/{run_id}/cancel"),
    // What a runner does can be taken back; this cannot.
    role(Admin, "DELETE", "/runs/{run_id}"),
    role(Viewer, "GET", "/workflows"),
    role(Admin, "POST", "/workflows"),
    role(Viewer, "GET", "/workflows/{name}"),
    role(Admin, "PUT", "/workflows/{name}"),
    role(Admin, "DELETE", "/workflows/{name}"),
    role(Viewer, "GET", "/agents"),
    role(Viewer, "GET", "/agents/{agent_type}"),
    role(Admin, "PATCH", "/agents/{agent_type}"),
    role(Admin, "PUT", "/agents/{agent_type}/prompt"),
    role(Admin, "DELETE", "/agents/{agent_type}/prompt"),
    role(Admin, "PUT", "/agents/{agent_type}/model"),
    role(Admin, "PUT", "/agents/{agent_type}/enable"),
    role(Admin, "PUT", "/agents/{agent_type}/disable"),
    role(Viewer, "GET", "/models"),
    role(Viewer, "GET", "/plugins"),
    role(Admin, "POST", "/plugins/{name}/grants"),
    role(Admin, "DELETE", "/plugins/{name}/grants"),
    role(Admin, "POST", "/plugins/{name}/release"),
    role(Viewer, "GET", "/projects"),
    role(Admin, "DELETE", "/projects/{project_id}"),
    role(Viewer, "GET", "/projects/{project_id}/files"),
    role(Viewer, "GET", "/projects/{project_id}/files/{*path}"),
    stream(Viewer, "GET", "/projects/{project_id}/events"),
    role(Viewer, "GET", "/projects/{project_id}/snapshots"),
    role(Viewer, "GET", "/projects/{project_id}/diff"),
    role(Viewer, "GET", "/projects/{project_id}/archive"),
    // As a run does: who may have agents change a project's files may also change them, bring files in, or go back.
    role(Runner, "PUT", "/projects/{project_id}/files/{*path}"),
    role(Runner, "DELETE", "/projects/{project_id}/files/{*path}"),
    role(Runner, "PATCH", "/projects/{project_id}/files/{*path}"),
    role(Runner, "POST", "/projects/{project_id}/restore"),
    role(Runner, "POST", "/projects/{project_id}/import"),
    role(Admin, "GET", "/tokens"),
    role(Admin, "POST", "/tokens"),
    role(Admin, "DELETE", "/tokens/{name}"),
    role(Admin, "GET", "/audit"),
];

/// What the route at `path`, as it was declared, needs.
pub(crate) fn find(method: &Method, path: &str) -> Route {
    let path = path.strip_prefix(PREFIX).unwrap_or(path);
    // What answers GET answers HEAD.
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    let unknown = Route { method: "", path: "", needs: Needs::Role(Admin), streams: false, pages: false };
    TABLE.iter().copied().find(|route| route.method == method && route.path == path).unwrap_or(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::router;
    use std::collections::BTreeSet;

    #[test]
    fn every_route_says_what_it_needs_and_every_line_is_a_route() {
        let document = serde_json::to_value(router::documented().into_openapi()).unwrap();
        let routes: BTreeSet<_> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path))
            })
            .map(|(method, path)| (method, path.strip_prefix(PREFIX).unwrap().to_owned()))
            .collect();
        let lines: Vec<_> =
            TABLE.iter().map(|route| (route.method.to_owned(), route.path.to_owned())).collect();
        assert_eq!(lines.len(), lines.iter().collect::<BTreeSet<_>>().len(), "a route has two lines");
        assert_eq!(routes, lines.into_iter().collect());
    }

    #[test]
    fn what_changes_something_is_for_no_viewer() {
        for route in TABLE.iter().filter(|route| route.method != "GET") {
            assert!(matches!(route.needs, Needs::Role(Runner | Admin)), "{route:?}");
        }
    }

    #[test]
    fn pages_start_and_end_runs_and_look_and_do_nothing_else() {
        let changes: Vec<_> = TABLE
            .iter()
            .filter(|route| route.pages && route.method != "GET")
            .map(|route| route.path)
            .collect();
        assert_eq!(changes, ["/execute", "/runs/{run_id}/cancel"]);
        let kept: Vec<_> = TABLE
            .iter()
            .filter(|route| !route.pages && route.method == "GET")
            .map(|route| route.path)
            .collect();
        assert_eq!(kept, ["/tokens", "/audit"]);
    }

    #[test]
    fn a_route_without_a_line_needs_an_admin() {
        assert_eq!(find(&Method::GET, "/api/v1/orchestrator/secrets").needs, Needs::Role(Admin));
        assert_eq!(find(&Method::DELETE, "/api/v1/orchestrator/health").needs, Needs::Role(Admin));
        assert_eq!(find(&Method::HEAD, "/api/v1/orchestrator/health").needs, Needs::Nothing);
    }
}
