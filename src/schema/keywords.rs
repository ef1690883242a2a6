//! What each keyword of JSON Schema holds, in every dialect that documents use.

/// What stands under a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// A schema.
    Schema,
    /// An array of schemas.
    Schemas,
    /// A schema, or an array of them: `items` before 2020-12.
    Items,
    /// Schemas by name.
    Names,
    /// By name a schema or an array of names: `dependencies` before 2019-09.
    Dependencies,
    /// Schemas by name that bind nothing until they are referred to.
    Definitions,
}

/// What stands under `keyword`; `None` where it holds no schema.
pub(super) fn holds(keyword: &str) -> Option<Holds> {
    Some(match keyword {
        "additionalItems"
        | "additionalProperties"
        | "contains"
        | "contentSchema"
        | "else"
        | "if"
        | "not"
        | "propertyNames"
        | "then"
        | "unevaluatedItems"
        | "unevaluatedProperties" => Holds::Schema,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Holds::Schemas,
        "items" => Holds::Items,
        "properties" | "patternProperties" | "dependentSchemas" => Holds::Names,
        "dependencies" => Holds::Dependencies,
        "$defs" | "definitions" => Holds::Definitions,
        _ => return None,
    })
}

/// Whether a keyword's schemas judge the same value as the schema they stand in.
pub(super) fn in_place(keyword: &str) -> bool {
    matches!(
        keyword,
        "allOf" | "anyOf" | "oneOf" | "not" | "if" | "then" | "else" | "dependentSchemas"
    )
}
