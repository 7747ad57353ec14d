//! The Lambda of `partner-reimbursements`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(partner_reimbursements::room()).await
}
