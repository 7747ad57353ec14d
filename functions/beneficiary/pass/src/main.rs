//! The Lambda of `beneficiary-pass`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(beneficiary_pass::room()).await
}
