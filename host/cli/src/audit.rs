//! `orchestrator audit`: who did what, and when.
//!
//! Reads the data folder's journal beside a server that is at work there. On the terminal the newest entries are shown
//! with the newest last, as logs are; `--follow` goes on with what comes, looking twice a second: the journal of another
//! process has no way to call us.

use crate::{args::AuditArgs, clean::clean, error::CliError, output, settings::Settings, signals, units};
use orchestrator::{AuditFilter, AuditView, Desk};
use std::{process::ExitCode, time::Duration};

/// How often to look for new entries.
const INTERVAL: Duration = Duration::from_millis(500);
/// Most entries read at once.
const PAGE: usize = 500;

/// Prints entries.
pub(crate) async fn audit(args: AuditArgs) -> Result<ExitCode, CliError> {
    let AuditArgs { since, action, actor, run, limit, json, follow, flags } = args;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let settings = Settings::resolve(&flags)?;
    settings.stays_here("audit", false)?;
    let looking = settings.data_to_look_at()?;
    // What is to come will come into the folder itself.
    let desk = Desk::open(if follow { settings.data_dir()? } else { looking.at.clone() })?;
    let since = since.map(|since| since.time()).transpose().map_err(CliError::Since)?;
    let filter = AuditFilter { since, action, actor, run_id: run, ..AuditFilter::default() };
    let mut entries = newest(&desk, &filter, limit).await?;
    entries.reverse();
    print(&entries, json)?;
    if !follow {
        if entries.is_empty() && !json {
            output::line("There is no such entry")?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let stop = signals::stop()?;
    let mut after = match entries.last() {
        Some(last) => last.id.clone(),
        None => "0.0.0".to_owned(),
    };
    loop {
        let id =
            after.parse().map_err(|error: orchestrator::EntryIdError| CliError::Since(error.to_string()))?;
        let page = AuditFilter { after: Some(id), oldest_first: true, limit: PAGE, ..filter.clone() };
        let page = desk.audit(page).await?.items;
        print(&page, json)?;
        if let Some(last) = page.last() {
            after.clone_from(&last.id);
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}

/// The newest `limit` entries, page by page.
async fn newest(desk: &Desk, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditView>, CliError> {
    let (mut entries, mut before) = (Vec::new(), None);
    loop {
        let page = AuditFilter { before, limit: PAGE.min(limit - entries.len()), ..filter.clone() };
        let page = desk.audit(page).await?;
        entries.extend(page.items);
        before = page.next;
        if before.is_none() || entries.len() >= limit {
            return Ok(entries);
        }
    }
}

fn print(entries: &[AuditView], json: bool) -> Result<(), CliError> {
    match json {
        true => entries.iter().try_for_each(|entry| {
            let line = serde_json::to_string(entry).map_err(|error| CliError::Output(error.into()))?;
            output::line(&line)
        }),
        false => output::entries(entries.iter().map(row).collect(), &[3, 4]),
    }
}

fn row(entry: &AuditView) -> [String; 5] {
    let detail = match &entry.detail {
        serde_json::Value::Object(fields) if fields.is_empty() => String::new(),
        detail => detail.to_string(),
    };
    [&units::moment(entry.time), entry.actor.as_str(), &entry.action, &entry.subject, &detail].map(clean)
}
