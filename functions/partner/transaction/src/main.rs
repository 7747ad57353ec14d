//! The Lambda of `partner-transaction`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(partner_transaction::room()).await
}
