//! Which version of OpenAPI a document is written in.

use crate::schema::Dialect;
use crate::value::Value;

/// A version of OpenAPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Swagger 2.0.
    V2,
    /// OpenAPI 3.0.
    V30,
    /// OpenAPI 3.1.
    V31,
    /// OpenAPI 3.2.
    V32,
}

impl Version {
    /// The version of a document.
    ///
    /// # Errors
    /// It is none of OpenAPI, or of no known version: a phrase that says what it is instead.
    pub fn of(document: &Value) -> Result<Self, String> {
        let text = |key: &str| match document.get(key) {
            Some(Value::String(text)) => Some(text.lossy().into_owned()),
            Some(Value::Number(number)) => Some(number.lexeme().into_owned()),
            _ => None,
        };
        if let Some(version) = text("openapi") {
            return match version.split('.').take(2).collect::<Vec<_>>()[..] {
                ["3"] | ["3", "0"] => Ok(Self::V30),
                ["3", "1"] => Ok(Self::V31),
                ["3", _] => Ok(Self::V32),
                _ => Err(format!(
                    "says `openapi: {version}`; known are 3.0, 3.1, 3.2 and `swagger: \"2.0\"`"
                )),
            };
        }
        match text("swagger") {
            Some(version) if version == "2.0" || version == "2" => Ok(Self::V2),
            Some(version) => Err(format!(
                "says `swagger: {version}`; only 2.0 is known: convert it to OpenAPI 3 first"
            )),
            None => Err(format!(
                "is no OpenAPI document: {}",
                match document {
                    Value::Object(_) if document.get("asyncapi").is_some() =>
                        "it is one of AsyncAPI, which is not read yet",
                    Value::Object(_) if document.get("item").is_some() =>
                        "it looks like a Postman collection; export it as OpenAPI",
                    Value::Object(_) if document.get("$schema").is_some() =>
                        "it is a JSON Schema; name the document that refers to it",
                    Value::Object(_) if document.get("paths").is_some() =>
                        "it has `paths`, but neither `openapi: 3.x.y` nor `swagger: \"2.0\"`",
                    Value::Object(_) => "it has neither `openapi: 3.x.y` nor `swagger: \"2.0\"`",
                    _ => "it is not even an object; name the file or URL of the OpenAPI document",
                }
            )),
        }
    }

    /// The dialect of its schemas.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::V2 => Dialect::Swagger2,
            Self::V30 => Dialect::OpenApi30,
            Self::V31 | Self::V32 => Dialect::Draft2020,
        }
    }
}
