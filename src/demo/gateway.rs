//! The gateway in front of the shop: what is said of paths that the shop does not have.

use axum::http::Uri;
use axum::http::header::{HeaderName, LOCATION, SERVER, VIA};

use super::reply::Reply;

/// Its answer: a redirect where only a slash is too much, else an error page of its own.
pub(crate) fn answer(paths: &[String], uri: &Uri) -> Reply {
    if let Some(path) = uri.path().strip_suffix('/')
        && paths.iter().any(|template| fits(template, path))
    {
        let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        return Reply::empty(308).header(LOCATION, &format!("{path}{query}"));
    }
    let upstream = uri.path().starts_with("/internal/");
    if upstream { page(502, "Bad Gateway") } else { page(404, "Not Found") }
}

fn page(status: u16, reason: &str) -> Reply {
    let text = format!(
        "<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n\
         <center><h1>{status} {reason}</h1></center>\r\n<hr><center>gate/1.27</center>\r\n\
         </body>\r\n</html>\r\n"
    );
    let marks: [(HeaderName, &str); 2] = [(SERVER, "gate/1.27"), (VIA, "1.1 gate")];
    marks.into_iter().fold(Reply::with_body(status, "text/html", text), |reply, (name, value)| {
        reply.header(name, value)
    })
}

fn fits(template: &str, path: &str) -> bool {
    template.split('/').count() == path.split('/').count()
        && template.split('/').zip(path.split('/')).all(|(wanted, segment)| {
            wanted == segment || (wanted.starts_with('{') && !segment.is_empty())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_fit_paths_of_their_shape() {
        assert!(fits("/a/{id}", "/a/7"));
        assert!(!fits("/a/{id}", "/a/"));
        assert!(!fits("/a/{id}", "/b/7"));
        assert!(!fits("/a", "/a/7"));
    }
}
