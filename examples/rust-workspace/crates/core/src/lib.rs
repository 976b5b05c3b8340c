//! What both services of the print shop share.

use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

/// Something to print.
#[derive(Clone, Debug, Serialize)]
pub struct Job {
    pub title: String,
    pub pages: u32,
}

impl Job {
    pub fn new(title: &str, pages: u32) -> Job {
        Job {
            title: title.to_owned(),
            pages,
        }
    }
}

/// What a service tells about itself.
#[derive(Serialize)]
pub struct Report {
    pub service: &'static str,
    pub waiting: Vec<Job>,
    pub pages: u32,
}

impl Report {
    pub fn new(service: &'static str, waiting: Vec<Job>) -> Report {
        let pages = waiting.iter().map(|job| job.pages).sum();
        Report {
            service,
            waiting,
            pages,
        }
    }
}

/// Resolves when the container engine asks the program to stop.
pub async fn stopped() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => drop(terminate.recv().await),
        Err(_) => std::future::pending().await,
    }
}
