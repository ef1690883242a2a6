//! Everything that operations take and give, by the names it goes under.

use std::collections::{HashMap, HashSet};

use super::fields::{Component, Field, Fields};
use super::resource::{self, Resource};
use super::route::Route;
use super::scalar::Scalar;
use super::words;
use crate::spec::{
    BodyKind, Content, Location, Operation, Response, Schema, Sequence, Service, StatusPattern,
};
use crate::value::Pointer;

/// A place of a call's input that may take what another call gives.
#[derive(Clone, Debug)]
pub(super) struct Taken<'s> {
    /// The operation.
    pub(super) operation: usize,
    /// `path/id`, `json/customer_id`.
    pub(super) place: String,
    /// The words of its name.
    pub(super) words: Vec<String>,
    /// What the thing it belongs to may be called.
    pub(super) kinds: Vec<String>,
    /// The part of the call.
    pub(super) part: Part,
    pub(super) scalar: Scalar<'s>,
    /// What the component that is its schema is called, where that names an identity.
    pub(super) component: Option<String>,
}

/// The part of a call a place stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// At a segment of the path.
    Path(usize),
    /// In the query, or a header.
    Beside,
    /// In the body, so many members deep.
    Body(usize),
}

/// A member of a request body that is a component: `customer: { $ref: Customer }`.
#[derive(Clone, Debug)]
pub(super) struct Whole {
    pub(super) operation: usize,
    pub(super) place: String,
    pub(super) component: Component,
}

/// A place of an answer.
#[derive(Clone, Debug)]
pub(super) struct Told<'s> {
    pub(super) operation: usize,
    pub(super) pointer: Pointer,
    pub(super) name: &'s str,
    pub(super) words: Vec<String>,
    pub(super) kinds: Vec<String>,
    pub(super) scalar: Scalar<'s>,
    pub(super) listed: bool,
    pub(super) depth: usize,
}

/// What is known of a service before edges are looked for.
pub(super) struct Survey<'s> {
    pub(super) service: &'s Service,
    pub(super) routes: Vec<Route<'s>>,
    pub(super) resources: Vec<Resource>,
    pub(super) taken: Vec<Taken<'s>>,
    pub(super) told: Vec<Told<'s>>,
    /// By operation: where what it tells begins in `told`; one more at the end.
    pub(super) told_from: Vec<usize>,
    /// By the path of one thing: what is taken in the paths at and below it.
    taken_under: HashMap<String, Vec<usize>>,
    /// Places of answers by name with kind, `userid`; and whether it is their own name or a mention.
    by_key: HashMap<String, Vec<(usize, bool)>>,
    /// By operation, the names of what its path takes: it tells nothing new about them.
    echoes: Vec<HashSet<String>>,
    pub(super) wholes: Vec<Whole>,
    /// Where answers hold such a component: the operation, the place, whether in a list.
    pub(super) whole_by_component: HashMap<Component, Vec<(usize, Pointer, bool)>>,
}

impl<'s> Survey<'s> {
    pub(super) fn of(service: &'s Service) -> Self {
        let routes: Vec<Route<'s>> =
            service.operations.iter().map(|o| Route::of(&o.path)).collect();
        let mut survey = Self {
            service,
            resources: resource::all(&service.operations, &routes),
            routes,
            taken: Vec::new(),
            told: Vec::new(),
            told_from: Vec::new(),
            taken_under: HashMap::new(),
            by_key: HashMap::new(),
            echoes: Vec::new(),
            wholes: Vec::new(),
            whole_by_component: HashMap::new(),
        };
        let mut fields = Fields::default();
        for (number, operation) in service.operations.iter().enumerate() {
            survey.inputs(number, operation, &mut fields);
        }
        for (number, taken) in survey.taken.iter().enumerate() {
            if let Part::Path(_) = taken.part {
                let route = &survey.routes[taken.operation];
                for (end, _) in route.parameters() {
                    let under = survey.taken_under.entry(route.form(end + 1).to_owned());
                    under.or_default().push(number);
                }
            }
        }
        let components: HashSet<Component> =
            survey.wholes.iter().map(|whole| whole.component.clone()).collect();
        let mut wanted: HashSet<String> =
            words::NAMING.iter().map(|name| words::key(&words::words(name))).collect();
        wanted.insert("id".to_owned());
        for taken in &survey.taken {
            let whole = words::key(&taken.words);
            wanted.extend(taken.words.last().cloned());
            wanted.insert(whole);
            for from in 1..taken.words.len() {
                wanted.insert(words::key(&taken.words[from..]));
            }
        }
        let mut names = HashMap::new();
        for (number, operation) in service.operations.iter().enumerate() {
            survey.told_from.push(survey.told.len());
            survey.outputs(number, operation, &mut fields, &wanted, &components, &mut names);
        }
        survey.told_from.push(survey.told.len());
        survey
    }

