//! What DynamoDB answers under load, and our engine never does: conflicts, throttling, and answers that get lost. A
//! proxy before the engine says it instead.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::Response;
use epass_cloud::Endpoints;
use epass_domain::Envelope;
use epass_local::{EngineOptions, Engines, Template};
use epass_scenarios::{Http, Setting, Stage};
use futures::stream;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// What becomes of one TransactWriteItems.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// Another transaction holds one of the items.
    Conflict,
    /// The table is asked for too much.
    Throttled,
    /// One of its items was throttled inside the transaction.
    ThrottledInside,
    /// It is done, and the answer says 500.
    DoneAndFailed,
    /// It is done, and the connection breaks in the middle of the answer.
    DoneAndCut,
}

#[derive(Clone)]
struct Proxy {
    engine: Http,
    fates: Arc<Mutex<VecDeque<Fate>>>,
    writes: Arc<Mutex<u32>>,
}

/// A stage on an engine behind the proxy.
struct Contended {
    stage: Stage,
    proxy: Proxy,
    _engines: (Engines, TempDir),
}

impl Contended {
    async fn set() -> Self {
        let data = tempfile::tempdir().unwrap();
        let template = Template::embedded().unwrap();
        let engines = Engines::start(data.path(), &template, EngineOptions::default()).await.unwrap();
        let proxy = Proxy { engine: Http::of(engines.dynamodb_url()), fates: Arc::default(), writes: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass_on).with_state(proxy.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let elsewhere = Endpoints { dynamodb: Some(url), ..Endpoints::default() };
        let stage = Stage::of(Setting { elsewhere, ..Setting::default() }).await;
        Self { stage, proxy, _engines: (engines, data) }
    }

    fn next(&self, fates: &[Fate]) {
        *self.proxy.fates.lock().unwrap() = fates.iter().copied().collect();
        *self.proxy.writes.lock().unwrap() = 0;
    }

    fn writes(&self) -> u32 {
        *self.proxy.writes.lock().unwrap()
    }
}

async fn pass_on(State(proxy): State<Proxy>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let action = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let fate = action.ends_with("TransactWriteItems").then(|| {
        *proxy.writes.lock().unwrap() += 1;
        proxy.fates.lock().unwrap().pop_front()
    });
    const MODEL: &str = "com.amazonaws.dynamodb.v20120810";
    match fate.flatten() {
        None => {
            let answer = proxy.engine.forward(&head, body).await;
            told(answer.status, Body::from(answer.body))
        }
        Some(fate @ (Fate::Conflict | Fate::ThrottledInside)) => {
            let code = if matches!(fate, Fate::Conflict) { "TransactionConflict" } else { "ThrottlingError" };
            let reasons = serde_json::json!([{ "Code": code, "Message": "" }, { "Code": "None" }]);
            let kind = format!("{MODEL}#TransactionCanceledException");
            let told_as = serde_json::json!({ "__type": kind, "Message": "cancelled", "CancellationReasons": reasons });
            told(400, Body::from(told_as.to_string()))
        }
        Some(Fate::Throttled) => {
            let kind = format!("{MODEL}#ProvisionedThroughputExceededException");
            told(400, Body::from(serde_json::json!({ "__type": kind, "message": "too fast" }).to_string()))
        }
        Some(Fate::DoneAndFailed) => {
            proxy.engine.forward(&head, body).await;
            let kind = format!("{MODEL}#InternalServerError");
            told(500, Body::from(serde_json::json!({ "__type": kind, "message": "lost" }).to_string()))
        }
        Some(Fate::DoneAndCut) => {
            proxy.engine.forward(&head, body).await;
            let cut = stream::iter([Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("cut"))]);
            told(200, Body::from_stream(cut))
        }
    }
}

fn told(status: u16, body: Body) -> Response<Body> {
    Response::builder().status(status).header("content-type", "application/x-amz-json-1.0").body(body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_are_tried_again_and_the_payment_is_made_once() {
    let contended = Contended::set().await;
    let stage = &contended.stage;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    let cases: [&[Fate]; 4] = [
        &[Fate::Conflict; 3],
        &[Fate::ThrottledInside, Fate::Conflict],
        &[Fate::Throttled, Fate::Throttled],
        &[Fate::Conflict; 9],
    ];
    for (paid_before, fates) in (0_u64..).zip(cases) {
        let ticket = till.ticket(&young).await;
        contended.next(fates);
        till.pay(&ticket, "reading", 1_00).await.is(201);
        assert_eq!(contended.writes() as usize, fates.len() + 1, "{fates:?}");
        assert_eq!(stage.left(&young, Envelope::Reading).await, 27_00 - 1_00 * paid_before);
    }
    let ids = till.history().await;
    contended.next(&[Fate::Conflict, Fate::Conflict]);
    till.cancel(ids[0]["id"].as_str().unwrap()).await.is(200);
    assert_eq!(stage.left(&young, Envelope::Reading).await, 25_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_contention_is_503_and_nothing_has_changed() {
    let contended = Contended::set().await;
    let stage = &contended.stage;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    let paid = stage.payment(&shop, &young, 5_00).await.id.to_string();
    let ticket = till.ticket(&young).await;
    for fate in [Fate::Conflict, Fate::Throttled] {
        contended.next(&[fate; 1000]);
        let busy = till.pay(&ticket, "reading", 1_00).await.refuses(503, "busy");
        assert!(busy.header("retry-after").parse::<u64>().unwrap() >= 1);
        till.cancel(&paid).await.refuses(503, "busy");
        contended.next(&[]);
        assert_eq!(stage.left(&young, Envelope::Reading).await, 23_00);
        let lines = till.history().await;
        assert_eq!((lines.len(), &lines[0]["state"]), (1, &serde_json::json!("paid")));
    }
    // The same ticket pays once it is quiet.
    till.pay(&ticket, "reading", 1_00).await.is(201);
    till.cancel(&paid).await.is(200);
    assert_eq!(stage.left(&young, Envelope::Reading).await, 27_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_costs_no_second_debit() {
    let contended = Contended::set().await;
    let stage = &contended.stage;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    // Lost once, the client's own retry finds it; lost for good, the till's does.
    let cases: [&[Fate]; 4] = [
        &[Fate::DoneAndFailed],
        &[Fate::DoneAndCut],
        &[Fate::DoneAndFailed; 3],
        &[Fate::DoneAndFailed, Fate::Conflict],
    ];
    for fates in cases {
        let young = stage.young().await;
        let ticket = till.ticket(&young).await;
        contended.next(fates);
        let first = till.pay(&ticket, "reading", 9_00).await;
        assert!(matches!(first.status, 200 | 201 | 500 | 503), "{fates:?}: {} {}", first.status, first.text());
        contended.next(&[]);
        let again = till.pay(&ticket, "reading", 9_00).await.is(200);
        if first.status < 300 {
            assert_eq!(first.body, again.body, "{fates:?}");
        }
        assert_eq!(again.json()["available_cents"], 19_00);
        assert_eq!(stage.left(&young, Envelope::Reading).await, 19_00, "{fates:?}");

        // Cancelling likewise: the money comes back once.
        let id = again.json()["id"].as_str().unwrap().to_owned();
        contended.next(fates);
        let first = till.cancel(&id).await;
        assert!(matches!(first.status, 200 | 409 | 500 | 503), "{fates:?}: {} {}", first.status, first.text());
        contended.next(&[]);
        till.cancel(&id).await.refuses(409, "already_cancelled");
        assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00, "{fates:?}");
    }
    assert_eq!(till.history().await.len(), 4);
}
