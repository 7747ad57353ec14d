//! The Lambda of `establishment-sortie`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(establishment_sortie::room()).await
}
