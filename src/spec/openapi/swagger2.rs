//! What Swagger 2.0 says in its own way: parameters that are their own schemas, bodies and forms as
//! parameters, media types apart from bodies.

use super::node::{Fault, Node};
use super::parameters::put;
use super::{Reader, examples};
use crate::schema::{Direction, Schema};
use crate::spec::{Body, BodyKind, Content, Encoding, Location, Parameter, Style};
use crate::value::{Object, Value};

type Parts<'d> = (Vec<Parameter>, Vec<Node<'d>>, Option<Node<'d>>);

impl<'d> Reader<'d> {
    /// The parameters of an operation, the fields of its form, and its body.
    pub(super) fn swagger_parameters(&mut self, levels: &[&Node<'d>]) -> Result<Parts<'d>, Fault> {
        let mut parameters = Vec::new();
        let mut form: Vec<Node<'d>> = Vec::new();
        let mut body = None;
        for level in levels {
            for node in level.items_of("parameters") {
                let node = node.follow()?;
                let (Some(name), Some(place)) = (node.text("name"), node.text("in")) else {
                    return Err(node.fault("a parameter needs `name` and `in`"));
                };
                match place {
                    "path" => put(&mut parameters, self.swagger_parameter(&node, Location::Path)?),
                    "body" => body = Some(node),
                    "formData" => {
                        form.retain(|other| other.text("name") != Some(name));
                        form.push(node);
                    }
                    "query" | "header" => {
                        let query = place == "query";
                        let location = if query { Location::Query } else { Location::Header };
                        match self.swagger_parameter(&node, location) {
                            Ok(parameter) => put(&mut parameters, parameter),
                            Err(fault) if node.flag("required") => return Err(fault),
                            Err(fault) => self.note(fault),
                        }
                    }
                    other => {
                        return Err(node.fault(format!(
                            "the parameter `{name}` is `in: {other}`; \
                             known are path, query, header, body, formData"
                        )));
                    }
                }
            }
        }
        Ok((parameters, form, body))
    }

    fn swagger_parameter(
        &mut self,
        node: &Node<'d>,
        location: Location,
    ) -> Result<Parameter, Fault> {
        let (listed, explode) = collection(node);
        // In paths and headers, `csv` is what OpenAPI 3 calls `simple`.
        let style = match (listed, location) {
            (Style::Form, Location::Path | Location::Header) => Style::Simple,
            (style, _) => style,
        };
        // Some documents put the schema where OpenAPI 3 has it.
        let schema = node.get("schema").unwrap_or_else(|| node.clone());
        Ok(Parameter {
            name: node.text("name").unwrap_or_default().to_owned(),
            location,
            required: location == Location::Path || node.flag("required"),
            style,
            explode: explode && location == Location::Query,
            allow_reserved: false,
            allow_empty: location == Location::Query && node.flag("allowEmptyValue"),
            content: None,
            schema: self.schema(&schema, Direction::Request)?,
            examples: examples::of(node),
        })
    }

    /// The body: as a parameter, or made of the fields of a form.
    pub(super) fn swagger_body(
        &mut self,
        operation: &Node<'d>,
        form: &[Node<'d>],
        body: Option<Node<'d>>,
    ) -> Result<Option<Body>, Fault> {
        let consumes = self.swagger_types(operation, "consumes");
        if let Some(node) = body {
            let schema =
                node.get("schema").map(|s| self.schema(&s, Direction::Request)).transpose()?;
            let types =
                if consumes.is_empty() { vec!["application/json".to_owned()] } else { consumes };
            let contents = types.into_iter().map(|media_type| Content {
                kind: BodyKind::of(&media_type),
                media_type,
                schema: schema.clone(),
                encoding: Vec::new(),
                examples: examples::of(&node),
            });
            return Ok(Some(Body {
                required: node.flag("required"),
                contents: contents.collect(),
            }));
        }
        if form.is_empty() {
            return Ok(None);
        }
        let mut types: Vec<String> = consumes
            .into_iter()
            .filter(|media_type| {
                matches!(BodyKind::of(media_type), BodyKind::Form | BodyKind::Multipart)
            })
            .collect();
        let file = form.iter().any(|field| field.text("type") == Some("file"));
        if file {
            // A file fits into nothing else.
            types.retain(|media_type| BodyKind::of(media_type) == BodyKind::Multipart);
        }
        if types.is_empty() {
            let plain =
                if file { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
            types.push(plain.to_owned());
        }
        let required = form.iter().any(|field| field.flag("required"));
        let (schema, encoding) = self.form_schema(form)?;
        let contents = types.into_iter().map(|media_type| Content {
            kind: BodyKind::of(&media_type),
            media_type,
            schema: Some(schema.clone()),
            encoding: encoding.clone(),
            examples: Vec::new(),
        });
        Ok(Some(Body { required, contents: contents.collect() }))
    }

    /// One object schema whose properties are the fields of a form.
    fn form_schema(
        &mut self,
        form: &[Node<'d>],
    ) -> Result<(Schema, Vec<(String, Encoding)>), Fault> {
        let mut properties = Object::new();
        let mut required = Vec::new();
        let mut definitions = Object::new();
        let mut encoding = Vec::new();
        for field in form {
            let name = field.text("name").unwrap_or_default();
            let schema = self.schema(field, Direction::Request)?;
            let mut schema =
                schema.bundle().cloned().map_err(|error| field.fault(error.to_owned()))?;
            if let Value::Object(schema) = &mut schema {
                if let Some(Value::Object(more)) = schema.remove("$defs") {
                    more.into_iter().for_each(|(key, value)| definitions.set(key, value));
                }
                for example in examples::of(field) {
                    schema.set("examples", Value::Array(vec![example]));
                }
            }
            properties.set(name, schema);
            if field.flag("required") {
                required.push(Value::text(name));
            }
            if field.text("type") == Some("array") {
                let (style, explode) = collection(field);
                let entry =
                    Encoding { style: Some(style), explode: Some(explode), ..Encoding::default() };
                encoding.push((name.to_owned(), entry));
            }
        }
        let mut schema = Object::new();
        schema.push("type", Value::text("object"));
        schema.push("properties", Value::Object(properties));
        if !required.is_empty() {
            schema.push("required", Value::Array(required));
        }
        if !definitions.is_empty() {
            schema.push("$defs", Value::Object(definitions));
        }
        Ok((Schema::of(Value::Object(schema)), encoding))
    }

    /// `consumes` or `produces`: of the operation, else of the document.
    pub(super) fn swagger_types(&self, operation: &Node<'d>, key: &str) -> Vec<String> {
        operation.texts(key).or_else(|| self.root.texts(key)).unwrap_or_default()
    }

    /// The bodies an answer promises: its schema in each type the operation produces.
    pub(super) fn swagger_contents(
        &mut self,
        operation: &Node<'d>,
        response: &Node<'d>,
    ) -> Vec<Content> {
        let Some(node) = response.get("schema") else { return Vec::new() };
        let schema = match self.schema(&node, Direction::Response) {
            Ok(schema) => Some(schema),
            Err(fault) => {
                self.note(fault);
                None
            }
        };
        let file = node.text("type") == Some("file");
        let mut types = self.swagger_types(operation, "produces");
        if types.is_empty() {
            types.push("*/*".to_owned());
        }
        let contents = types.into_iter().map(|media_type| Content {
            kind: if file { BodyKind::Bytes } else { BodyKind::of(&media_type) },
            examples: response
                .get("examples")
                .and_then(|examples| examples.value.get(&media_type).cloned())
                .into_iter()
                .collect(),
            media_type,
            schema: schema.clone(),
            encoding: Vec::new(),
        });
        contents.collect()
    }
}

/// `collectionFormat` as a style, and whether each element stands on its own.
fn collection(node: &Node<'_>) -> (Style, bool) {
    match node.text("collectionFormat") {
        Some("ssv") => (Style::SpaceDelimited, false),
        Some("tsv") => (Style::TabDelimited, false),
        Some("pipes") => (Style::PipeDelimited, false),
        Some("multi") => (Style::Form, true),
        _ => (Style::Form, false),
    }
}
