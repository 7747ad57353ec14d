//! The link of a mail, which opens one version of one outing without signing in. A GET is safe to repeat, because
//! mail scanners open links. The buttons post, and work once.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{Action, Invitation, Line, Partner, Party, Sortie, SortieRefusal};
use epass_sortie::Shown;
use epass_store::{Partners, Sorties};
use epass_web::{App, Done, Filled, Input, Page, Problem, ProblemBody, Reply, Resumed, Told, filters};
use serde::Serialize;
use utoipa::ToSchema;

use crate::HERE;
use crate::answer::Answerer;
use crate::form::{ConfirmationForm, ReturnForm};

const DOOR: &str = "/sortie-a-confirmer";

/// The page that the link of a mail opens.
#[derive(Template, Deref)]
#[template(path = "mail.html")]
struct InvitationPage {
    page: Page,
    form: Filled,
    answers: bool,
    here: String,
    #[deref]
    body: InvitedSortie,
}

/// An outing that is opened by the link of a mail.
#[derive(Serialize, ToSchema)]
struct InvitedSortie {
    /// The sheet of the outing, and its state.
    #[serde(rename = "sortie")]
    shown: Shown,
    /// The reason why it cannot be confirmed now, whatever its state; none with a convention in force.
    suspended: Option<String>,
}

/// The page of a link that is no longer valid.
#[derive(Template)]
#[template(path = "closed.html")]
struct ClosedPage {
    page: Page,
    message: String,
    sign_in: String,
}

/// Shows the outing of a mail. It changes nothing.
#[utoipa::path(get, path = "/sortie-a-confirmer/{token}", params(("token" = String, Path, description = "From the mail")), responses(
    (status = 200, description = "The outing", body = InvitedSortie),
    (status = 404, description = "No such link", body = ProblemBody),
    (status = 409, description = "The sheet was sent again since (`sortie_changed`), or the link is too old (`invitation_expired`)", body = ProblemBody),
))]
pub(crate) async fn open(
    State(app): State<App>,
    Path(token): Path<String>,
    resumed: Resumed,
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let guest = Guest::enter(&app, token).await?;
    let mut invitation = guest.view(resumed.form(Filled::default()));
    invitation.page = invitation.page.with_notice(match input.form.fait.as_str() {
        "confirmee" => Some("Merci ! La sortie est confirmée : l’établissement en est averti par mail."),
        "renvoyee" => Some("La sortie est renvoyée à l’établissement avec votre commentaire."),
        _ => None,
    });
    Ok(Reply::ok(invitation))
}

/// Confirms the outing through the link of a mail (*Je confirme la sortie*).
#[utoipa::path(post, path = "/sortie-a-confirmer/{token}/confirmation", request_body = ConfirmationForm,
    params(("token" = String, Path, description = "From the mail")), responses(
    (status = 200, description = "Confirmed; the establishment gets a mail", body = Shown),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No such link", body = ProblemBody),
    (status = 409, description = "Answered already (`sortie_state`), or the link opens nothing any more (`sortie_changed`, `invitation_expired`)", body = ProblemBody),
    (status = 422, description = "No convention in force (`no_convention`)", body = ProblemBody),
))]
pub(crate) async fn confirm_invited(
    State(app): State<App>,
    Path(token): Path<String>,
    input: Input<ConfirmationForm>,
) -> Result<Reply, Problem> {
    let guest = Guest::enter(&app, token).await?;
    let version = input.form.version.unwrap_or(guest.invitation.version);
    let confirmed = input.carry("sortie", guest.answerer().confirm(&app, version)).await?;
    Ok(guest.done(&confirmed, "confirmee"))
}

