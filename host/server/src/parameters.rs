//! Which query parameters each address takes: one door for all of them, made of the API's own description.
//!
//! What is not known there is refused and not passed over: a parameter that is misspelt, or that another address takes,
//! would otherwise be answered as if it had not been sent, and a file be written that was only to be looked at. Of one that
//! comes twice, one would count and nobody could say which.

use crate::problem::{Kind, Problem};
use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};
use utoipa::openapi::{OpenApi, RefOr, path::ParameterIn};

/// The names that each operation takes, by its path as it was declared and its method.
#[derive(Debug)]
pub(crate) struct Parameters(BTreeMap<(String, &'static str), Vec<String>>);

impl Parameters {
    /// What `document` says, before its paths are rewritten for readers of OpenAPI.
    pub(crate) fn of(document: &mut OpenApi) -> Self {
        let mut all = BTreeMap::new();
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in crate::docs::operations(item) {
                let names = operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
                    RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => {
                        Some(parameter.name.clone())
                    }
                    RefOr::T(_) | RefOr::Ref(_) => None,
                });
                all.insert((path.clone(), method), names.collect());
            }
        }
        Self(all)
    }

    fn check(&self, method: &Method, path: &str, query: &str) -> Result<(), Problem> {
        // What answers GET answers HEAD.
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        // What is no operation is told so further on.
        let known = self.0.iter().find(|((other, verb), _)| other == path && *verb == method);
        let Some((_, known)) = known else { return Ok(()) };
        let mut had = HashSet::new();
        for (name, _) in form_urlencoded::parse(query.as_bytes()) {
            let refused = |detail: String| Problem::new(Kind::InvalidRequest, detail).in_field(&*name);
            if !known.iter().any(|known| *known == name) {
                let told = match known.is_empty() {
                    true => "this address takes none".to_owned(),
                    false => format!("this address takes {}", known.join(", ")),
                };
                let detail = format!("{name}: there is no such query parameter here; {told}");
                return Err(refused(detail).valid(known));
            }
            if !had.insert(name.clone()) {
                return Err(refused(format!("{name}: the query has this parameter twice; send it once")));
            }
        }
        Ok(())
    }
}

/// Refuses query parameters that the operation does not take, and those that come twice.
pub(crate) async fn check(
    State(parameters): State<Arc<Parameters>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    match parameters.check(request.method(), path, request.uri().query().unwrap_or_default()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::router::documented;

    #[test]
    fn each_operation_takes_what_it_is_described_to_take_and_each_once() {
        let parameters = Parameters::of(&mut documented().into_openapi());
        assert!(parameters.0.len() > 30);
        for ((path, method), names) in &parameters.0 {
            let method: Method = method.parse().unwrap();
            let check = |query: &str| parameters.check(&method, path, query).map_err(|problem| problem.field);
            let all = names.iter().map(|name| format!("{name}=1")).collect::<Vec<_>>().join("&");
            assert_eq!(check(&all), Ok(()), "{method} {path}");
            assert_eq!(check(&format!("{all}&other")), Err(Some("other".into())), "{method} {path}");
            if let Some(name) = names.first() {
                assert_eq!(check(&format!("{all}&{name}=2")), Err(Some(name.clone())), "{method} {path}");
            }
        }
        let head = parameters.check(&Method::HEAD, "/api/v1/orchestrator/runs", "limit=1");
        assert_eq!(head.map_err(|problem| problem.detail), Ok(()));
    }
}
