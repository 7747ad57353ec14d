//! The Lambda of `partner-statistics`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(partner_statistics::room()).await
}
