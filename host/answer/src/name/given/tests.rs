use super::*;
use proptest::prelude::*;

#[track_caller]
fn is(text: &str, path: &str) {
    assert_eq!(given(text, false).map(String::from).as_deref(), Ok(path), "{text:?}");
}

#[test]
fn names_keep_what_is_their_own() {
    for name in [
        "src/net.rs",
        "app/[id]/(shop)/+page.svelte",
        "app/[id]/page.tsx",
        "(group)/page.tsx",
        "app/@modal/(.)photo/[...slug]/page.tsx",
        "[[lang]]/index.astro",
        "routes/$slug.tsx",
        "+page.svelte",
        "@scope/x.js",
        "a,b.txt",
        "C# notes.md",
        "it's.md",
        "My File.md",
        "docs/Getting Started.md",
        "My Project/src/main page.ts",
        "Notes - old.md",
        "Notes (old).md",
        "1. Introduction.md",
        "__init__.py",
        "__init__",
        "_layout.tsx",
        "Makefile",
        ".env.local",
        "bin/run",
        "run",
        "Node.js guide.md",
        "TODO list.md",
        "The Plan.md",
        "~x.md",
        "x~",
        "a=b.txt",
        "{id}.ts",
        "data.csv,v",
        "\u{fc}bersicht \u{2013} neu.md",
        "How to Install.md",
        "a+b/c++.md",
        "Dockerfile.dev",
        "R&D.md",
        "100% sure.md",
        "#1.md",
        "Bob 's 'net'.md",
    ] {
        is(name, name);
    }
    assert_eq!(given("my project/a.md", true).map(String::from).as_deref(), Ok("my project/a.md"));
    assert_eq!(given("net 'old'", true).map(String::from).as_deref(), Ok("net 'old'"));
    assert_eq!(given("My Notes", true).map(String::from).as_deref(), Ok("My Notes"));
}

#[test]
fn decoration_comes_off() {
    for text in [
        "lib/net.rs ***",
        "`lib/net.rs`",
        "**lib/net.rs**",
        "***lib/net.rs***",
        "*lib/net.rs*",
        "__lib/net.rs__",
        "\"lib/net.rs\"",
        "'lib/net.rs'",
        "\u{201c}lib/net.rs\u{201d}",
        "\u{2018}lib/net.rs\u{2019}",
        "<lib/net.rs>",
        "(lib/net.rs)",
        "[lib/net.rs]",
        "[lib/net.rs](lib/net.rs)",
        "[net.rs](./lib/net.rs)",
        "[`lib/net.rs`](https://example.org/x)",
        "**`lib/net.rs`**",
        "`lib/net.rs` (new file)",
        "**lib/net.rs** - the sockets",
        "lib/net.rs (new file)",
        "lib/net.rs (new)",
        "lib/net.rs(new)",
        "lib/net.rs [new]",
        "lib/net.rs  # sockets",
        "lib/net.rs // sockets",
        "lib/net.rs - the sockets",
        "lib/net.rs \u{2014} sockets",
        "lib/net.rs: sockets",
        "lib/net.rs,",
        "lib/net.rs;",
        "lib/net.rs:",
        "lib/net.rs !",
        "lib/net.rs ---",
        "`lib/net.rs`,",
        "`lib/net.rs` ***",
        "# lib/net.rs",
        "- lib/net.rs",
        "File: lib/net.rs",
        "./lib/net.rs",
        "lib\\net.rs",
        "lib/net.rs:12",
        "`lib/net.rs`:",
        "lib/net.rs <!-- new -->",
        "lib/net.rs\u{200b}",
        "\u{200b}lib/net.rs\u{202c}",
        "lib/net.rs\u{3002}",
        "lib/net.rs\u{2026}",
        "lib&#47;net.rs",
        "lib&sol;net&period;rs",
    ] {
        is(text, "lib/net.rs");
    }
    is("`routes/$slug.tsx` (new)", "routes/$slug.tsx");
    is("app/[id]/page.tsx (new file)", "app/[id]/page.tsx");
    is("**My File.md**", "My File.md");
    is("`bin/run`", "bin/run");
}

#[test]
fn sentences_several_names_and_doubtful_ones_are_refused() {
    for text in [
        "the new socket code in lib/net.rs",
        "A helper in lib/net.rs",
        "new file lib/net.rs",
        "the sockets",
        "lib/net.rs, lib/udp.rs",
        "lib/net.rs,lib/udp.rs",
        "lib/net.rs and lib/udp.rs",
        "lib/net.rs -> lib/udp.rs",
        "lib/net.rs \u{2192} lib/udp.rs",
        "lib/net.rs with the sockets",
        "lib/net.rs - replaces udp.rs",
        "`lib/net.rs` and `lib/udp.rs`",
        "lib/net.rs (1)",
        "lib/net.rs (copy)",
        "lib/net.rs (old)",
        "lib/net.rs)",
        "'lib/net.rs",
        "lib/net.rs'",
        "**lib/net.rs",
        "lib/*.rs",
        "lib/net.rs?",
        "",
        "***",
        "/lib/net.rs",
        "../net.rs",
        "~/net.rs",
        "[net.rs](lib/udp.rs)",
        "sockets lib/net.rs",
        "C:\\net.rs",
        "lib/net.rs.",
        "1. lib/net.rs",
        "2) lib/net.rs",
        "~~lib/net.rs~~",
        "lib\u{ff0f}net.rs",
        "lib/\u{2026}/net.rs",
        "lib/.../net.rs",
        "lib/&#47;net.rs",
        "lib/n\u{200b}et.rs",
        "lib/net.rs#1",
        "lib/net.rs@main",
        "lib/ net.rs",
    ] {
        assert!(given(text, false).is_err(), "{text:?} {:?}", given(text, false));
    }
    for text in [
        "the new socket code in lib/net.rs",
        "lib/net.rs, lib/udp.rs",
        "lib/net.rs sockets",
        "Makefile for all",
        "run - starts it",
        "run (new)",
    ] {
        assert!(given(text, true).is_err(), "{text:?} {:?}", given(text, true));
    }
}

proptest! {
    #[test]
    fn what_is_given_is_in_the_text_and_is_read_as_itself(
        text in "\\PC{0,40}|[-a/.`*#: '\",;\\[\\](){}<>b1\\t]{0,24}|[`*_(\\[<'\"]{0,3}a/b\\.rs[`*_)\\]>'\":,; #-]{0,4}",
        marked: bool,
    ) {
        if let Ok(path) = given(&text, marked) {
            prop_assert!(text.replace('\\', "/").contains(path.as_str()));
            prop_assert!(!path.as_str().contains(doubt::NEVER));
            prop_assert_eq!(given(path.as_str(), true), Ok(path));
        }
    }

    #[test]
    fn what_is_plain_is_given_as_looking_closer_gives_it(text in "[a-cA1][a-c1./_-]{0,12}[a-c1]", marked: bool) {
        prop_assert!(is_plain(&text));
        prop_assert_eq!(given(&text, marked), read(&text, marked));
    }
}
