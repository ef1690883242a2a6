//! Path templates, as routers read them.

/// The segments of a path or a template, slashes at its ends aside.
pub fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_matches('/').split('/')
}

/// Whether a segment of a template holds a parameter.
pub fn is_parameter(segment: &str) -> bool {
    segment.contains('{')
}
