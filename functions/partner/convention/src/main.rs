//! The Lambda of `partner-convention`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(partner_convention::room()).await
}
