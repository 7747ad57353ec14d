//! Gives the held prices of a cancelled outing back to its participants, each once and with a mail. A retry resumes
//! where a crash stopped.

use epass_domain::{Phase, Sortie};
use epass_store::StoreError;
use epass_web::App;
use futures::future::try_join_all;

use crate::news::cancelled_for;

/// The number of participants read at a time.
const PAGE: usize = 100;
/// The number of participants released at once: each is a transaction of three writes.
const AT_ONCE: usize = 10;

/// Releases about `most` participants of a cancelled outing. Returns whether all are released; until then,
/// [`epass_store::Sorties::due`] lists the outing.
///
/// # Errors
/// [`StoreError`]; the releases made before the error stay.
pub async fn release(app: &App, sortie: &Sortie, most: usize) -> Result<bool, StoreError> {
    if sortie.state.phase() != Phase::Cancelled {
        return Ok(false);
    }
    let mut released = 0;
    while released < most {
        let participants = app.store.sorties.to_release(&sortie.id, PAGE).await?;
        for some in participants.chunks(AT_ONCE) {
            try_join_all(some.iter().map(async |one| {
                app.store.sorties.release(sortie, one, cancelled_for(app, sortie, one).as_ref()).await
            }))
            .await?;
        }
        if participants.len() < PAGE {
            app.store.sorties.released(&sortie.id).await?;
            return Ok(true);
        }
        released += participants.len();
    }
    Ok(false)
}
