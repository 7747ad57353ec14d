//! The Lambda of `background-reimbursement`.

#![recursion_limit = "256"]

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), epass_web::StartError> {
    epass_web::serve_events(|app| {
        let reimbursement = background_reimbursement::reimbursement(app, |variable| std::env::var(variable).ok())?;
        Ok(move |run| {
            let reimbursement = reimbursement.clone();
            async move { reimbursement.handle(run).await }
        })
    })
    .await
}
