//! A gallery of every mail and document of the product, with sample data, at `/_local/gallery`.

use std::io;

use askama::Template;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use epass_documents::samples::{SAMPLES, Sample as Document};
use epass_mail::Rendered;
use epass_mail::samples::{Sample, campaign, groups, reader, samples};

use crate::mails::{broken, framed, guard, page};

/// The pages: `/_local/gallery`, the HTML of a mail at `mails/{name}` and a PDF at `documents/{name}`.
pub fn router() -> Router {
    Router::new()
        .route("/_local/gallery", get(list))
        .layer(middleware::map_response(guard))
        .route("/_local/gallery/mails/{name}", get(mail))
        .route("/_local/gallery/documents/{name}", get(document))
}

#[derive(Template)]
#[template(path = "gallery.html")]
struct Gallery {
    groups: Vec<Group>,
    documents: &'static [Document],
}

struct Group {
    title: &'static str,
    mails: Vec<Shown>,
}

struct Shown {
    name: &'static str,
    rendered: Rendered,
}

impl Shown {
    fn of(sample: &Sample) -> Result<Self, askama::Error> {
        Ok(Self { name: sample.name, rendered: sample.letter.render(Some(&reader()), campaign())? })
    }
}

async fn list() -> Response {
    let shown = |group: epass_mail::samples::Group| {
        let mails = group.samples.iter().map(Shown::of).collect::<Result<_, _>>()?;
        Ok::<_, askama::Error>(Group { title: group.title, mails })
    };
    match groups().into_iter().map(shown).collect() {
        Ok(groups) => page(&Gallery { groups, documents: &SAMPLES }),
        Err(error) => broken(&io::Error::other(error)),
    }
}

async fn mail(Path(name): Path<String>) -> Response {
    let Some(sample) = samples().into_iter().find(|sample| sample.name == name) else {
        return unknown();
    };
    match Shown::of(&sample) {
        Ok(shown) => framed(&shown.rendered.html),
        Err(error) => broken(&io::Error::other(error)),
    }
}

async fn document(Path(name): Path<String>) -> Response {
    let Some(sample) = SAMPLES.iter().find(|sample| sample.name == name) else {
        return unknown();
    };
    let printed = tokio::task::spawn_blocking(sample.pdf).await.map_err(io::Error::other);
    match printed.and_then(|pdf| pdf.map_err(io::Error::other)) {
        Ok(pdf) => ([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response(),
        Err(error) => broken(&error),
    }
}

fn unknown() -> Response {
    (StatusCode::NOT_FOUND, "La galerie n’a rien de ce nom.").into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn seen(path: &str) -> (StatusCode, Vec<u8>) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router().oneshot(request).await.unwrap();
        (response.status(), response.into_body().collect().await.unwrap().to_bytes().to_vec())
    }

    #[tokio::test]
    async fn every_mail_and_document_is_shown_and_leads_to_a_page() {
        let (status, list) = seen("/_local/gallery").await;
        let list = String::from_utf8(list).unwrap();
        assert_eq!(status, StatusCode::OK);
        for sample in samples() {
            let path = format!("/_local/gallery/mails/{}", sample.name);
            assert!(list.contains(&format!("src=\"{path}\"")), "{path}");
            let (status, html) = seen(&path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(String::from_utf8(html).unwrap().contains("<html lang=\"fr\">"), "{path}");
        }
        for document in &SAMPLES {
            let path = format!("/_local/gallery/documents/{}", document.name);
            assert!(list.contains(&format!("href=\"{path}\"")), "{path}");
            assert!(seen(&path).await.1.starts_with(b"%PDF"), "{path}");
        }
    }

    #[tokio::test]
    async fn what_the_gallery_has_not_is_not_found() {
        for path in ["/_local/gallery/mails/none", "/_local/gallery/documents/none"] {
            assert_eq!(seen(path).await.0, StatusCode::NOT_FOUND);
        }
    }
}
