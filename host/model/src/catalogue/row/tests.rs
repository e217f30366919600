use super::*;
use proptest::prelude::*;

fn row() -> ModelRow {
    ModelRow {
        id: "m".into(),
        listed: true,
        temperature_max: Some(1.0),
        max_output_tokens: 64_000,
        thinking_tokens: 32_000,
        efforts: vec![Effort::Low, Effort::Medium, Effort::High],
        effort: None,
        context_tokens: Some(100_000),
        token_limit_parameter: TokenLimitParameter::MaxTokens,
        prices: None,
    }
}

#[test]
fn an_agents_limit_is_for_the_answer_and_thinking_comes_on_top() {
    assert_eq!(row().token_limit(8192, 1000), Ok(40_192));
    assert_eq!(row().token_limit(60_000, 1000), Ok(64_000), "the model's own limit bounds both");
    assert_eq!(ModelRow { thinking_tokens: 0, ..row() }.token_limit(500, 1000), Ok(500));
}

#[test]
fn thinking_gives_way_where_the_context_has_no_room_for_it() {
    assert_eq!(row().token_limit(8192, 240_000), Ok(20_000));
    assert_eq!(row().token_limit(8192, 299_999), Ok(1024), "it may fit; the service knows");
}

#[test]
fn a_request_that_cannot_fit_is_refused_with_numbers() {
    let small = ModelRow { context_tokens: Some(4096), ..row() };
    assert!(small.token_limit(1000, 4096 * 6 - 1).is_ok());
    let failure = small.token_limit(1000, 60_000).unwrap_err();
    assert_eq!(failure.code, ErrorCode::LimitExceeded);
    insta::assert_snapshot!(failure, @"model request: its 60000 characters are at least 10000 tokens, and the context of 'm' has 4096; send less (an agent's option context_tokens), choose a model with a larger context, or correct context_tokens in the models file");
}

#[test]
fn the_nearest_effort_that_the_model_takes_is_asked_for() {
    let of = |wanted| row().effort(Some(wanted));
    assert_eq!((of(Effort::Max), of(Effort::Medium)), (Some(Effort::High), Some(Effort::Medium)));
    assert_eq!(of(Effort::None), Some(Effort::Low), "nothing below");
    assert_eq!(row().effort(None), None, "the service's own");
    assert_eq!(ModelRow { effort: Some(Effort::Low), ..row() }.effort(None), Some(Effort::Low));
    assert_eq!(ModelRow { efforts: vec![], ..row() }.effort(Some(Effort::High)), None);
}

#[test]
fn a_temperature_is_lowered_or_left_out() {
    assert_eq!((row().temperature(Some(1.7)), row().temperature(None)), (Some(1.0), None));
    assert_eq!(ModelRow { temperature_max: None, ..row() }.temperature(Some(0.3)), None);
}

#[test]
fn prices_count_what_was_cached_and_how_much_was_sent() {
    let prices = Prices { input: 2.0, cached_input: 0.2, output: 10.0, long: Some((100_000, 4.0, 20.0)) };
    let row = ModelRow { prices: Some(prices), ..row() };
    let cost = |input_tokens, cached_input_tokens| {
        let cost = row.cost(Usage { input_tokens, cached_input_tokens, output_tokens: 1_000 }).unwrap();
        (cost * 1e6).round() as u64
    };
    assert_eq!(cost(100_000, 0), 210_000);
    assert_eq!(cost(100_000, 50_000), 120_000);
    assert_eq!(cost(200_000, 0), 820_000);
    assert_eq!(cost(200_000, 100_000), 460_000);
}

proptest! {
    #[test]
    fn what_is_sent_is_never_more_than_the_model_gives(
        answer in 1u32.., thinking: u32, most in 1u32.., context in prop::option::of(1u32..), chars in 0usize..10_000_000
    ) {
        let row = ModelRow { max_output_tokens: most, thinking_tokens: thinking, context_tokens: context, ..row() };
        match row.token_limit(answer, chars) {
            Ok(limit) => prop_assert!((1..=most).contains(&limit)),
            Err(_) => prop_assert!(context.is_some_and(|context| chars / 6 >= context as usize)),
        }
    }
}