    /// What an operation tells.
    pub(super) fn told_by(&self, operation: usize) -> &[Told<'s>] {
        let end = |at: usize| self.told_from.get(at).copied().unwrap_or(self.told.len());
        self.told.get(end(operation)..end(operation + 1)).unwrap_or_default()
    }

    /// What goes under a name, and whether it is its own name; nothing that only repeats what the call
    /// was asked with.
    pub(super) fn named(&self, key: &str) -> impl Iterator<Item = (&Told<'s>, bool)> {
        let known = self.by_key.get(key).map(Vec::as_slice).unwrap_or_default();
        known.iter().filter_map(move |(number, own)| {
            let told = self.told.get(*number)?;
            let echo = self.echoes.get(told.operation).is_some_and(|keys| keys.contains(key));
            (!echo).then_some((told, *own))
        })
    }

    /// What operations take at and below the path of one thing.
    pub(super) fn under(&self, resource: &Resource) -> impl Iterator<Item = &Taken<'s>> {
        let here = self.taken_under.get(&resource.form).map(Vec::as_slice).unwrap_or_default();
        here.iter().filter_map(|number| self.taken.get(*number))
    }

    fn inputs(&mut self, number: usize, operation: &'s Operation, fields: &mut Fields<'s>) {
        let route = &self.routes[number];
        let mut echoes = HashSet::new();
        for (at, name) in route.parameters() {
            let kinds: Vec<String> = route.kind(at).into_iter().collect();
            let words = words::words(name);
            echoes.extend(kinds.iter().map(|kind| format!("{kind}id")));
            echoes.extend(kinds.iter().map(|kind| format!("{kind}{}", words::key(&words))));
            echoes.insert(words::key(&words));
            echoes.insert(format!("{}id", words::key(&words)));
            // What stands in the path of a method of gRPC is a field of its message.
            if operation.rpc.is_some() {
                continue;
            }
            let parameter = operation.parameter(Location::Path, name);
            let schema = parameter.map(|parameter| &parameter.schema);
            let Some((scalar, component, listed)) = single(schema, fields) else { continue };
            let mut place = Pointer::root().child(name);
            if listed {
                place = place.index(0);
            }
            let place = format!("path{place}");
            let part = Part::Path(at);
            self.taken.push(Taken {
                operation: number,
                place,
                words,
                kinds,
                part,
                scalar,
                component,
            });
        }
        self.echoes.push(echoes);
        let last = route.segments.len().saturating_sub(1);
        let own: Vec<String> = route.kind(last).into_iter().collect();
        for parameter in &operation.parameters {
            let beside = matches!(parameter.location, Location::Query | Location::Header);
            if !beside || parameter.content.is_some() {
                continue;
            }
            let Some((scalar, component, listed)) = single(Some(&parameter.schema), fields) else {
                continue;
            };
            let mut place = Pointer::root().child(&*parameter.name);
            if listed {
                place = place.index(0);
            }
            self.taken.push(Taken {
                operation: number,
                place: format!("{}{place}", parameter.location.part()),
                words: words::words(parameter.name.trim_end_matches("[]")),
                kinds: own.clone(),
                part: Part::Beside,
                scalar,
                component,
            });
        }
        let Some(content) = operation.body.as_ref().and_then(|body| preferred(&body.contents))
        else {
            return;
        };
        let Some(schema) = &content.schema else { return };
        let part = content.kind.part();
        let (taken, wholes) = (&mut self.taken, &mut self.wholes);
        fields.each(schema, &own, &mut |field| {
            if field.read_only {
                return;
            }
            let place = format!("{part}{}", field.pointer);
            // What stands in the path of a method of gRPC is a field of its message.
            let bound = bound(operation, route, &field.pointer);
            if let Some((at, scalar)) = bound.zip(field.scalar) {
                let kinds = route.kind(at).into_iter().collect();
                let words = words::words(field.name);
                let component = identity(&field);
                let part = Part::Path(at);
                taken.push(Taken {
                    operation: number,
                    place,
                    words,
                    kinds,
                    part,
                    scalar,
                    component,
                });
            } else if let Some(scalar) = field.scalar {
                taken.push(Taken {
                    operation: number,
                    place,
                    words: words::words(field.name),
                    component: identity(&field),
                    kinds: field.kinds.to_vec(),
                    part: Part::Body(field.depth),
                    scalar,
                });
            } else if let Some((component, _)) = field.component {
                wholes.push(Whole { operation: number, place, component });
            }
        });
    }

    fn outputs(
        &mut self,
        number: usize,
        operation: &'s Operation,
        fields: &mut Fields<'s>,
        wanted: &HashSet<String>,
        components: &HashSet<Component>,
        names: &mut HashMap<&'s str, (Vec<String>, String)>,
    ) {
        if matches!(&*operation.method, "DELETE" | "PUT" | "PATCH" | "HEAD" | "OPTIONS") {
            return;
        }
        let route = &self.routes[number];
        let main = route.kind(route.segments.len().saturating_sub(1));
        let kinds: Vec<String> = main.clone().into_iter().collect();
        let content = made(operation).find_map(|response| preferred(&response.contents));
        // What is taken from a sequence would have to be read from it.
        let whole = |content: &&Content| {
            content.kind == BodyKind::Json && Sequence::of(&content.media_type).is_none()
        };
        let Some(content) = content.filter(whole) else { return };
        let Some(schema) = &content.schema else { return };
        let (told, by_key, whole) =
            (&mut self.told, &mut self.by_key, &mut self.whole_by_component);
        let mut seen = HashSet::new();
        let echoes = &self.echoes[number];
        fields.each(schema, &kinds, &mut |field| {
            if field.write_only {
                return;
            }
            let Some(scalar) = field.scalar else {
                let shallow = field.depth <= 1;
                let known = field.component.filter(|(at, _)| shallow && components.contains(at));
                let main = field.kinds.iter().any(|kind| echoes.contains(&format!("{kind}id")));
                if let Some((at, _)) = known.filter(|_| !main) {
                    whole.entry(at).or_default().push((number, field.pointer, field.listed));
                }
                return;
            };
            let (words, attribute) = names.entry(field.name).or_insert_with(|| {
                let words = words::words(field.name);
                let key = words::key(&words);
                (words, key)
            });
            let component = identity(&field);
            if !wanted.contains(attribute) && component.is_none()
                || !seen.insert(field.pointer.clone())
            {
                return;
            }
            let of_main = main
                .as_ref()
                .is_some_and(|main| field.kinds.iter().any(|kind| kind.ends_with(&**main)));
            let own = field.depth <= 1 || field.depth == 2 && of_main;
            let mut keys: Vec<(String, bool)> =
                field.kinds.iter().map(|kind| (format!("{kind}{attribute}"), own)).collect();
            if *attribute != "id" {
                let prefixed = field.kinds.iter().any(|kind| attribute.starts_with(&**kind));
                keys.push((attribute.clone(), own && prefixed));
            }
            keys.extend(component.map(|component| (component, false)));
            for (at, (key, own)) in keys.iter().enumerate() {
                if !keys[..at].iter().any(|(before, _)| before == key) {
                    by_key.entry(key.clone()).or_default().push((told.len(), *own));
                }
            }
            told.push(Told {
                operation: number,
                pointer: field.pointer,
                name: field.name,
                words: words.clone(),
                kinds: field.kinds.to_vec(),
                scalar,
                listed: field.listed,
                depth: field.depth,
            });
        });
    }
}

