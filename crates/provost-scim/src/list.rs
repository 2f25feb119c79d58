use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::ScimError;
use crate::error::invalid_value;

/// URN of the answer, RFC 7644 section 3.4.2.
const LIST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// The answer to a query, RFC 7644 section 3.4.2.
///
/// ```
/// use provost_scim::ListResponse;
///
/// let none = ListResponse::new(0, 1, Vec::<String>::new());
/// assert_eq!(
///     serde_json::to_string(&none)?,
///     r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"itemsPerPage":0,"startIndex":1,"Resources":[]}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ListResponse<T> {
    total_results: u64,
    start_index: u64,
    resources: Vec<T>,
}

impl<T> ListResponse<T> {
    /// Makes an answer: how many results there are in all, the number of the first one here (from one), and those here.
    pub fn new(total_results: u64, start_index: u64, resources: Vec<T>) -> Self {
        Self { total_results, start_index, resources }
    }

    /// Makes an answer that holds all results.
    pub fn of_all(resources: Vec<T>) -> Self {
        Self { total_results: resources.len() as u64, start_index: 1, resources }
    }
}

impl<T: Serialize> Serialize for ListResponse<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut message = serializer.serialize_struct("ListResponse", 5)?;
        message.serialize_field("schemas", &[LIST_URN])?;
        message.serialize_field("totalResults", &self.total_results)?;
        message.serialize_field("itemsPerPage", &self.resources.len())?;
        message.serialize_field("startIndex", &self.start_index)?;
        message.serialize_field("Resources", &self.resources)?;
        message.end()
    }
}

/// Which part of the results a client asks for, RFC 7644 section 3.4.2.4.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct PageRequest {
    start_index: u64,
    count: u64,
}

impl PageRequest {
    /// Reads `startIndex` and `count`: a start below one is one, a negative count is none, and a count above `maximum`, or
    /// none at all, is `maximum`.
    ///
    /// # Errors
    ///
    /// 400 `invalidValue` for what is no whole number.
    pub fn parse(start_index: Option<&str>, count: Option<&str>, maximum: u64) -> Result<Self, ScimError> {
        let number = |name: &str, text: Option<&str>| match text.map(|text| text.trim().parse::<i64>()) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => Err(invalid_value(format!("`{name}` takes a whole number"))),
        };
        let start_index =
            number("startIndex", start_index)?.map_or(1, |start| u64::try_from(start).unwrap_or(0).max(1));
        let count = number("count", count)?.map_or(maximum, |count| u64::try_from(count).unwrap_or(0).min(maximum));
        Ok(Self { start_index, count })
    }

    /// Returns the number of the first result that is wanted, from one.
    #[must_use]
    pub fn start_index(self) -> u64 {
        self.start_index
    }

    /// Returns how many results are wanted.
    #[must_use]
    pub fn count(self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::PageRequest;

    #[test]
    fn l_1_bounds_of_a_page() {
        let page = |start, count| PageRequest::parse(start, count, 100).map(|page| (page.start_index, page.count));
        assert_eq!(page(None, None), Ok((1, 100)));
        assert_eq!(page(Some("-4"), Some("-1")), Ok((1, 0)));
        assert_eq!(page(Some("0"), Some("0")), Ok((1, 0)));
        assert_eq!(page(Some("7"), Some("1000")), Ok((7, 100)));
        assert_eq!(page(Some("x"), None).unwrap_err().scim_type(), Some(crate::ScimType::InvalidValue));
    }
}
