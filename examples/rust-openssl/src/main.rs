//! Answers with the SHA-256 of a text, computed by the system's OpenSSL.

use axum::{Json, Router, extract::Query, http::StatusCode, routing::get};
use openssl::hash::{MessageDigest, hash};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    text: String,
}

#[derive(Serialize)]
struct Digest {
    sha256: String,
    openssl: &'static str,
}

async fn digest(Query(asked): Query<Asked>) -> Result<Json<Digest>, (StatusCode, String)> {
    let bytes = hash(MessageDigest::sha256(), asked.text.as_bytes())
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(Json(Digest {
        sha256: bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        openssl: openssl::version::version(),
    }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let app = Router::new().route("/", get(digest));
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
