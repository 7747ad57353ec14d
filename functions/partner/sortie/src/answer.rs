//! The partner's two answers, shared by the signed-in page and the link of a mail.

use epass_domain::{Did, Line, Paragraph, Partner, Party, Sortie};
use epass_mail::News;
use epass_sortie::{Told, step, told};
use epass_web::{App, Problem};

/// A partner and an outing, as read for one request, and the name under which the partner answers.
pub(crate) struct Answerer<'a> {
    pub(crate) partner: &'a Partner,
    pub(crate) who: &'a Line,
    pub(crate) sortie: &'a Sortie,
}

impl Answerer<'_> {
    /// Confirms the outing (*Je confirme la sortie*).
    pub(crate) async fn confirm(&self, app: &App, version: u32) -> Result<Sortie, Problem> {
        let confirmed = self.sortie.clone().confirm(self.partner, version, app.now())?;
        self.store(app, confirmed, Did::Confirmed, News::Confirmed).await
    }

    /// Returns the outing for changes (*Je renvoie la sortie pour modification*).
    pub(crate) async fn send_back(&self, app: &App, comment: Paragraph, version: u32) -> Result<Sortie, Problem> {
        let returned = self.sortie.clone().send_back(comment.clone(), version, app.now())?;
        let did = Did::Returned { comment: comment.clone() };
        self.store(app, returned, did, News::Returned { comment }).await
    }

    async fn store(&self, app: &App, after: Sortie, did: Did, news: News) -> Result<Sortie, Problem> {
        let step = step(Party::Partner, self.who, did, app.now());
        let mail = told(app, &after, Told::Establishment, news);
        app.store.sorties.change(self.sortie, &after, &step, &[mail]).await??;
        Ok(after)
    }
}
