//! Limits of tokens and of time: what is left for the answer, and how long its silence is borne.

use crate::*;

#[tokio::test]
async fn an_answer_that_was_all_thinking_is_told_as_that_and_not_tried_again() {
    for answer in [Answer::stream(), Answer::stream().then_thinking("and so on"), Answer::text(" \n")] {
        for kind in KINDS {
            let fake = FakeProvider::queue([answer.clone().stop(Stop::TokenLimit).usage(9, 0, 40_192)])
                .await
                .unwrap();
            let failure = read(&*client(kind, &fake), request("haiku")).await.1.unwrap_err();
            assert_eq!(failure.code, ErrorCode::LimitExceeded);
            for part in ["40192 of the 40192 allowed, on thinking", "model.effort", "thinking_tokens"] {
                assert!(failure.message.contains(part), "{failure}");
            }
        }
    }
}

#[tokio::test]
async fn a_context_that_was_full_before_the_answer_is_told_as_that() {
    let fake =
        FakeProvider::queue([Answer::stream().stop(Stop::Other("model_context_window_exceeded".into()))])
            .await
            .unwrap();
    let failure = read(&*client(ProviderKind::Anthropic, &fake), request("sonnet")).await.1.unwrap_err();
    assert!(
        failure.code == ErrorCode::LimitExceeded && failure.message.contains("filled its context"),
        "{failure}"
    );
}

#[tokio::test]
async fn a_request_that_cannot_fit_is_not_sent() {
    let fake = FakeProvider::queue([Answer::text("a")]).await.unwrap();
    let mut long = request("claude-haiku-4-5");
    long.system = "x".repeat(1_300_000);
    let failure = read(&*client(ProviderKind::Anthropic, &fake), long).await.1.unwrap_err();
    assert_eq!(failure.code, ErrorCode::LimitExceeded);
    assert!(failure.message.contains("has 200000"), "{failure}");
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn silence_before_the_answer_is_borne_longer_than_silence_within_it() {
    for (kind, answer) in KINDS.into_iter().flat_map(|kind| {
        // Before the head; after the head and what each format sends before the first piece; after a sign of life.
        let text = || Answer::stream().then_stall().then_text("a");
        [
            (kind, Answer::text("a").late()),
            (kind, text()),
            (kind, Answer::stream().then_ping().then_stall().then_text("a")),
        ]
    }) {
        let fake = FakeProvider::queue([answer]).await.unwrap();
        let provider = client_with(kind, &fake, waiting(30_000, 1));
        let reading = async { read(&*provider, request("sonnet")).await };
        let release = async {
            fake.wait_for_requests(1).await;
            // Many times the gap, and far below what is borne before an answer.
            tokio::time::sleep(Duration::from_millis(100)).await;
            fake.release();
        };
        let ((chunks, end), ()) = tokio::join!(reading, release);
        // The pieces after the first may come later than the gap that this test allows.
        assert!(chunks.first() == Some(&text("a")), "{kind:?}: {end:?}");
    }
}

#[tokio::test]
async fn a_service_that_never_begins_is_given_up_after_the_first_limit() {
    for (kind, answer) in KINDS
        .into_iter()
        .flat_map(|kind| [(kind, Answer::text("a").late()), (kind, Answer::stream().then_stall())])
    {
        let fake = FakeProvider::queue([answer]).await.unwrap();
        let provider = client_with(kind, &fake, waiting(200, 30_000));
        let failure = read(&*provider, request("sonnet")).await.1.unwrap_err();
        assert!(
            failure.code == ErrorCode::Unavailable && failure.message.contains("nothing came for 0.2 s"),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn what_one_run_learns_of_a_busy_service_holds_for_all_of_its_key() {
    for kind in KINDS {
        let busy = Answer::failure(529, "overloaded_error", "busy");
        let limited = Answer::failure(429, "rate_limit_error", "slow").header("retry-after", "30");
        let spent = Answer::failure(400, "x", "Your credit balance is too low");
        for (answer, seconds) in [(busy, 5..=10), (limited, 29..=30), (spent, 0..=0)] {
            let fake = FakeProvider::queue([answer]).await.unwrap();
            let provider = client(kind, &fake);
            assert_eq!(provider.cool_down(), None);
            read(&*provider, request("sonnet")).await.1.unwrap_err();
            let left = provider.cool_down().unwrap_or_default();
            assert!(seconds.contains(&left.as_secs()), "{left:?}");
        }
    }
}

#[tokio::test]
async fn an_hours_wait_is_none_for_a_run_and_the_time_is_named() {
    for kind in KINDS {
        let fake = FakeProvider::queue([
            Answer::failure(429, "rate_limit_error", "slow").header("retry-after", "3600")
        ])
        .await
        .unwrap();
        let failure = read(&*client(kind, &fake), request("sonnet")).await.1.unwrap_err();
        assert!(
            !failure.is_worth_repeating() && failure.message.contains("for 60 minutes, until 20"),
            "{failure}"
        );
    }
}
