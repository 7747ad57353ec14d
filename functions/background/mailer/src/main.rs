//! The Lambda of `background-mailer`.

#![recursion_limit = "256"]

use epass_cloud::Cloud;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve_events(|app| {
        let mailer = background_mailer::mailer(app, &Cloud::from_env()?, |variable| std::env::var(variable).ok())?;
        Ok(move |event| {
            let mailer = mailer.clone();
            async move { mailer.handle(event).await }
        })
    })
    .await
}
