//! The Lambda of `partner-registration`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(partner_registration::room()).await
}
