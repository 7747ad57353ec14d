//! The Lambda of `account-password-change`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(account_password_change::room()).await
}
