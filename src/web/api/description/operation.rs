//! Describes one operation. What all operations of a class have in common is added here: the ways to sign in, the
//! parameters in the path, the headers of responses, and the refusals.

use super::{
    forms::form_of,
    headers::{SharedHeader, private_response},
    refusals::Refusal,
    schemas::{Schemas, reference},
};
use axum::http::StatusCode;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        Content, ContentBuilder, HttpMethod, ObjectBuilder, Ref, Required, ResponseBuilder,
        SecurityRequirement, Type,
        path::{Operation, OperationBuilder, Parameter, ParameterIn},
        request_body::RequestBodyBuilder,
    },
};

/// Who may perform an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// Everybody; whoever has signed in is treated like others.
    Public,
    /// Readers. Some servers require that they sign in.
    Readers,
    /// People who have signed in.
    SignedIn,
}

/// The description of an operation.
pub(super) struct Described {
    /// The address, with parameters in braces.
    pub(super) path: &'static str,
    /// The method.
    pub(super) method: HttpMethod,
    access: Access,
    summary: &'static str,
    details: Option<String>,
    id: &'static str,
    parameters: Vec<Parameter>,
    body: Option<RequestBodyBuilder>,
    responses: Vec<(StatusCode, ResponseBuilder)>,
    refusals: Vec<Refusal>,
    /// The schemas of its bodies.
    schemas: Schemas,
}

impl Described {
    /// Describes a `GET`. Like the others, it is for people who have signed in, unless something else is said.
    pub(super) fn get(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(HttpMethod::Get, path, id, summary)
    }

    /// Describes a `PUT`.
    pub(super) fn put(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(HttpMethod::Put, path, id, summary)
    }

    /// Describes a `POST`.
    pub(super) fn post(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(HttpMethod::Post, path, id, summary)
    }

    /// Describes a `PATCH`.
    pub(super) fn patch(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(HttpMethod::Patch, path, id, summary)
    }

