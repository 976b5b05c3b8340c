//! The `distrogen` program.
#![forbid(unsafe_code)]

fn main() {
    std::process::exit(distrogen::cli::run());
}
