//! The partner's two answers, whichever door they come by.

use epass_domain::{Did, Line, Paragraph, Partner, Party, Refusal, Sortie, Step};
use epass_mail::News;
use epass_sortie::{Told, step, told};
use epass_web::{App, Problem};

/// A partner before an outing, as both were read, and the name under which it answers.
pub(crate) struct Answerer<'a> {
    pub(crate) partner: &'a Partner,
    pub(crate) who: &'a Line,
    pub(crate) sortie: &'a Sortie,
}

impl Answerer<'_> {
    /// *Je confirme la sortie*.
    pub(crate) async fn confirm(&self, app: &App, version: u32) -> Result<Result<Sortie, Refusal>, Problem> {
        let confirmed = match self.sortie.clone().confirm(self.partner, version, app.now()) {
            Ok(confirmed) => confirmed,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.store(app, confirmed, Did::Confirmed, News::Confirmed).await
    }

    /// *Je renvoie la sortie pour modification*.
    pub(crate) async fn send_back(
        &self,
        app: &App,
        comment: Paragraph,
        version: u32,
    ) -> Result<Result<Sortie, Refusal>, Problem> {
        let returned = match self.sortie.clone().send_back(comment.clone(), version, app.now()) {
            Ok(returned) => returned,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let did = Did::Returned { comment: comment.clone() };
        self.store(app, returned, did, News::Returned { comment }).await
    }

    async fn store(&self, app: &App, after: Sortie, did: Did, news: News) -> Result<Result<Sortie, Refusal>, Problem> {
        let step: Step = step(Party::Partner, self.who, did, app.now());
        let mail = told(app, &after, Told::Establishment, news);
        let stored = app.store.sorties.change(self.sortie, &after, &step, &[mail]).await?;
        Ok(stored.map(|()| after))
    }
}
