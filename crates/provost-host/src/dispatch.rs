use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::get;
use http::header::AUTHORIZATION;
use http::{Method, Request, StatusCode};

use crate::Host;
use crate::answer::{Answer, Failure, Hint};
use crate::documents;
use crate::host::{Inner, Mounted};
use crate::request::{Query, accepts_json, authority, read_body};
use crate::route::{Route, split};
use crate::users::Users;

impl Host {
    /// Returns the service as a router, for a program that has a server of its own. [`Host::serve`] is that router behind
    /// TLS.
    pub fn router(&self) -> Router {
        let health = get(|| async { StatusCode::OK });
        Router::new().route("/health", health).fallback(handle).with_state(Arc::clone(&self.0))
    }
}

/// Works on a request in a task of its own: a client that goes away does not leave a write half done.
async fn handle(State(host): State<Arc<Inner>>, request: Request<Body>) -> Answer {
    let Ok(permit) = Arc::clone(&host.requests).try_acquire_owned() else {
        let busy = Failure::new(StatusCode::SERVICE_UNAVAILABLE, "too many requests are worked on");
        return busy.with(Hint::RetryAfter(1)).into();
    };
    let work = tokio::spawn(async move {
        let answer = dispatch(&host, request).await.unwrap_or_else(Answer::from);
        drop(permit);
        answer
    });
    work.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request ended the task that worked on it");
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "the request failed inside the service").into()
    })
}

async fn dispatch(host: &Inner, request: Request<Body>) -> Result<Answer, Failure> {
    let unknown = || Failure::new(StatusCode::NOT_FOUND, "there is nothing at this address");
    let path = request.uri().path().to_owned();
    let (name, below) = split(&path).ok_or_else(unknown)?;
    let mounted = host.mounts.iter().find(|mounted| mounted.name == name).ok_or_else(unknown)?;
    let route = Route::parse(below);
    let is_public = !host.protected_discovery && route.as_ref().is_some_and(Route::is_discovery);
    // Two headers, of which a proxy may have judged the other one, are none.
    let mut headers = request.headers().get_all(AUTHORIZATION).iter();
    let header = headers.next().filter(|_| headers.next().is_none()).map(http::HeaderValue::as_bytes);
    if !is_public && !mounted.tokens.accept(header) {
        return Err(Failure::new(StatusCode::UNAUTHORIZED, "a valid bearer token is needed").with(Hint::Authenticate));
    }
    let route = route.ok_or_else(unknown)?;
    route.check(request.method())?;
    if !accepts_json(request.headers()) {
        return Err(Failure::new(StatusCode::NOT_ACCEPTABLE, "an answer is application/scim+json"));
    }
    let query = Query::parse(request.uri().query())?;
    let base = base(host, mounted, &request);
    let method = request.method().clone();
    let answer = answer(mounted, route, query, base, request).await;
    let status = answer.as_ref().map_or_else(|failure| failure.error.status(), |answer| answer.status().as_u16());
    tracing::debug!(connector = %mounted.name, %method, status, "answered");
    answer
}

async fn answer(
    mounted: &Mounted,
    route: Route,
    query: Query,
    base: String,
    request: Request<Body>,
) -> Result<Answer, Failure> {
    if route.is_discovery() {
        if query.get("filter").is_some() {
            return Err(Failure::new(StatusCode::FORBIDDEN, "what describes the service is not searched"));
        }
        return documents::answer(&mounted.schema, &route, &base);
    }
    let projection = query.projection(mounted.mode)?;
    let users = Users { mounted, query, projection, base };
    let method = request.method().clone();
    match (route, method) {
        (Route::Users, Method::POST) => users.create(&read_body(request).await?).await,
        (Route::Users, _) => users.search().await,
        (Route::User(id), Method::PUT) => users.replace(&id, &read_body(request).await?).await,
        (Route::User(id), Method::PATCH) => users.patch(&id, &read_body(request).await?).await,
        (Route::User(id), Method::DELETE) => users.delete(&id).await,
        (Route::User(id), _) => users.read(&id).await,
        _ => Err(Failure::not_found()),
    }
}

/// The URL of the service, for locations.
fn base(host: &Inner, mounted: &Mounted, request: &Request<Body>) -> String {
    let name = &mounted.name;
    if let Some(url) = &host.public_url {
        return format!("{url}/ecma2host_{name}/scim");
    }
    let scheme = if host.certificate.is_some() { "https" } else { "http" };
    match authority(request) {
        Some(authority) => format!("{scheme}://{authority}/ecma2host_{name}/scim"),
        None => format!("/ecma2host_{name}/scim"),
    }
}
