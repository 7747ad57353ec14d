//! The Lambda of `team-reimbursements`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(team_reimbursements::room()).await
}
