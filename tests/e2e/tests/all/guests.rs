//! Plugins in other languages, built from the bare contract.

#[tokio::test(flavor = "multi_thread")]
async fn placeholder() {}
