//! The Lambda of `beneficiary-registration`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(beneficiary_registration::room()).await
}
