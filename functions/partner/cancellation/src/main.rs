//! The Lambda of `partner-cancellation`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(partner_cancellation::room()).await
}
