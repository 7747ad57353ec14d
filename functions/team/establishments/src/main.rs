//! The Lambda of `team-establishments`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve(team_establishments::room()).await
}
