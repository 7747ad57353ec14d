//! The Lambda of `team-bons-plans`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(team_bons_plans::room()).await
}
