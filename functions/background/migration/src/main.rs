//! The Lambda of `background-migration`.

#![recursion_limit = "256"]

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve_events(|app| {
        let migrator = background_migration::Migrator::of(app);
        Ok(move |go_on| {
            let migrator = migrator.clone();
            async move { migrator.handle(go_on).await }
        })
    })
    .await
}
