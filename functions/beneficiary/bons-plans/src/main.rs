//! The Lambda of `beneficiary-bons-plans`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(beneficiary_bons_plans::room()).await
}
