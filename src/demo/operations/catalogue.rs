//! Products, and what is made of them.

use std::io::Write;
use std::sync::atomic::Ordering;

use axum::http::header::{CONTENT_ENCODING, ETAG, HeaderName, LOCATION, RETRY_AFTER, VARY};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::super::exact::whole;
use super::super::reply::Reply;
use super::super::service::{Call, Outcome, Service};
use super::super::shelves::Product;
use super::missing;

/// Every so many searches one is told to come back later.
const PATIENCE: u64 = 1009;

/// So many calls are told that recommendations are still being worked out.
const WARMING_UP: u64 = 3;

pub(super) fn list(service: &Service, call: &Call) -> Outcome {
    let parameters = &call.parameters;
    let window = &service.faults.overflow;
    let offset = parameters.int(window.field).unwrap_or(0);
    let size = parameters.int("size").unwrap_or(window.size);
    let end = window.end(offset, size)?;
    let tags = parameters.texts("tags");
    let least = parameters.member("price", "min").unwrap_or(0.0);
    let most = parameters.member("price", "max").unwrap_or(f64::INFINITY);
    let shelves = service.shelves();
    let mut found: Vec<(i64, &Product)> = shelves
        .products
        .iter()
        .filter(|(_, product)| product.in_stock || !parameters.flag("in_stock"))
        .filter(|(_, product)| (least..=most).contains(&product.price))
        .filter(|(_, product)| {
            tags.is_empty() || product.tags.iter().any(|tag| tags.contains(&&**tag))
        })
        .collect();
    match parameters.texts("sort").first() {
        Some(&"name") => found.sort_by(|a, b| a.1.name.cmp(&b.1.name)),
        Some(&"price") => found.sort_by(|a, b| a.1.price.total_cmp(&b.1.price)),
        _ => {}
    }
    let total = found.len();
    let from = usize::try_from(offset).unwrap_or(total).min(total);
    let to = usize::try_from(end).unwrap_or(total).min(total);
    let items: Vec<Value> =
        found[from..to].iter().map(|(id, product)| product.to_json(*id)).collect();
    let next = (to < total).then_some(to);
    let answer = json!({ "items": items, "total": total, "next": next });
    let count = HeaderName::from_static("x-total-count");
    Ok(coded(&answer, call.gzip).header(count, &total.to_string()).header(VARY, "accept-encoding"))
}

/// An answer in JSON, compressed where the caller takes that.
fn coded(answer: &Value, gzip: bool) -> Reply {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(answer.to_string().as_bytes());
    match written.and_then(|()| encoder.finish()) {
        Ok(octets) if gzip => {
            Reply::with_body(200, "application/json", octets).header(CONTENT_ENCODING, "gzip")
        }
        _ => Reply::json(200, answer),
    }
}

pub(super) fn create(service: &Service, call: &Call) -> Outcome {
    let tags = call.body["tags"].as_array().into_iter().flatten();
    let product = Product {
        name: call.body["name"].as_str().unwrap_or_default().trim().to_owned(),
        price: call.body["price"].as_f64().unwrap_or_default(),
        tags: tags.filter_map(Value::as_str).map(str::to_owned).collect(),
        in_stock: true,
    };
    let mut answer = product.to_json(0);
    let id = service.shelves().products.add(product);
    answer["id"] = json!(id);
    Ok(Reply::json(201, &answer).header(LOCATION, &format!("/products/{id}")))
}

pub(super) fn get(service: &Service, call: &Call) -> Outcome {
    let id = call.parameters.int("id").unwrap_or_default();
    let header = &service.faults.header;
    let short = call.parameters.flag(header.cookie);
    let shelves = service.shelves();
    let product = shelves.products.get(id).ok_or_else(|| missing("no such product"))?;
    let tag = header.tag(id, short);
    if tag.is_some() && tag.as_deref() == call.parameters.text("If-None-Match") {
        return Ok(Reply::empty(304).header(ETAG, &tag.unwrap_or_default()));
    }
    let mut answer = product.to_json(id);
    if let (Value::Object(members), true) = (&mut answer, short) {
        members.remove("in_stock");
    }
    let reply = Reply::json(200, &answer);
    Ok(match tag {
        Some(tag) => reply.header(ETAG, &tag),
        None => reply,
    })
}

pub(super) fn reviews(service: &Service, call: &Call) -> Outcome {
    let id = call.parameters.int("id").unwrap_or_default();
    if service.shelves().products.get(id).is_none() {
        return Err(missing("no such product"));
    }
    let page = &service.faults.status;
    let most = page.page(call.parameters.int(page.field).unwrap_or(page.default))?;
    let texts = ["As described.", "Would buy again.", "Came late."];
    let review = |(index, text)| json!({ "stars": 5 - (index + id) % 3, "text": text });
    let all: Vec<Value> = (0..).zip(texts).map(review).take(most).collect();
    Ok(Reply::json(200, &json!(all)))
}

pub(super) fn search(service: &Service, call: &Call) -> Outcome {
    if (service.searches.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(PATIENCE) {
        return Err(Reply::problem(429, "too many searches").header(RETRY_AFTER, "1"));
    }
    let fold = &service.faults.case_fold;
    let wanted = fold.fold(call.parameters.text(fold.field).unwrap_or_default())?;
    let shelves = service.shelves();
    let mut found = Vec::new();
    for (id, product) in shelves.products.iter().take(12) {
        if fold.fold(&product.name)?.contains(&wanted) {
            found.push(product.to_json(id));
        }
    }
    Ok(Reply::json(200, &json!(found)))
}

pub(super) fn recommendations(service: &Service, call: &Call) -> Outcome {
    if service.recommendations.fetch_add(1, Ordering::Relaxed) < WARMING_UP {
        return Err(Reply::problem(503, "still being worked out").header(RETRY_AFTER, "1"));
    }
    let but = call.parameters.int("product");
    let shelves = service.shelves();
    let best = shelves.products.iter().filter(|(id, _)| Some(*id) != but).take(3);
    Ok(Reply::json(200, &best.map(|(id, product)| product.to_json(id)).collect()))
}

pub(super) fn bundle(service: &Service, call: &Call) -> Outcome {
    let array = &service.faults.array;
    let articles = call.body[array.field].as_array().into_iter().flatten();
    let articles: Vec<i64> = articles.filter_map(whole).collect();
    let distinct = array.distinct(&articles)?;
    super::created(service, json!({ "distinct": distinct }))
}

pub(super) fn category(service: &Service, call: &Call) -> Outcome {
    let depth = service.faults.depth.measure(&call.body)?;
    super::created(service, json!({ "depth": depth }))
}
