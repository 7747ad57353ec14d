//! The private bucket of documents: RIBs as uploaded, conventions as rendered. Keys are short, flat and made by the
//! server; whoever may read one gets a link that lives for a minute.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{DisplayErrorContext, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use epass_cloud::{Cloud, Service};
use sha2::{Digest, Sha256};

/// How long a link to a document lives.
const LINK_LIFE: Duration = Duration::from_secs(60);

/// Why the bucket could not answer.
#[derive(Debug, thiserror::Error)]
#[error("the bucket failed: {0}")]
pub struct FilesError(String);

/// The bucket. Its client is made at the first call: a function that never calls it neither starts nor contains it.
#[derive(Clone, Debug)]
pub struct Files {
    cloud: Cloud,
    client: Arc<OnceLock<Client>>,
    bucket: String,
}

/// A document to keep.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Its media type.
    pub media_type: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl Files {
    /// The bucket of this name; without one, every call fails, as the role of a function would have it.
    pub fn new(cloud: &Cloud, bucket: Option<String>) -> Self {
        Self { cloud: cloud.clone(), client: Arc::default(), bucket: bucket.unwrap_or_default() }
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| {
            let settings = aws_sdk_s3::config::Builder::from(&self.cloud.settings(Service::S3))
                .force_path_style(self.cloud.is_elsewhere(Service::S3))
                .build();
            Client::from_conf(settings)
        })
    }

    /// Keeps a document. The same key twice keeps the first, so that a retry changes no byte.
    ///
    /// # Errors
    /// [`FilesError`].
    pub async fn keep(&self, key: &str, document: Document<'_>) -> Result<(), FilesError> {
        let put = self
            .client()
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(document.media_type)
            .if_none_match("*")
            .body(ByteStream::from(document.bytes.to_vec()));
        match put.send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(refused)) if refused.raw().status().as_u16() == 412 => Ok(()),
            Err(error) => Err(FilesError(DisplayErrorContext(error).to_string())),
        }
    }

    /// The bytes of a document; none where there is no such key. S3 answers 403 for one that is not there to who may not list the
    /// bucket, as no function may.
    ///
    /// # Errors
    /// [`FilesError`].
    pub async fn read(&self, key: &str) -> Result<Option<Bytes>, FilesError> {
        let failed = |error: &dyn std::error::Error| FilesError(DisplayErrorContext(error).to_string());
        match self.client().get_object().bucket(&self.bucket).key(key).send().await {
            Ok(object) => {
                object.body.collect().await.map(|body| Some(body.into_bytes())).map_err(|error| failed(&error))
            }
            Err(SdkError::ServiceError(refused)) if is_absent(refused.raw()) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Whether there is a document under this key; see [`Files::read`] for what is not there.
    ///
    /// # Errors
    /// [`FilesError`].
    pub async fn holds(&self, key: &str) -> Result<bool, FilesError> {
        match self.client().head_object().bucket(&self.bucket).key(key).send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(refused)) if is_absent(refused.raw()) => Ok(false),
            Err(error) => Err(FilesError(DisplayErrorContext(error).to_string())),
        }
    }

    /// A link that downloads a document under `name` (ASCII, no quotes), for a minute.
    ///
    /// # Errors
    /// [`FilesError`].
    pub async fn link(&self, key: &str, name: &str) -> Result<String, FilesError> {
        let life = PresigningConfig::expires_in(LINK_LIFE).expect("a minute is a valid life");
        let signed = self
            .client()
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .response_content_disposition(format!("attachment; filename=\"{name}\""))
            .presigned(life)
            .await
            .map_err(|error| FilesError(DisplayErrorContext(error).to_string()))?;
        Ok(signed.uri().to_owned())
    }
}

fn is_absent(answer: &HttpResponse) -> bool {
    matches!(answer.status().as_u16(), 403 | 404)
}

/// SHA-256 as lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
