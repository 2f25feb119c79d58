use std::time::Duration;

use axum::body::Body;
use http::header::{ACCEPT, CONTENT_TYPE, HOST};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use provost_scim::{Mode, Projection, ScimError};
use zeroize::Zeroizing;

use crate::answer::Failure;

/// Longest accepted body, in bytes.
const BODY: usize = 1024 * 1024;
/// How much of a body that is too long is read, in bytes.
const DRAINED: usize = 16 * BODY;
/// How long a client may take to send a body.
const BODY_TIME: Duration = Duration::from_secs(30);

/// The parameters of a query, decoded; names compare without ASCII case.
#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query, where `+` and `%20` both mean a blank.
    pub(crate) fn parse(query: Option<&str>) -> Result<Self, Failure> {
        let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decode = |text: &str| percent_decode(&text.replace('+', " "));
            Some((decode(name)?, decode(value)?))
        });
        match pairs.collect::<Option<_>>() {
            Some(pairs) => Ok(Self(pairs)),
            None => Err(Failure::new(StatusCode::BAD_REQUEST, "the query is not well encoded")),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(held, _)| held.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn projection(&self, mode: Mode) -> Result<Projection, ScimError> {
        Projection::parse(self.get("attributes"), self.get("excludedAttributes"), mode)
    }
}

/// Decodes `%XX` once; none when the encoding is broken or the result is no UTF-8.
pub(crate) fn percent_decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut octets = text.bytes();
    while let Some(octet) = octets.next() {
        if octet != b'%' {
            decoded.push(octet);
            continue;
        }
        let mut digit = || char::from(octets.next()?).to_digit(16);
        decoded.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
    }
    String::from_utf8(decoded).ok()
}

/// Tells whether a header admits `application/scim+json` or `application/json`, with or without parameters.
fn admits(headers: &HeaderMap, name: header::HeaderName, wildcard: bool) -> bool {
    let mut values = headers.get_all(name).iter().peekable();
    if values.peek().is_none() {
        return true;
    }
    let ranges = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    ranges.map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()).any(|range| {
        matches!(range.as_str(), "application/scim+json" | "application/json")
            || (wildcard && matches!(range.as_str(), "*/*" | "application/*"))
    })
}

pub(crate) fn accepts_json(headers: &HeaderMap) -> bool {
    admits(headers, ACCEPT, true)
}

/// Reads the body of a request, within its limits of size and time. It may hold a password.
pub(crate) async fn read_body(request: Request<Body>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if !admits(request.headers(), CONTENT_TYPE, false) {
        let detail = "a body is sent as application/scim+json or application/json";
        return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    match tokio::time::timeout(BODY_TIME, collect(request.into_body())).await {
        Ok(body) => body,
        Err(_) => Err(Failure::new(StatusCode::REQUEST_TIMEOUT, "the body took too long")),
    }
}

async fn collect(mut body: Body) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let (mut collected, mut length) = (Zeroizing::new(Vec::new()), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Failure::new(StatusCode::BAD_REQUEST, "the body could not be read"))?;
        let Some(data) = frame.data_ref() else { continue };
        length = length.saturating_add(data.len());
        // A body that is too long is read on for a while: a client that is still sending would not see the answer.
        if length > DRAINED {
            break;
        }
        if length <= BODY {
            collected.extend_from_slice(data);
        }
    }
    if length > BODY {
        return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a body has at most {BODY} bytes")));
    }
    Ok(collected)
}

/// Returns the authority that a request was sent to, when it can stand in a URL.
pub(crate) fn authority<B>(request: &Request<B>) -> Option<&str> {
    let header = || request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let authority = request.uri().authority().map(http::uri::Authority::as_str).or_else(header)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    (!authority.is_empty() && authority.len() <= 255 && authority.chars().all(fits)).then_some(authority)
}

#[cfg(test)]
mod tests {
    use super::{Query, percent_decode};

    #[test]
    fn plus_and_percent_20_are_both_blanks() {
        let query = Query::parse(Some("Filter=a+eq%20%22b%2Bc%22&count=2&x")).unwrap();
        assert_eq!(query.get("filter"), Some("a eq \"b+c\""));
        assert_eq!(query.get("COUNT"), Some("2"));
        assert_eq!(query.get("x"), Some(""));
        assert_eq!(query.get("startIndex"), None);
    }

    #[test]
    fn a_segment_is_decoded_once() {
        assert_eq!(percent_decode("a%252Fb").as_deref(), Some("a%2Fb"));
        for broken in ["%", "%4", "%zz", "%ff", "%+1"] {
            assert_eq!(percent_decode(broken), None, "{broken}");
        }
    }
}
