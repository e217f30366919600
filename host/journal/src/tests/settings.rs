use super::*;
use serde_json::json;

#[tokio::test]
async fn settings_count_their_versions_and_survive_a_restart() {
    let folder = folder();
    let journal = open(&folder);
    assert_eq!(journal.get_setting("agent/writer").await, Ok(None));
    assert_eq!(journal.put_setting("agent/writer", &json!({"model": "haiku"})).await, Ok(1));
    assert_eq!(journal.put_setting("agent/writer", &json!({"model": "opus"})).await, Ok(2));
    drop(journal);
    let setting = open(&folder).get_setting("agent/writer").await.expect("reads").expect("is there");
    assert_eq!((setting.version, setting.value), (2, json!({"model": "opus"})));
}

#[tokio::test]
async fn a_version_is_not_used_again_after_a_deletion() {
    let folder = folder();
    let journal = open(&folder);
    journal.put_setting("a", &json!(null)).await.expect("sets");
    assert_eq!(
        journal.get_setting("a").await.expect("reads").map(|setting| setting.value),
        Some(json!(null))
    );
    assert_eq!(journal.delete_setting("a").await, Ok(true));
    assert_eq!(journal.delete_setting("a").await, Ok(false));
    assert_eq!(journal.get_setting("a").await, Ok(None));
    assert_eq!(journal.put_setting("a", &json!(1)).await, Ok(3));
}

#[tokio::test]
async fn a_prefix_is_taken_literally() {
    let folder = folder();
    let journal = open(&folder);
    for key in ["agent/b", "agent/a", "agent%", "workflow/a", "agent/deleted"] {
        journal.put_setting(key, &json!(key)).await.expect("sets");
    }
    journal.delete_setting("agent/deleted").await.expect("deletes");
    let keys =
        |settings: Vec<crate::Setting>| settings.into_iter().map(|setting| setting.key).collect::<Vec<_>>();
    assert_eq!(keys(journal.settings("agent/").await.expect("lists")), ["agent/a", "agent/b"]);
    assert_eq!(keys(journal.settings("agent%").await.expect("lists")), ["agent%"]);
    assert_eq!(journal.settings("").await.expect("lists").len(), 4);
}
