//! The Lambda of `partner-sortie`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(partner_sortie::room()).await
}
