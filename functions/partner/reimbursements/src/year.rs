//! The yearly archive: the PDFs of all statements of a year, and their transactions.

use std::io::{self, Cursor, Write};

use axum::extract::{Path, State};
use axum::response::Response;
use epass_domain::{ParisDay, Statement, Week};
use epass_files::Document;
use epass_web::{App, Desk, Kind, Problem, ProblemBody, csv, named, see_other};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::{lines, pdf};

/// Redirects to an archive of all statements whose week ends in the year, with their transactions. The link is valid
/// for one minute. PDFs that do not exist yet are rendered on request; if the request times out, those already
/// rendered are stored, and a retry continues from there.
#[utoipa::path(get, path = "/remboursements/annee/{year}/releves.zip", params(
    ("year" = String, Path, description = "Such as 2026"),
), responses(
    (status = 200, description = "The file, where `Location` leads", body = Vec<u8>, content_type = "application/zip"),
    (status = 303, description = "To the file, at `Location`: a link that lives for a minute"),
    (status = 404, description = "No statement of that year", body = ProblemBody),
))]
pub(crate) async fn download(
    State(app): State<App>,
    desk: Desk,
    Path(year): Path<String>,
) -> Result<Response, Problem> {
    let number: i16 = named(&year, str::parse)?;
    let (first, last) = Week::of_year(number).ok_or(Problem::not_found())?;
    let statements = app.store.reimbursements.of_partner_between(&desk.partner.id, first, last).await?;
    let latest = statements.last().ok_or(Problem::not_found())?;
    // Statements never change, so the archive's key changes only when a statement is added.
    let key = format!("statement/{year}-until-{}-{}.zip", latest.number, statements.len());
    if !app.files.holds(&key).await? {
        let bytes = archive(&app, &year, &statements).await?;
        app.files.keep(&key, Document { media_type: "application/zip", bytes: &bytes }).await?;
    }
    Ok(see_other(&app.files.link(&key, &format!("releves-{year}.zip")).await?))
}

/// Builds the archive from the stored documents, with one document in memory at a time.
async fn archive(app: &App, year: &str, statements: &[Statement]) -> Result<Vec<u8>, Problem> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut rows = Vec::new();
    for statement in statements {
        let document = pdf::of(app, statement).await?;
        let name = format!("releve-{}.pdf", statement.number);
        // A PDF is already compressed.
        add(&mut archive, &name, CompressionMethod::Stored, statement.issued_on, &document.bytes).map_err(unmade)?;
        let lines = pdf::whole(app, statement).await?;
        rows.extend(lines.iter().map(|line| lines::row(&statement.number, line)));
    }
    let last_day = statements.last().map_or(ParisDay::of(app.now()), |latest| latest.issued_on);
    let sheet = csv::file(lines::HEADS, rows);
    let name = format!("transactions-{year}.csv");
    add(&mut archive, &name, CompressionMethod::Deflated, last_day, &sheet).map_err(unmade)?;
    archive.finish().map(Cursor::into_inner).map_err(|error| unmade(error.into()))
}

/// Adds a file with a fixed date, so that the same statements give the same bytes.
fn add(
    archive: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    method: CompressionMethod,
    day: ParisDay,
    bytes: &[u8],
) -> io::Result<()> {
    let options = SimpleFileOptions::default().compression_method(method).last_modified_time(midnight(day));
    archive.start_file(name, options.unix_permissions(0o644))?;
    archive.write_all(bytes)
}

/// The start of a day as a ZIP date, from 1980 on.
fn midnight(day: ParisDay) -> DateTime {
    let date = day.date();
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(date.year()).unwrap_or(1980);
    DateTime::from_date_and_time(year, part(date.month()), part(date.day()), 0, 0, 0).unwrap_or_default()
}

fn unmade(error: io::Error) -> Problem {
    tracing::error!(%error, "a year's file is not made");
    Problem::new(Kind::Internal)
}
