//! The Lambda of `beneficiary-sortie`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(beneficiary_sortie::room()).await
}
