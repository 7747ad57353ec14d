//! The Lambda of `background-housekeeping`.

#![recursion_limit = "256"]

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve_events(|app| {
        let housekeeping = background_housekeeping::Housekeeping::of(app);
        Ok(move |chore| {
            let housekeeping = housekeeping.clone();
            async move { housekeeping.handle(chore).await }
        })
    })
    .await
}
