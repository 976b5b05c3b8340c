//! Greets over HTTP, in plain text.

use axum::{Router, extract::Path, http::StatusCode, routing::get};
use greeting_service::{GREETINGS, greeting};

async fn languages() -> String {
    let codes: Vec<&str> = GREETINGS.iter().map(|(code, _)| *code).collect();
    format!("{}\n", codes.join(" "))
}

async fn greet(Path(language): Path<String>) -> Result<String, StatusCode> {
    let text = greeting(&language).ok_or(StatusCode::NOT_FOUND)?;
    Ok(format!("{text}\n"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .route("/", get(languages))
        .route("/{language}", get(greet));
    let listener = tokio::net::TcpListener::bind("0.0.0.0:3000").await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(stopped())
        .await
}

/// Resolves when the container engine asks the program to stop.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => drop(terminate.recv().await),
        Err(_) => std::future::pending().await,
    }
}
