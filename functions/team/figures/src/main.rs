//! The Lambda of `team-figures`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(team_figures::room()).await
}
