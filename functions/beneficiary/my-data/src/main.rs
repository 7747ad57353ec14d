//! The Lambda of `beneficiary-my-data`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(beneficiary_my_data::room()).await
}
