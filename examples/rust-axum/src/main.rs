//! Greets over HTTP, in JSON.

use axum::{Json, Router, extract::Query, routing::get};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Asked {
    #[serde(default = "world")]
    name: String,
}

fn world() -> String {
    "world".to_owned()
}

#[derive(Serialize)]
struct Greeting {
    greeting: String,
}

async fn greet(Query(asked): Query<Asked>) -> Json<Greeting> {
    Json(Greeting {
        greeting: format!("hello, {}", asked.name),
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .route("/", get(greet))
        .route("/healthz", get(|| async { "ok" }));
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
