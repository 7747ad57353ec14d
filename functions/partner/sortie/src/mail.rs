//! The door of a mail: the link opens one version of one outing without signing in. Opening it changes nothing, however often:
//! mail scanners open links. Its buttons post, and work once.

use askama::Template;
use axum::extract::{Path, State};
use epass_domain::{Action, Invitation, Line, Partner, Party, Refusal, Sortie};
use epass_sortie::Shown;
use epass_store::{Partners, Sorties};
use epass_web::{App, Done, Filled, Input, Kind, Page, Problem, ProblemBody, Reply, Resumed, Told, filters};
use serde::Serialize;
use utoipa::ToSchema;

use crate::HERE;
use crate::answer::Answerer;
use crate::form::{ConfirmationForm, ReturnForm};

const DOOR: &str = "/sortie-a-confirmer";

/// An outing as the link of a mail opens it.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "mail.html")]
#[schema(as = InvitedSortie)]
struct Invited {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    /// The sheet, and where it stands.
    #[serde(rename = "sortie")]
    shown: Shown,
    #[serde(skip)]
    answers: bool,
    /// Why it cannot be confirmed now, whatever its state.
    suspended: Option<String>,
    #[serde(skip)]
    here: String,
}

/// A link that opens nothing any more.
#[derive(Template, Serialize)]
#[template(path = "closed.html")]
struct Closed {
    #[serde(skip)]
    page: Page,
    message: String,
    sign_in: String,
}

/// Shows the outing that a mail tells of. It changes nothing.
#[utoipa::path(get, path = "/sortie-a-confirmer/{token}", params(("token" = String, Path, description = "From the mail")), responses(
    (status = 200, description = "The outing", body = Invited),
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
    let mut page = guest.view(&guest.sortie, resumed.form(Filled::default()));
    page.page = page.page.with_notice(match input.form.fait.as_str() {
        "confirmee" => Some("Merci ! La sortie est confirmée : l’établissement en est averti par mail."),
        "renvoyee" => Some("La sortie est renvoyée à l’établissement avec votre commentaire."),
        _ => None,
    });
    Ok(Reply::ok(page))
}

/// *Je confirme la sortie*, from the mail.
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
    match guest.answerer().confirm(&app, version).await? {
        Ok(confirmed) => Ok(guest.done(&confirmed, "confirmee")),
        Err(refusal) => Err(guest.refused(&app, refusal, Filled::default()).await),
    }
}

/// *Je renvoie la sortie pour modification*, from the mail.
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
    let comment = input.form.parse_comment();
    let page = |form| guest.view(&guest.sortie, form);
    let comment = comment.map_err(|invalid| input.typed.clone().problem(&invalid, page))?;
    match guest.answerer().send_back(&app, comment, guest.invitation.version).await? {
        Ok(returned) => Ok(guest.done(&returned, "renvoyee")),
        Err(refusal) => Err(guest.refused(&app, refusal, input.typed).await),
    }
}

/// Whoever holds the link: the partner, as far as this version of this outing goes.
struct Guest {
    token: String,
    invitation: Invitation,
    partner: Partner,
    who: Line,
    sortie: Sortie,
}

impl Guest {
    /// The outing that a link opens, and the partner that it invites, in one round trip.
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

    fn view(&self, sortie: &Sortie, form: Filled) -> Invited {
        Invited {
            page: Page::public(sortie.sheet.title.as_str()),
            form,
            shown: Shown::of(sortie, Party::Partner),
            answers: sortie.state.phase().allows(Party::Partner, Action::Confirm),
            suspended: self.partner.in_force().err().map(|refusal| refusal.to_string()),
            here: self.here(),
        }
    }

    /// A rule's no, on the page as it stands now, with what was typed.
    async fn refused(&self, app: &App, refusal: Refusal, typed: Filled) -> Problem {
        match app.store.sorties.find(&self.sortie.id).await {
            Ok(Some(now)) if now.version == self.invitation.version => {
                Problem::refused(refusal, "sortie", typed, |form| self.view(&now, form))
            }
            _ => closed(&self.sortie, refusal),
        }
    }

    fn done(&self, sortie: &Sortie, done: &str) -> Reply {
        Reply::ok(Told(Shown::of(sortie, Party::Partner))).see(format!("{}?fait={done}", self.here()))
    }
}

/// The page of a link that nobody sent so; mail programs break long ones.
fn unread() -> Problem {
    const MESSAGE: &str = "Ce lien est incomplet ou n’existe pas : copiez-le en entier depuis le mail.";
    let (page, sign_in) = (Page::public("Lien introuvable"), format!("/connexion?role=partner&suite={HERE}"));
    Problem::no_match(MESSAGE).standing_on(Closed { page, message: MESSAGE.into(), sign_in })
}

/// The page of a link that opens nothing any more: it says why, and how to go on.
fn closed(sortie: &Sortie, refusal: Refusal) -> Problem {
    let message = match refusal {
        Refusal::SortieChanged => {
            "L’établissement a renvoyé une fiche corrigée depuis ce mail : ouvrez le lien du mail le plus récent."
                .into()
        }
        ref other => other.to_string(),
    };
    let page = Page::public("Ce lien n’est plus à jour");
    let sign_in = format!("/connexion?role=partner&suite={HERE}/{}", sortie.id.as_str());
    Problem::new(Kind::Refused(refusal)).standing_on(Closed { page, message, sign_in })
}