/// The segment of a route that a field of a message stands at.
fn bound(operation: &Operation, route: &Route<'_>, field: &Pointer) -> Option<usize> {
    let bound = &operation.rpc.as_ref()?.bound;
    let (name, _) = bound.iter().find(|(_, pointer)| pointer == field)?;
    route.parameters().find(|(_, own)| own == name).map(|(at, _)| at)
}

/// The answers of an operation that did what it was asked.
pub(super) fn made(operation: &Operation) -> impl Iterator<Item = &Response> {
    let good = |status: &StatusPattern| match status {
        StatusPattern::Code(code) => (200..300).contains(code),
        StatusPattern::Range(class) => *class == 2,
        StatusPattern::Default => false,
    };
    operation.responses.by_status.iter().filter(move |(status, _)| good(status)).map(|(_, r)| r)
}

/// The media type a body is usually in.
fn preferred(contents: &[Content]) -> Option<&Content> {
    [BodyKind::Json, BodyKind::Proto, BodyKind::Form, BodyKind::Multipart]
        .into_iter()
        .find_map(|kind| contents.iter().find(|content| content.kind == kind))
}

/// The type of a parameter, what its component is called, whether it is a list.
fn single<'s>(
    schema: Option<&'s Schema>,
    fields: &mut Fields<'s>,
) -> Option<(Scalar<'s>, Option<String>, bool)> {
    let Some(schema) = schema else { return Some((Scalar::TEXT, None, false)) };
    fields.scalar(schema).map(|field| {
        let component = identity(&field);
        (field.scalar.unwrap_or(Scalar::TEXT), component, field.listed)
    })
}

/// What the component of a scalar is called, where that names the identity of a kind: `UserId`.
fn identity(field: &Field<'_>) -> Option<String> {
    let (_, name) = field.component.as_ref()?;
    let words = words::words(name);
    let unspecific = words.first().is_none_or(|word| {
        matches!(
            &**word,
            "resource" | "string" | "object" | "entity" | "resourc" | "entyty" | "int" | "integer"
        )
    });
    (words.len() > 1 && words::ends_in_id(&words) && !unspecific).then(|| words::key(&words))
}
