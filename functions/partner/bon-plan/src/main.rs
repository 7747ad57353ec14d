//! The Lambda of `partner-bon-plan`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(partner_bon_plan::room()).await
}
