//! The Lambda of `public-site`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(public_site::room()).await
}
