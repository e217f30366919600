//! The way from the program to a model's service: proxies, certificates, a key in the open.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "what goes wrong in a test fails it")]

mod common;

use orchestrator_fake_provider::{Answer, FakeProvider, Front};
use std::process::{Command, Output};
use tempfile::TempDir;

const KEY: &str = "sk-network-1";
/// A name that no resolver knows, so that only a proxy can lead to it.
const NAME: &str = "models.invalid";
/// The sentence of the fake provider's refusal: whoever sees it has reached the provider.
const REACHED: &str = "you have reached the provider";

async fn provider() -> FakeProvider {
    FakeProvider::answering(|_| Answer::failure(401, "authentication_error", REACHED)).await.unwrap()
}

/// What a run prints that asks an OpenAI-compatible service at this address.
async fn run(base: &str, variables: &[(&str, &str)]) -> String {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    common::share_compiled_code(&data);
    let mut command = Command::new(env!("CARGO_BIN_EXE_orchestrator"));
    command.env_clear().args(["run", "--workflow", "quick_iteration", "A page", "--data-dir"]).arg(&data);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", folder.path());
    command.env("OPENAI_BASE_URL", base).env("OPENAI_API_KEY", KEY).envs(variables.iter().copied());
    let output: Output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains(KEY), "{text}");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_leads_to_the_service_over_http_and_the_key_in_the_open_is_warned_about() {
    let provider = provider().await;
    let proxy = format!("http://127.0.0.1:{}", provider.port());
    let said = run(&format!("http://{NAME}/v1"), &[("HTTP_PROXY", &proxy)]).await;
    assert!(said.contains(REACHED), "{said}");
    assert!(said.contains("without encryption"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_leads_to_the_service_over_https_with_an_authority_of_ones_own() {
    let provider = provider().await;
    let (front, authority) = provider.tls(NAME).await.unwrap();
    let proxy = Front::proxy(front.port).await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), authority).unwrap();
    let proxy = format!("http://127.0.0.1:{}", proxy.port);
    let trusted = [("HTTPS_PROXY", &*proxy), ("SSL_CERT_FILE", file.path().to_str().unwrap())];
    let said = run(&format!("https://{NAME}/v1"), &trusted).await;
    assert!(said.contains(REACHED) && !said.contains("without encryption"), "{said}");
    let distrusted = run(&format!("https://{NAME}/v1"), &trusted[..1]).await;
    assert!(distrusted.contains("set SSL_CERT_FILE"), "{distrusted}");
    assert!(!distrusted.contains("Trying again"), "a certificate does not change: {distrusted}");
    assert_eq!(provider.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn this_machines_own_services_are_asked_directly() {
    let provider = provider().await;
    let nowhere = "http://127.0.0.1:9";
    let said = run(&provider.openai_url(), &[("HTTP_PROXY", nowhere), ("HTTPS_PROXY", nowhere)]).await;
    assert!(said.contains(REACHED), "{said}");
    let proxy = format!("http://127.0.0.1:{}", provider.port());
    let unled = run(&format!("http://{NAME}/v1"), &[("HTTP_PROXY", &*proxy), ("NO_PROXY", NAME)]).await;
    assert!(unled.contains("cannot be reached") && !unled.contains(REACHED), "{unled}");
}
