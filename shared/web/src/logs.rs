//! The log filter. Our own events follow `RUST_LOG`; those of libraries never go below `INFO`, whatever it says: their
//! debug and trace events contain whole requests and items, with names, addresses, IBANs and mailed passwords.

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterFn, LevelFilter, Targets, filter_fn};

/// The prefixes of our crates' log targets: the shared ones, and the families of functions. No other crate in
/// `Cargo.lock` has one.
const OURS: [&str; 8] =
    ["epass_", "account_", "background_", "beneficiary_", "establishment_", "partner_", "public_", "team_"];

/// The filter of every log of the product. `told` is `RUST_LOG` (`info,epass_store=debug`), with targets and levels
/// only: the filter that also knows spans and fields adds 0.3 MB of regular expressions. Without it, or when it cannot
/// be read, everything is logged from `otherwise` up.
pub fn filter(told: Option<&str>, otherwise: LevelFilter) -> FilterFn<impl Fn(&Metadata<'_>) -> bool + use<>> {
    let told = told.and_then(|told| told.parse().ok());
    let levels: Targets = told.unwrap_or_else(|| Targets::new().with_default(otherwise));
    filter_fn(move |event: &Metadata<'_>| is_logged(&levels, event.target(), event.level()))
}

fn is_logged(levels: &Targets, target: &str, level: &Level) -> bool {
    let is_ours = OURS.iter().any(|prefix| target.starts_with(prefix));
    (is_ours || *level <= Level::INFO) && levels.would_enable(target, level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_never_logged_below_info_whatever_is_asked_for() {
        for asked in ["trace", "debug", "hyper=trace,aws_smithy_runtime=trace,lambda_runtime=debug,h2=trace"] {
            let levels: Targets = asked.parse().unwrap();
            for library in [
                "aws_smithy_runtime::client::orchestrator",
                "aws_sdk_dynamodb",
                "hyper::proto",
                "hyper_util::client",
                "tower::buffer",
                "h2::codec",
                "rustls::client",
                "lambda_runtime",
                "lambda_http",
                "dynoxide::server",
                "log",
                "epassword",
                "",
            ] {
                for level in [Level::DEBUG, Level::TRACE] {
                    assert!(!is_logged(&levels, library, &level), "{asked}: {library} at {level}");
                }
            }
        }
        let all: Targets = "trace".parse().unwrap();
        assert!(is_logged(&all, "lambda_runtime", &Level::INFO) && is_logged(&all, "hyper", &Level::WARN));
    }

    #[test]
    fn our_own_crates_are_logged_as_asked() {
        let levels: Targets = "info,epass_store=debug".parse().unwrap();
        assert!(is_logged(&levels, "epass_store::dynamo", &Level::DEBUG));
        assert!(!is_logged(&levels, "epass_web::room", &Level::DEBUG));
        assert!(is_logged(&levels, "partner_transaction", &Level::INFO));
        let all: Targets = "trace".parse().unwrap();
        assert!(is_logged(&all, "background_mailer", &Level::TRACE));
    }

    /// A library that is added later with such a prefix would escape the cap.
    #[test]
    fn our_crates_and_no_others_begin_so() {
        let lock = include_str!("../../../Cargo.lock");
        for package in lock.split("[[package]]").skip(1) {
            let line = |key: &str| package.lines().find_map(|line| line.strip_prefix(key));
            let name = line("name = ").unwrap().trim_matches('"').replace('-', "_");
            let begins_so = OURS.iter().any(|prefix| name.starts_with(prefix));
            assert_eq!(begins_so, line("source = ").is_none(), "{name}");
        }
    }
}
