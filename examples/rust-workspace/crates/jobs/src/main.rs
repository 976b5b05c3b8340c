//! Prints one job after the other, and tells which still wait.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::{Json, Router, extract::State, routing::get};
use print_core::{Job, Report, stopped};

type Queue = Arc<Mutex<Vec<Job>>>;

async fn waiting(State(queue): State<Queue>) -> Json<Report> {
    let jobs = queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Json(Report::new("jobs", jobs))
}

async fn work(queue: Queue) {
    loop {
        tokio::time::sleep(Duration::from_secs(10)).await;
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match job {
            Some(job) => println!("printed {} pages of {}", job.pages, job.title),
            None => break println!("nothing is left to print"),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let queue = Queue::new(Mutex::new(vec![
        Job::new("menu", 2),
        Job::new("tickets", 40),
    ]));
    tokio::spawn(work(queue.clone()));

    let app = Router::new().route("/", get(waiting)).with_state(queue);
    let listener = tokio::net::TcpListener::bind("0.0.0.0:3001").await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(stopped())
        .await
}