    /// Describes a `DELETE`.
    pub(super) fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(HttpMethod::Delete, path, id, summary)
    }

    fn new(
        method: HttpMethod,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        Self {
            path,
            method,
            access: Access::SignedIn,
            summary,
            details: None,
            id,
            parameters: Vec::new(),
            body: None,
            responses: Vec::new(),
            refusals: Vec::new(),
            schemas: Schemas::default(),
        }
    }

    /// Everybody may perform it, without signing in.
    pub(super) fn for_everybody(self) -> Self {
        Self {
            access: Access::Public,
            ..self
        }
    }

    /// Readers may perform it, and need not sign in if the server lets everybody read.
    pub(super) fn for_readers(self) -> Self {
        Self {
            access: Access::Readers,
            ..self
        }
    }

    /// Adds a description besides the summary.
    pub(super) fn details(self, details: impl Into<String>) -> Self {
        Self {
            details: Some(details.into()),
            ..self
        }
    }

    /// Adds parameters in the query or in headers.
    pub(super) fn parameters(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// The request has a body with the fields of `T`, as JSON or as a form.
    pub(super) fn takes<T: ToSchema>(self, example: &Value) -> Self {
        self.body::<T>(example, Required::True)
    }

    /// Like [`Self::takes`], but not as a form, which cannot hold a list.
    pub(super) fn takes_json<T: ToSchema>(mut self, example: &Value) -> Self {
        let content = ContentBuilder::new().schema(Some(reference::<T>()));
        let content = content.example(Some(example.clone())).build();
        let body = RequestBodyBuilder::new().content("application/json", content);
        self.body = Some(body.required(Some(Required::True)));
        self.schemas.add::<T>();
        self
    }

    /// Like [`Self::takes`], but all fields, and so the body, are optional.
    pub(super) fn may_take<T: ToSchema>(self, example: &Value) -> Self {
        self.body::<T>(example, Required::False)
    }

    fn body<T: ToSchema>(mut self, example: &Value, required: Required) -> Self {
        let (form_name, form) = form_of::<T>();
        let content = |schema| {
            let content = ContentBuilder::new().schema(Some(schema));
            content.example(Some(example.clone())).build()
        };
        let body = RequestBodyBuilder::new()
            .content("application/json", content(reference::<T>()))
            .content(
                "application/x-www-form-urlencoded",
                content(Ref::from_schema_name(&form_name)),
            );
        self.body = Some(body.required(Some(required)));
        self.schemas.add::<T>();
        self.schemas.insert(form_name, form);
        self
    }

    /// The request has a body of bytes.
    pub(super) fn takes_bytes(mut self, media_type: &str) -> Self {
        let bytes = Content::new(Some(ObjectBuilder::new().schema_type(Type::String)));
        let body = RequestBodyBuilder::new().content(media_type, bytes);
        self.body = Some(body.required(Some(Required::True)));
        self
    }

    /// The body may also be plain text.
    pub(super) fn or_text(mut self, content: Content) -> Self {
        self.body = self.body.map(|body| body.content("text/plain", content));
        self
    }

    /// It answers with `T` as JSON.
    pub(super) fn answers<T: ToSchema>(self, status: StatusCode, description: &str) -> Self {
        let json = Content::new(Some(reference::<T>()));
        let response = private_response(description).content("application/json", json);
        self.has_schema::<T>().answers_with(status, response)
    }

    /// It answers without a body.
    pub(super) fn answers_nothing(self) -> Self {
        self.answers_with(StatusCode::NO_CONTENT, private_response("Done"))
    }

    /// It answers with this response.
    pub(super) fn answers_with(mut self, status: StatusCode, response: ResponseBuilder) -> Self {
        self.responses.push((status, response));
        self
    }

    /// All responses so far have a `Location`.
    pub(super) fn with_location(mut self) -> Self {
        let responses = self.responses.into_iter();
        self.responses = responses
            .map(|(status, response)| (status, SharedHeader::Location.on(response)))
            .collect();
        self
    }

    /// Adds a schema that another one refers to.
    pub(super) fn has_schema<T: ToSchema>(mut self) -> Self {
        self.schemas.add::<T>();
        self
    }

    /// Adds a reason for which it may be refused, besides those of [`Self::common_refusals`].
    pub(super) fn refuses(mut self, refusal: Refusal) -> Self {
        self.refusals.push(refusal);
        self
    }

    /// Returns the reasons for which all operations of its class may be refused.
    fn common_refusals(&self) -> Vec<Refusal> {
        let is_query = |parameter: &Parameter| parameter.parameter_in == ParameterIn::Query;
        let has_query = self.parameters.iter().any(is_query);
        let classes = [
            (true, &Refusal::OF_REQUESTS[..]),
            (self.access != Access::Public, &[Refusal::NotSignedIn]),
            (self.method != HttpMethod::Get, &[Refusal::NotAllowed]),
            (self.path.contains('{'), &[Refusal::NotFound]),
            (has_query, &[Refusal::Invalid]),
            (self.body.is_some(), &Refusal::OF_BODIES),
        ];
        let applicable = classes.into_iter().filter(|(applies, _)| *applies);
        applicable
            .flat_map(|(_, refusals)| refusals.to_vec())
            .collect()
    }

    /// Returns the operation for the document, and adds its schemas to those of the document.
    pub(super) fn operation(self, tag: &str, schemas: &mut Schemas) -> Operation {
        let (refusals, securities) = (self.common_refusals(), self.securities());
        schemas.extend(self.schemas);
        let mut operation = OperationBuilder::new()
            .tag(tag)
            .operation_id(Some(self.id))
            .summary(Some(self.summary))
            .description(self.details)
            .request_body(self.body.map(RequestBodyBuilder::build))
            .securities(securities);
        for parameter in self.parameters {
            operation = operation.parameter(parameter);
        }
        for refusal in refusals.into_iter().chain(self.refusals) {
            operation = operation.response(refusal.status().as_str(), refusal.reference());
        }
        for (status, response) in self.responses {
            operation = operation.response(status.as_str(), response);
        }
        operation.build()
    }

    /// Returns the alternative ways to sign in; `None` stands for those of the whole document.
    fn securities(&self) -> Option<Vec<SecurityRequirement>> {
        match self.access {
            Access::Public => Some(Vec::new()),
            Access::Readers => {
                let nothing = SecurityRequirement::default();
                Some([nothing].into_iter().chain(sign_in()).collect())
            }
            Access::SignedIn => None,
        }
    }
}

/// Returns the ways to sign in.
pub(super) fn sign_in() -> [SecurityRequirement; 2] {
    ["token", "session"].map(|name| SecurityRequirement::new(name, [""; 0]))
}
