use super::*;
use crate::{JournalError, RunFilter};
use orchestrator_core::RunStatus;

async fn listed(journal: &Journal, filter: RunFilter) -> Vec<RunId> {
    journal.runs(filter).await.expect("lists").iter().map(|entry| entry.record.run_id).collect()
}

#[tokio::test]
async fn runs_are_listed_newest_first_page_by_page() {
    let folder = folder();
    let journal = open(&folder);
    let mut ids = Vec::new();
    for (project, workflow) in [("a", "build"), ("b", "build"), ("a", "fix"), ("a", "build")] {
        let record = record(project, workflow);
        ids.push(record.run_id);
        journal.create_run(record).await.expect("creates");
    }
    let all = RunFilter { limit: 10, ..RunFilter::default() };
    assert_eq!(listed(&journal, all.clone()).await, [ids[3], ids[2], ids[1], ids[0]]);
    let page = RunFilter { limit: 2, before: Some(ids[3]), ..RunFilter::default() };
    assert_eq!(listed(&journal, page).await, [ids[2], ids[1]]);
    let of_a = RunFilter { project: ProjectId::new("a").ok(), ..all.clone() };
    assert_eq!(listed(&journal, of_a.clone()).await, [ids[3], ids[2], ids[0]]);
    let built = RunFilter { workflow: WorkflowName::new("build").ok(), before: Some(ids[3]), ..of_a };
    assert_eq!(listed(&journal, built).await, [ids[0]]);
    assert_eq!(listed(&journal, RunFilter { limit: 0, ..all }).await, []);
}

#[tokio::test]
async fn an_entry_has_what_was_asked_and_where_the_run_stands() {
    let folder = folder();
    let journal = open(&folder);
    let mut record = record("a", "build");
    record.request.metadata.insert("theme".into(), "dark".into());
    journal.create_run(record.clone()).await.expect("creates");
    let entry = journal.run(record.run_id).await.expect("reads").expect("is there");
    assert_eq!((&entry.record, entry.standing), (&record, None));
    let writer = journal.writer(record.run_id).await.expect("opens");
    append_many(&writer, 2).await;
    let last = writer.append(end()).await.expect("appends");
    writer.flush().await.expect("commits");
    let entry = journal.run(record.run_id).await.expect("reads").expect("is there");
    let standing = entry.standing.expect("has events");
    assert_eq!(
        (standing.seq, standing.updated, standing.status),
        (last.seq, last.time, RunStatus::Succeeded)
    );
    assert_eq!(journal.run(RunId::generate()).await, Ok(None));
}

#[tokio::test]
async fn a_run_without_an_end_is_unfinished_in_the_next_life() {
    let folder = folder();
    let journal = open(&folder);
    let [ended, silent, broken] = [begin(&journal).await, begin(&journal).await, begin(&journal).await];
    ended.append(end()).await.expect("appends");
    append_many(&broken, 3).await;
    let expected = [silent.run_id(), broken.run_id()];
    drop((journal, ended, silent, broken));
    let journal = open(&folder);
    assert_eq!(journal.unfinished_runs().await, Ok(expected.to_vec()));
    assert_eq!(journal.withdraw(expected[0]).await, Ok(true), "it never began");
    assert_eq!(journal.withdraw(expected[1]).await, Ok(false));
    assert_eq!(journal.unfinished_runs().await, Ok(vec![expected[1]]));
}

#[tokio::test]
async fn a_run_cannot_be_created_twice() {
    let folder = folder();
    let journal = open(&folder);
    let record = record("a", "build");
    journal.create_run(record.clone()).await.expect("creates");
    let error = journal.create_run(record.clone()).await.expect_err("exists");
    assert_eq!(error, JournalError::RunExists(record.run_id));
}
