//! A gate before the engines: it counts what a function asks of DynamoDB and S3, and shuts after any number of calls, as
//! if the machine had died between one call and the next.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Response;
use epass_cloud::Endpoints;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::http::Http;

/// The gate; clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    passed: AtomicUsize,
    most: AtomicUsize,
    shut: Notify,
}

impl Default for Inside {
    fn default() -> Self {
        Self { passed: AtomicUsize::new(0), most: AtomicUsize::new(usize::MAX), shut: Notify::new() }
    }
}

impl Gate {
    /// The endpoints of these engines, behind the gate.
    pub async fn before(&self, engines: &Endpoints) -> Endpoints {
        Endpoints {
            dynamodb: Some(self.stand_before(engines.dynamodb.as_deref().unwrap()).await),
            s3: Some(self.stand_before(engines.s3.as_deref().unwrap()).await),
            ..Endpoints::default()
        }
    }

    async fn stand_before(&self, engine: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state((self.clone(), Http::of(engine)));
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    /// Counts from here, and shuts after so many calls: they are done, and what comes after never arrives.
    pub fn shut_after(&self, calls: usize) {
        self.0.passed.store(0, Ordering::SeqCst);
        self.0.most.store(calls, Ordering::SeqCst);
    }

    /// Counts from here, and lets everything through.
    pub fn open(&self) {
        self.shut_after(usize::MAX);
    }

    /// How many calls were made since.
    pub fn passed(&self) -> usize {
        self.0.passed.load(Ordering::SeqCst)
    }

    /// Waits until something stands before the shut gate.
    pub async fn is_shut(&self) {
        self.0.shut.notified().await;
    }
}

async fn pass(State((gate, engine)): State<(Gate, Http)>, request: Request) -> Response<Body> {
    if gate.0.passed.fetch_add(1, Ordering::SeqCst) >= gate.0.most.load(Ordering::SeqCst) {
        gate.0.shut.notify_one();
        return std::future::pending().await;
    }
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let answer = engine.forward(&head, body).await;
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers.iter().filter(|(name, _)| *name != "transfer-encoding") {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap()
}
