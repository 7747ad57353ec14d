//! The Lambda of `partner-till`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(partner_till::room()).await
}
