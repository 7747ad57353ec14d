//! The Lambda of `beneficiary-voucher`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(beneficiary_voucher::room()).await
}
