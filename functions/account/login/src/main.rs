//! The Lambda of `account-login`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(account_login::room()).await
}
