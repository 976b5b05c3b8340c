//! Tells what there is to print.

use axum::{Json, Router, routing::get};
use print_core::{Job, Report, stopped};

async fn waiting() -> Json<Report> {
    let jobs = vec![Job::new("poster", 1), Job::new("thesis", 180)];
    Json(Report::new("api", jobs))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let app = Router::new().route("/", get(waiting));
    let listener = tokio::net::TcpListener::bind("0.0.0.0:3000").await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(stopped())
        .await
}
