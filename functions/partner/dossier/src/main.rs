//! The Lambda of `partner-dossier`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(partner_dossier::room()).await
}
