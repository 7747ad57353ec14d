//! The Lambda of `public-hotline`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(public_hotline::room()).await
}
