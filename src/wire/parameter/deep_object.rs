//! `deepObject`: `x[a]=1&x[b]=2`, the brackets percent-encoded; queries. It has a form for objects of
//! scalars only: scalars go as in `form`, arrays as in exploded `form`.

use super::Loss;
use super::form;
use super::pen::Pen;
use crate::value::Value;

pub(super) fn write(pen: &mut Pen, name: &str, value: &Value) {
    let Value::Object(object) = value else {
        if matches!(value, Value::Array(_)) {
            pen.lose(Loss::Style);
        }
        return form::write(pen, name, value, true);
    };
    if object.is_empty() {
        pen.lose(Loss::Empty);
    }
    for (index, (key, value)) in object.iter().enumerate() {
        if index > 0 {
            pen.mark("&");
        }
        if key.as_bytes().iter().any(|octet| matches!(octet, b'[' | b']')) {
            pen.lose(Loss::Delimiter);
        }
        pen.name(name.as_bytes());
        pen.mark("%5B");
        pen.name(key.as_bytes());
        pen.mark("%5D=");
        pen.scalar(value, &[]);
    }
}
