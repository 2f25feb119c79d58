//! What the service says of itself.

use http::StatusCode;
use provost_scim::{ListResponse, ResourceType, ServiceProviderConfig};

use crate::answer::{Answer, Failure};
use crate::route::Route;
use crate::schema::DirectorySchema;
use crate::users::RESULTS;

pub(crate) fn answer(schema: &DirectorySchema, route: &Route, base: &str) -> Result<Answer, Failure> {
    let published = &schema.published;
    let schemas = || std::iter::once(published.core()).chain(published.extensions());
    let users = || ResourceType::new(published, base);
    match route {
        Route::Schemas => {
            let documents = schemas().map(|schema| schema.document(base)).collect();
            Ok(Answer::json(StatusCode::OK, &ListResponse::of_all(documents)))
        }
        Route::Schema(urn) => {
            let found =
                schemas().find(|schema| schema.id().eq_ignore_ascii_case(urn)).ok_or_else(Failure::not_found)?;
            Ok(Answer::json(StatusCode::OK, &found.document(base)))
        }
        Route::ResourceTypes => Ok(Answer::json(StatusCode::OK, &ListResponse::of_all(vec![users()]))),
        Route::ResourceType(name) if name.eq_ignore_ascii_case(published.name()) => {
            Ok(Answer::json(StatusCode::OK, &users()))
        }
        Route::ServiceProviderConfig => Ok(Answer::json(StatusCode::OK, &ServiceProviderConfig::new(base, RESULTS))),
        _ => Err(Failure::not_found()),
    }
}
