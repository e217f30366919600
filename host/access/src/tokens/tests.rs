use super::*;
use tempfile::TempDir;

fn open() -> (TempDir, Tokens) {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(Ledger::open(folder.path()).unwrap(), Chance::of_system());
    (folder, tokens)
}

fn name(text: &str) -> TokenName {
    TokenName::new(text).unwrap()
}

async fn make(tokens: &Tokens, of: &str, role: Role) -> NewToken {
    tokens.create(Actor::CLI, name(of), role, None).await.unwrap()
}

#[tokio::test]
async fn without_tokens_nobody_is_asked_for_one_unless_one_is_required() {
    let (_folder, tokens) = open();
    assert_eq!(tokens.caller(None, false).await, Ok(Caller::local()));
    assert_eq!(tokens.caller(None, true).await, Err(AccessError::Missing));
    assert_eq!(tokens.caller(Some("what a proxy adds"), false).await, Ok(Caller::local()));
    assert_eq!(tokens.caller(Some("what a proxy adds"), true).await, Err(AccessError::Invalid));
    let revoked = Token::generate(&Chance::of_system()).unwrap().reveal();
    assert_eq!(tokens.caller(Some(&revoked), false).await, Err(AccessError::Invalid));
}

#[tokio::test]
async fn with_tokens_a_caller_is_who_holds_one() {
    let (_folder, tokens) = open();
    let ada = make(&tokens, "ada", Role::Runner).await;
    let caller = tokens.caller(Some(&ada.token.reveal()), false).await.unwrap();
    assert_eq!((caller.actor.as_str(), caller.role), ("ada", Role::Runner));
    assert_eq!(tokens.caller(None, false).await, Err(AccessError::Missing));
    let listed = tokens.list().await.unwrap();
    assert!(listed[0].last_used.is_some(), "{listed:?}");
    assert!(ada.token.reveal().starts_with(&listed[0].begins));
}

#[tokio::test]
async fn a_right_key_with_a_wrong_secret_is_not_valid() {
    let (_folder, tokens) = open();
    let ada = make(&tokens, "ada", Role::Admin).await.token.reveal();
    let (front, _) = ada.rsplit_once('_').unwrap();
    for secret in ["0".repeat(64), ada[ada.len() - 64..].chars().rev().collect()] {
        let forged = format!("{front}_{secret}");
        assert_eq!(tokens.caller(Some(&forged), false).await, Err(AccessError::Invalid));
    }
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once_and_its_name_is_free() {
    let (folder, tokens) = open();
    let ada = make(&tokens, "ada", Role::Admin).await.token.reveal();
    make(&tokens, "bob", Role::Viewer).await;
    // By another process, as far as the ledger is concerned.
    let beside = Tokens::new(Ledger::open(folder.path()).unwrap(), Chance::of_system());
    beside.revoke(Actor::CLI, "ada").await.unwrap();
    assert_eq!(tokens.caller(Some(&ada), false).await, Err(AccessError::Invalid));
    let again = beside.revoke(Actor::CLI, "ada").await;
    assert_eq!(again, Err(AccessError::Unknown { name: "ada".into(), known: vec!["bob".into()] }));
    make(&tokens, "ada", Role::Viewer).await;
    assert_eq!(tokens.caller(Some(&ada), false).await, Err(AccessError::Invalid));
}

#[tokio::test]
async fn an_expired_token_is_not_valid_and_still_means_that_tokens_are_needed() {
    let (folder, tokens) = open();
    let token = Token::generate(&Chance::of_system()).unwrap();
    let past = Timestamp::now().checked_sub(SignedDuration::from_secs(1)).unwrap();
    let record = TokenRecord {
        name: name("ada"),
        key: token.key().to_owned(),
        role: Role::Admin,
        hash: token.hash(),
        created: past,
        expires: Some(past),
        last_used: None,
    };
    let entry = NewEntry::new(Actor::CLI, "token.create", "ada", serde_json::Value::Null);
    Ledger::open(folder.path()).unwrap().add_token(record, entry).await.unwrap();
    assert_eq!(tokens.caller(Some(&token.reveal()), false).await, Err(AccessError::Invalid));
    assert_eq!(tokens.caller(None, false).await, Err(AccessError::Missing));
    assert!(tokens.list().await.unwrap()[0].expired);
}

#[tokio::test]
async fn names_are_taken_once_and_some_never() {
    let (_folder, tokens) = open();
    make(&tokens, "ada", Role::Admin).await;
    let again = tokens.create(Actor::CLI, name("ada"), Role::Viewer, None).await;
    assert_eq!(again.unwrap_err(), AccessError::Exists(name("ada")));
    let system = tokens.create(Actor::CLI, name("System"), Role::Viewer, None).await;
    assert_eq!(system.unwrap_err(), AccessError::Reserved(name("System")));
    let past = Timestamp::UNIX_EPOCH;
    let late = tokens.create(Actor::CLI, name("bob"), Role::Viewer, Some(past)).await;
    assert_eq!(late.unwrap_err(), AccessError::Past(past));
}

#[tokio::test]
async fn who_waits_for_a_revocation_learns_of_it_whoever_revokes() {
    let (folder, tokens) = open();
    let beside = Tokens::new(Ledger::open(folder.path()).unwrap(), Chance::of_system());
    for by in [&tokens, &beside] {
        let ada = make(&tokens, "ada", Role::Admin).await;
        let bob = make(&tokens, "bob", Role::Admin).await;
        let mut of_bob = tokens.revoked(bob.token.key().to_owned()).await.unwrap();
        let of_ada = tokens.revoked(ada.token.key().to_owned()).await.unwrap();
        by.revoke(Actor::CLI, "ada").await.unwrap();
        tokio::time::timeout(std::time::Duration::from_secs(60), of_ada).await.expect("ada's streams end");
        let still = std::future::poll_fn(|context| std::task::Poll::Ready(of_bob.as_mut().poll(context)));
        assert!(still.await.is_pending(), "bob's go on");
        by.revoke(Actor::CLI, "bob").await.unwrap();
    }
}

#[tokio::test]
async fn neither_the_file_nor_the_audit_has_the_secret() {
    let (folder, tokens) = open();
    let ada = make(&tokens, "ada", Role::Admin).await.token.reveal();
    tokens.caller(Some(&ada), false).await.unwrap();
    let secret = ada.rsplit_once('_').unwrap().1;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}