/// Returns the outing for changes through the link of a mail (*Je renvoie la sortie pour modification*).
#[utoipa::path(post, path = "/sortie-a-confirmer/{token}/renvoi", request_body = ReturnForm,
    params(("token" = String, Path, description = "From the mail")), responses(
    (status = 200, description = "Sent back; the establishment gets a mail", body = Shown),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No such link", body = ProblemBody),
    (status = 409, description = "Answered already (`sortie_state`), or the link opens nothing any more (`sortie_changed`, `invitation_expired`)", body = ProblemBody),
    (status = 422, description = "No comment", body = ProblemBody),
))]
pub(crate) async fn send_back_invited(
    State(app): State<App>,
    Path(token): Path<String>,
    input: Input<ReturnForm>,
) -> Result<Reply, Problem> {
    let guest = Guest::enter(&app, token).await?;
    let returned = async {
        let comment = input.form.parse_comment()?;
        guest.answerer().send_back(&app, comment, guest.invitation.version).await
    };
    Ok(guest.done(&input.carry("sortie", returned).await?, "renvoyee"))
}

/// The holder of a link, who answers for the partner about one version of one outing.
struct Guest {
    token: String,
    invitation: Invitation,
    partner: Partner,
    who: Line,
    sortie: Sortie,
}

impl Guest {
    /// Reads the outing that a link opens and the partner that it invites, in one round trip.
    async fn enter(app: &App, token: String) -> Result<Self, Problem> {
        let invitation = app.signer.read_invitation(&token).ok_or_else(unread)?;
        let [head, sheet] = Sorties::keys(&invitation.sortie);
        let found = app.store.read(&[head, sheet, Partners::key(&invitation.partner)]).await?;
        let sortie = Sorties::in_found(&found, &invitation.sortie)?.ok_or(Problem::not_found())?;
        let partner = Partners::in_found(&found, &invitation.partner)?.ok_or(Problem::not_found())?;
        invitation.opens(&sortie, app.now()).map_err(|refusal| closed(&sortie, refusal))?;
        let who = format!("{} (lien du mail)", partner.known_as());
        let who = Line::parse(&who, Line::MAX).unwrap_or_else(|_| partner.known_as().clone());
        Ok(Self { token, invitation, partner, who, sortie })
    }

    fn answerer(&self) -> Answerer<'_> {
        Answerer { partner: &self.partner, who: &self.who, sortie: &self.sortie }
    }

    fn here(&self) -> String {
        format!("{DOOR}/{}", self.token)
    }

    fn view(&self, form: Filled) -> InvitationPage {
        let suspended = self.partner.in_force().err().map(|refusal| refusal.to_string());
        InvitationPage {
            page: Page::public(self.sortie.sheet.title.as_str()),
            form,
            answers: self.sortie.state.phase().allows(Party::Partner, Action::Confirm),
            here: self.here(),
            body: InvitedSortie { shown: Shown::of(&self.sortie, Party::Partner), suspended },
        }
    }

    fn done(&self, sortie: &Sortie, done: &str) -> Reply {
        Reply::ok(Told(Shown::of(sortie, Party::Partner))).see(format!("{}?fait={done}", self.here()))
    }
}

/// The error for a link that we did not send, such as a long one that a mail program broke.
fn unread() -> Problem {
    const MESSAGE: &str = "Ce lien est incomplet ou n’existe pas : copiez-le en entier depuis le mail.";
    let (page, sign_in) = (Page::public("Lien introuvable"), format!("/connexion?role=partner&suite={HERE}"));
    Problem::no_match(MESSAGE).standing_on(ClosedPage { page, message: MESSAGE.into(), sign_in })
}

/// The error for a link that is no longer valid: the page gives the reason and the next step.
fn closed(sortie: &Sortie, refusal: SortieRefusal) -> Problem {
    let message = match refusal {
        SortieRefusal::Changed => {
            "L’établissement a renvoyé une fiche corrigée depuis ce mail : ouvrez le lien du mail le plus récent."
                .into()
        }
        ref other => other.to_string(),
    };
    let page = Page::public("Ce lien n’est plus à jour");
    let sign_in = format!("/connexion?role=partner&suite={HERE}/{}", sortie.id.as_str());
    Problem::from(refusal).standing_on(ClosedPage { page, message, sign_in })
}
