//! The Lambda of `team-conventions`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(team_conventions::room()).await
}
