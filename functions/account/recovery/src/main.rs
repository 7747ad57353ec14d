//! The Lambda of `account-recovery`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(account_recovery::room()).await
}
