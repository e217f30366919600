//! TEMPORARY, not committed.
use crate::*;
#[tokio::test]
async fn recorded() {
    let Ok(folder) = std::env::var("STREAMS") else { return };
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let body = std::fs::read_to_string(&path).unwrap();
        let kind = if name.starts_with("anthropic") { ProviderKind::Anthropic } else { ProviderKind::OpenAi };
        let ct = if name.ends_with("sse") { "text/event-stream" } else { "application/json" };
        let fake = FakeProvider::queue([Answer::page(200, ct, body)]).await.unwrap();
        let (_, end) = read(&*client(kind, &fake), request("sonnet")).await;
        let label = match end {
            Ok(_) => "ok".to_owned(),
            Err(failure) => {
                println!("{name}: {failure}");
                let text =
                    failure.message.split("': ").nth(1).unwrap_or("").chars().take(60).collect::<String>();
                format!("{:?} {text}", failure.code)
            }
        };
        *counts.entry(format!("{} {} {label}", &name[..6], ct)).or_default() += 1;
    }
    for (label, count) in counts {
        println!("COUNT {count} {label}");
    }
}
