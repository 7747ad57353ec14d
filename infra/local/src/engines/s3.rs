//! S3: s3s over a folder, with a folder for each bucket. Requests and links are signed with a function's key, which has
//! the function's grants, or with the administrator's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{DisplayErrorContext, SdkError};
use aws_sdk_s3::operation::head_bucket::HeadBucketError;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use s3s::S3Result;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::path::S3Path;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::error::StartError;
use super::thread::EngineThread;
use crate::rights::{Resource, Rights};
use crate::template::Template;

/// The running engine.
pub struct S3 {
    thread: EngineThread,
}

impl S3 {
    /// Serves a folder on a loopback port (0 for a free one).
    pub(super) fn start(
        folder: &Path,
        port: u16,
        credentials: &Credentials,
        rights: Arc<Rights>,
    ) -> Result<Self, StartError> {
        let files =
            FileSystem::new(folder).map_err(|error| StartError::Engine { engine: "S3", what: format!("{error:?}") })?;
        let mut service = S3ServiceBuilder::new(files);
        let mut keys = SimpleAuth::from_single(credentials.access_key_id(), credentials.secret_access_key());
        for function in rights.functions() {
            keys.register(function.to_owned(), credentials.secret_access_key().into());
        }
        service.set_auth(keys);
        service.set_access(Access { rights, folder: folder.to_owned() });
        let service = service.build();
        let thread = EngineThread::spawn("S3", port, |listener, stopped| serve(listener, service, stopped))?;
        Ok(Self { thread })
    }

    pub(super) fn url(&self) -> String {
        self.thread.url()
    }

    pub(super) fn into_thread(self) -> EngineThread {
        self.thread
    }
}

/// Authorises each key's requests.
struct Access {
    rights: Arc<Rights>,
    folder: PathBuf,
}

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let denied = |why: String| s3s::S3Error::with_message(s3s::S3ErrorCode::AccessDenied, why);
        let Some(signed) = cx.credentials() else { return Err(denied("it is not signed".into())) };
        let S3Path::Object { bucket, key } = cx.s3_path() else {
            let is_function = self.rights.functions().any(|function| function == signed.access_key);
            return if is_function { Err(denied("no function may touch a bucket".into())) } else { Ok(()) };
        };
        // Reading a document's metadata needs the same right as reading the document.
        let action = match cx.s3_op().name() {
            "HeadObject" => "s3:GetObject".to_owned(),
            operation => format!("s3:{operation}"),
        };
        let judged = self.rights.judge(&signed.access_key, &action, &Resource::Document(key));
        judged.map_err(|error| denied(error.to_string()))?;
        // A caller that may not list a bucket does not learn whether a document exists (*GetObject*, *Permissions*).
        if action == "s3:GetObject" && !self.folder.join(&**bucket).join(&**key).exists() {
            return Err(denied("it is not there, or not for you".into()));
        }
        Ok(())
    }
}

async fn serve(listener: TcpListener, service: S3Service, mut stopped: oneshot::Receiver<()>) {
    let connections = GracefulShutdown::new();
    loop {
        let socket = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((socket, _)) => socket,
                Err(error) => {
                    // Most likely out of file handles: the next connection may find one.
                    eprintln!("the S3 engine did not accept a connection: {error}");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                    continue;
                }
            },
            _ = &mut stopped => break,
        };
        let server = Builder::new(TokioExecutor::new());
        let connection = server.serve_connection(TokioIo::new(socket), service.clone()).into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move { drop(connection.await) });
    }
    drop(listener);
    connections.shutdown().await;
}

/// Creates the missing buckets.
///
/// # Errors
/// The service refuses.
pub async fn make_buckets(client: &Client, template: &Template, region: &str) -> Result<(), StartError> {
    for bucket in &template.buckets {
        let refused =
            |text: String| StartError::Refused { what: format!("the bucket {}", bucket.name), source: text.into() };
        match client.head_bucket().bucket(&bucket.name).send().await {
            Ok(_) => {}
            Err(SdkError::ServiceError(answer)) if matches!(answer.err(), HeadBucketError::NotFound(_)) => {
                let made = client.create_bucket().bucket(&bucket.name).set_create_bucket_configuration(place(region));
                let made = made.send().await;
                made.map_err(|error| refused(DisplayErrorContext(error).to_string()))?;
            }
            Err(error) => return Err(refused(DisplayErrorContext(error).to_string())),
        }
    }
    Ok(())
}

/// The location of a new bucket: S3 requires it in every region but its first one, and refuses it there.
fn place(region: &str) -> Option<CreateBucketConfiguration> {
    const FIRST: &str = "us-east-1";
    let constraint = || BucketLocationConstraint::from(region);
    (region != FIRST).then(|| CreateBucketConfiguration::builder().location_constraint(constraint()).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_names_its_region_everywhere_but_in_the_first_one() {
        let named = |region| place(region).and_then(|place| place.location_constraint().cloned());
        assert_eq!(named("eu-west-3"), Some(BucketLocationConstraint::EuWest3));
        assert_eq!(named("us-east-1"), None);
    }
}
