//! Each way to fail, and whether trying again can help.

use crate::*;

#[tokio::test]
async fn busy_services_are_unavailable_with_and_without_a_time_to_wait() {
    for kind in KINDS {
        for status in [429, 500, 503, 529] {
            let failure = Answer::failure(status, "overloaded_error", "busy");
            let timed = failure.clone().header("retry-after", "7");
            let fake = FakeProvider::queue([failure, timed]).await.unwrap();
            let provider = client(kind, &fake);
            let failed = async || read(&*provider, request("sonnet")).await.1.unwrap_err();
            let (untimed, timed) = (failed().await, failed().await);
            assert_eq!(
                (untimed.code, timed.code),
                (ErrorCode::Unavailable, ErrorCode::Unavailable),
                "{status}"
            );
            assert_eq!(timed.retry_after, Some(Duration::from_secs(7)), "{status}");
            let reckoned = untimed.retry_after.map(|wait| (5..=10).contains(&wait.as_secs()));
            assert_eq!(reckoned, (status != 500).then_some(true), "{status}: {untimed:?}");
            assert_eq!(fake.requests().len(), 2, "the provider itself does not try again");
        }
    }
}

#[tokio::test]
async fn refused_requests_are_final_and_name_the_fix() {
    let table = [
        (400, ErrorCode::InvalidInput, "models file"),
        (401, ErrorCode::Denied, "_API_KEY"),
        (402, ErrorCode::LimitExceeded, "add credit"),
        (403, ErrorCode::Denied, "_API_KEY"),
        (404, ErrorCode::NotFound, "_BASE_URL"),
        (405, ErrorCode::NotFound, "_BASE_URL"),
        (413, ErrorCode::LimitExceeded, "send less"),
    ];
    for kind in KINDS {
        for (status, code, fix) in table {
            let answer = Answer::failure(status, "x", format!("you sent {KEY}")).header("retry-after", "1");
            let fake = FakeProvider::queue([answer]).await.unwrap();
            let failure = read(&*client(kind, &fake), request("sonnet")).await.1.unwrap_err();
            assert_eq!((failure.code, failure.retry_after), (code, None), "{status}");
            assert!(failure.message.contains(fix) && !failure.message.contains(KEY), "{failure}");
        }
    }
}

#[tokio::test]
async fn a_spent_account_is_not_tried_again() {
    let anthropic = Answer::failure(429, "rate_limit_error", "enforced_spend_limit_reached");
    let openai = Answer::failure(429, "insufficient_quota", "You exceeded your current quota");
    for answer in [anthropic, openai] {
        assert_eq!(both(answer).await.1, Err(ErrorCode::LimitExceeded));
    }
}

#[tokio::test]
async fn an_error_after_the_200_ends_the_answer() {
    let busy = Answer::text("a").then_error("overloaded_error", "busy");
    assert_eq!(both(busy).await, (vec![text("a")], Err(ErrorCode::Unavailable)));
    let wrong = Answer::stream().then_error("invalid_request_error", format!("echo {KEY}"));
    assert_eq!(both(wrong).await, (vec![], Err(ErrorCode::InvalidInput)));
}

#[tokio::test]
async fn an_answer_without_its_end_is_not_taken_for_whole() {
    let truncated = Answer::text("a").without_ending();
    assert_eq!(both(truncated).await, (vec![text("a")], Err(ErrorCode::Unavailable)));
    let cut = Answer::text("a").then_cut();
    assert_eq!(both(cut).await, (vec![text("a")], Err(ErrorCode::Unavailable)));
}

#[tokio::test]
async fn a_page_of_a_proxy_is_no_answer() {
    let page = Answer::page(200, "text/html", "<h1>Sign in</h1>");
    assert_eq!(both(page).await.1, Err(ErrorCode::InvalidInput));
    let bad_gateway = Answer::page(502, "text/html", "<h1>Bad gateway</h1>");
    assert_eq!(both(bad_gateway).await.1, Err(ErrorCode::Unavailable));
}

#[tokio::test]
async fn a_stalled_answer_is_given_up_after_the_idle_time() {
    for kind in KINDS {
        let fake = FakeProvider::queue([Answer::text("a").then_stall()]).await.unwrap();
        let provider = client_with(kind, &fake, waiting(30_000, 200));
        let (chunks, end) = read(&*provider, request("sonnet")).await;
        assert_eq!((chunks, end.unwrap_err().code), (vec![text("a")], ErrorCode::Unavailable));
        fake.wait_for_departures(1).await;
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_named() {
    for kind in KINDS {
        let fake = FakeProvider::queue([]).await.unwrap();
        let (provider, url) = (client(kind, &fake), fake.anthropic_url());
        drop(fake);
        // The port closes when the server's task has seen that its handle is gone.
        let failure = loop {
            match provider.start(request("sonnet")).await.err().unwrap() {
                failure if failure.code == ErrorCode::Unavailable => break failure,
                _ => tokio::task::yield_now().await,
            }
        };
        assert!(failure.message.contains(&url) && failure.message.contains("_BASE_URL"), "{failure}");
    }
}

#[tokio::test]
async fn an_address_without_its_version_is_named_even_where_the_service_says_200() {
    let said = r#"{"error":"Unexpected endpoint or method. (POST /chat/completions)"}"#;
    let fake =
        FakeProvider::queue([Answer::page(200, "application/json; charset=utf-8", said)]).await.unwrap();
    let failure = read(&*client(ProviderKind::OpenAi, &fake), request("sonnet")).await.1.unwrap_err();
    assert!(failure.code == ErrorCode::NotFound && failure.message.contains("OPENAI_BASE_URL"), "{failure}");
}

#[tokio::test]
async fn a_wait_in_the_body_counts_like_one_in_the_head() {
    let body = r#"[{"error":{"code":429,"message":"You exceeded your current quota","details":[{"retryDelay":"39s"}]}}]"#;
    for kind in KINDS {
        let fake = FakeProvider::queue([Answer::page(429, "application/json", body)]).await.unwrap();
        let provider = client(kind, &fake);
        let failure = read(&*provider, request("sonnet")).await.1.unwrap_err();
        assert_eq!(
            (failure.code, failure.retry_after),
            (ErrorCode::Unavailable, Some(Duration::from_secs(39)))
        );
        assert!(provider.cool_down().is_some_and(|left| left > Duration::from_secs(30)));
    }
}
