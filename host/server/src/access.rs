//! Who is let in, to what, and how much of it.
//!
//! Every request to the API passes here once its route is known. It is put down to a caller: the holder of the bearer
//! token that it shows or, of a server on a loopback address that has no tokens, somebody on this machine, to whom
//! everything is allowed. The route says which role it needs ([`table`]), the caller's share says whether it is their
//! turn ([`shares`]), and the answer of a route that streams is tied to the token: it ends when that is revoked.
//!
//! Tokens travel in the `Authorization` header and nowhere else. A browser's `EventSource` cannot send one; a token in the
//! address would end up in histories and logs of proxies, so there is no way around it: read the stream with `fetch`, as
//! the TypeScript client does. For the same reason there are no cookies, and so nothing that a foreign page could ride on.
//!
//! Each request asks the journal about its token, which is a look into a small table and not a scan: some tens of
//! microseconds, for which a token that was revoked by anybody is refused from the next request on.

mod by;
pub(crate) mod note;
mod rate;
pub(crate) mod refusals;
pub(crate) mod shares;
pub(crate) mod table;

pub(crate) use by::{By, Visitor};

use crate::{
    app::App,
    origin,
    problem::{Kind, Problem},
};
use axum::{
    body::Body,
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use orchestrator::{AccessError, Actor, Caller, Role};
use std::net::SocketAddr;
use table::Needs;

/// Lets a request in, or says why not.
pub(crate) async fn enter(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match admit(&app, &mut request).await {
        Ok(admitted) => admitted.carry_out(&app, request, next).await,
        Err(Refused { problem, whom }) => {
            let mut response = problem.into_response();
            if let Some(whom) = whom {
                response.extensions_mut().insert(note::Whom(whom));
            }
            response
        }
    }
}

/// A request that is not let in.
struct Refused {
    problem: Problem,
    /// Who it was, where that is known.
    whom: Option<Actor>,
}

impl<E> From<E> for Refused
where
    Problem: From<E>,
{
    fn from(error: E) -> Self {
        Self { problem: error.into(), whom: None }
    }
}

/// A request that is let in, with what it holds of its caller's share.
struct Admitted {
    caller: Option<Caller>,
    hold: shares::Hold,
    streams: bool,
}

async fn admit(app: &App, request: &mut Request) -> Result<Admitted, Refused> {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let route = table::find(request.method(), path);
    let caller = match bearer(request.headers()) {
        Ok(shown) => app.orchestrator.tokens().caller(shown, app.config.tokens_required).await,
        Err(refused) => Err(refused),
    };
    let whose = whose(request, caller.as_ref().ok());
    app.shares.take_turn(&whose)?;
    let caller = match (route.needs, caller) {
        (Needs::Nothing, caller) => caller.ok(),
        (Needs::Role(role), caller) => {
            let caller = caller?;
            // Where nobody needs a token everybody on the machine is an admin, and a page is nobody.
            if caller.key.is_none()
                && !route.pages
                && let Some(origin) = origin::page_of_another(request.headers(), &app.config)
            {
                return Err(page_needs_token(origin, role, caller.actor));
            }
            Some(allowed(caller, role)?)
        }
    };
    let hold = app.shares.hold(whose, route.streams)?;
    request.extensions_mut().insert(Visitor(caller.clone()));
    Ok(Admitted { caller, hold, streams: route.streams })
}

impl Admitted {
    async fn carry_out(self, app: &App, request: Request, next: Next) -> Response {
        let response = next.run(request).await;
        if !self.streams {
            return response;
        }
        let key = self.caller.and_then(|caller| caller.key);
        let revoked = match key {
            None => Box::pin(std::future::pending()),
            Some(key) => match app.orchestrator.tokens().revoked(key).await {
                Ok(revoked) => revoked,
                Err(error) => return Problem::from(error).into_response(),
            },
        };
        let hold = self.hold;
        response.map(|body| {
            let pieces = body.into_data_stream().take_until(revoked);
            Body::from_stream(pieces.inspect(move |_| hold.is_held()))
        })
    }
}

/// The token that a request shows.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, AccessError> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else {
        // Of two, one might be what a proxy checked and the other what it let through.
        return match headers.contains_key(header::AUTHORIZATION) {
            true => Err(AccessError::Invalid),
            false => Ok(None),
        };
    };
    let text = value.to_str().map_err(|_| AccessError::Invalid)?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        // Something is shown, and no token: what stands without the word, or after another one, counts for none.
        _ => Ok(Some("")),
    }
}

/// Whose share a request counts against: the caller's, or else the machine's that it comes from.
fn whose(request: &Request, caller: Option<&Caller>) -> String {
    match caller {
        Some(Caller { key: Some(key), .. }) => key.clone(),
        _ => match request.extensions().get::<ConnectInfo<SocketAddr>>() {
            Some(ConnectInfo(peer)) => peer.ip().to_string(),
            None => String::new(),
        },
    }
}

fn page_needs_token(origin: &str, needed: Role, whom: Actor) -> Refused {
    tracing::warn!(origin, %needed, "a web page without a token was refused what people may do");
    let detail = format!(
        "A web page of {origin} needs a token of the role '{needed}' for this: a page is not a person, and this server tells \
         people by tokens alone. Make one with 'orchestrator token create', and have the page send it; the command line and \
         this server's own /docs need none."
    );
    let problem = Problem { role: Some(needed), ..Problem::new(Kind::RoleNeeded, detail) };
    Refused { problem, whom: Some(whom) }
}

fn allowed(caller: Caller, needed: Role) -> Result<Caller, Refused> {
    if caller.role >= needed {
        return Ok(caller);
    }
    tracing::info!(actor = %caller.actor, role = %caller.role, %needed, "a request was refused for its role");
    let detail = format!(
        "This needs the role '{needed}', and the token '{}' has '{}'; ask an admin for another token.",
        caller.actor, caller.role
    );
    let problem = Problem { role: Some(needed), ..Problem::new(Kind::RoleNeeded, detail) };
    Err(Refused { problem, whom: Some(caller.actor) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn shown(values: &[&'static str]) -> Result<Option<String>, AccessError> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        bearer(&headers).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn a_token_is_shown_once_as_a_bearer() {
        assert_eq!(shown(&[]), Ok(None));
        assert_eq!(shown(&["Bearer dorc_x"]), Ok(Some("dorc_x".into())));
        assert_eq!(shown(&["bearer  dorc_x"]), Ok(Some("dorc_x".into())));
        for other in ["dorc_x", "Basic YTpi", "Token dorc_x", "Bearer", ""] {
            assert_eq!(shown(&[other]), Ok(Some(String::new())), "{other}: is something, and no token");
        }
    }

    #[test]
    fn of_two_tokens_none_counts() {
        assert_eq!(shown(&["Bearer dorc_x", "Bearer dorc_y"]), Err(AccessError::Invalid));
    }
}
