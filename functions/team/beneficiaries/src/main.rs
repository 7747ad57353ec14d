//! The Lambda of `team-beneficiaries`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(team_beneficiaries::room()).await
}
