//! Tells which libpq it runs with, and whether the database at `DATABASE_URL` answers.

mod database;

use axum::{Json, Router, http::StatusCode, routing::get};
use serde::Serialize;

#[derive(Serialize)]
struct Library {
    libpq: String,
}

#[derive(Serialize)]
struct Probe {
    connected: bool,
    error: Option<String>,
}

async fn library() -> Json<Library> {
    Json(Library {
        libpq: database::version(),
    })
}

async fn probe() -> (StatusCode, Json<Probe>) {
    let attempt = tokio::task::spawn_blocking(|| {
        let url =
            std::env::var("DATABASE_URL").map_err(|error| format!("DATABASE_URL: {error}"))?;
        database::try_connection(&url)
    });
    let outcome = attempt.await.unwrap_or_else(|error| Err(error.to_string()));
    let status = match outcome {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let probe = Probe {
        connected: outcome.is_ok(),
        error: outcome.err(),
    };
    (status, Json(probe))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .route("/", get(library))
        .route("/db", get(probe));
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
