//! *Mes sorties*: an establishment proposes an outing to a partner, corrects it, shares it with its pupils, follows
//! the registrations, validates the list, prints the sheet of the day, or cancels (guide §9; `product.md`, *Sortie*).

mod decide;
mod form;
mod function;
mod list;
mod print;
mod share;
mod show;
mod write;

use epass_domain::{Did, Party, Role, Sortie, SortieId, Step};
use epass_store::{Found, Key, Sorties};
use epass_web::{Access, App, Input, Pass, Problem, Room, School, named_as, routes};

pub use form::{CancellationForm, ShowForm, SortieForm};
pub use function::FUNCTION;

const HERE: &str = "/etablissement/sorties";
const NEW: &str = "/etablissement/sorties/nouvelle";

/// The routes of this room.
pub fn room() -> Room {
    let establishment = Access::Only(Role::Establishment);
    Room::new(&FUNCTION)
        .open(establishment, routes!(list::list, write::create))
        .open(establishment, routes!(write::blank))
        .open(establishment, routes!(show::show))
        .open(establishment, routes!(write::edit, write::send_again))
        .open(establishment, routes!(share::share))
        .open(establishment, routes!(print::print))
        .open(establishment, routes!(decide::ask_to_validate, decide::validate))
        .open(establishment, routes!(decide::cancel))
        .open(establishment, routes!(decide::take_off))
}

/// The path of an outing's page.
fn path(id: &SortieId) -> String {
    format!("{HERE}/{}", id.as_str())
}

/// The link with which pupils join.
fn link(app: &App, sortie: &Sortie) -> String {
    format!("{}/sorties/{}", app.settings.site_url, sortie.id.as_str())
}

/// Reads the establishment and its outing of this code, with `also` in the same round trip.
async fn own(
    app: &App,
    pass: &Pass,
    id: &str,
    also: impl FnOnce(&SortieId) -> Vec<Key>,
) -> Result<(School, Sortie, Found), Problem> {
    let id = named_as(id, SortieId::parse, |id| id.as_str().to_owned())?;
    let mut keys = also(&id);
    keys.extend(Sorties::keys(&id));
    let (school, found) = app.enter_school(pass, &keys).await?;
    let sortie = Sorties::in_found(&found, &id)?.filter(|sortie| sortie.establishment == school.establishment.id);
    Ok((school, sortie.ok_or(Problem::not_found())?, found))
}

/// [`own`], without further reads.
async fn own_alone(app: &App, pass: &Pass, id: &str) -> Result<(School, Sortie), Problem> {
    let (school, sortie, _) = own(app, pass, id, |_| Vec::new()).await?;
    Ok((school, sortie))
}

/// Runs the decision of a button or a link. A refusal is shown at the top of the outing's page.
async fn on_its_page<A>(id: &SortieId, decision: impl Future<Output = Result<A, Problem>>) -> Result<A, Problem> {
    Input::button().carry("sortie", decision).await.map_err(|problem| problem.of_page(path(id)))
}

/// A new timeline entry by the establishment.
fn step(app: &App, school: &School, did: Did) -> Step {
    epass_sortie::step(Party::Establishment, &school.establishment.name, did, app.now())
}
