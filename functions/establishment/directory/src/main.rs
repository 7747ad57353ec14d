//! The Lambda of `establishment-directory`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(establishment_directory::room()).await
}
