//! The configuration shared by the clients of all AWS services: one HTTP client, one TLS stack, settings from the
//! environment. Figures behind each choice: `docs/decisions/2026-11-22-aws-clients-by-hand.md`.

use std::path::PathBuf;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

/// The root certificates of AWS endpoints (amazontrust.com), embedded so that a cold start reads no certificate store.
const AMAZON_ROOTS: &str = include_str!("../roots/amazon.pem");

/// A service that we use and that may run elsewhere than at AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// The tables.
    DynamoDb,
    /// The documents.
    S3,
    /// The mails.
    Ses,
    /// The state machines.
    StepFunctions,
}

/// The endpoints of services that do not run at AWS, from the SDK's own variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// The value of `AWS_ENDPOINT_URL_DYNAMODB`.
    pub dynamodb: Option<String>,
    /// The value of `AWS_ENDPOINT_URL_S3`.
    pub s3: Option<String>,
    /// The value of `AWS_ENDPOINT_URL_SES`.
    pub ses: Option<String>,
    /// The value of `AWS_ENDPOINT_URL_SFN`.
    pub step_functions: Option<String>,
}

impl Endpoints {
    /// Reads the endpoints from the environment.
    pub fn from_env() -> Self {
        let read = |name| std::env::var(name).ok().filter(|url| !url.is_empty());
        Self {
            dynamodb: read("AWS_ENDPOINT_URL_DYNAMODB"),
            s3: read("AWS_ENDPOINT_URL_S3"),
            ses: read("AWS_ENDPOINT_URL_SES"),
            step_functions: read("AWS_ENDPOINT_URL_SFN"),
        }
    }

    fn of(&self, service: Service) -> Option<&str> {
        match service {
            Service::DynamoDb => self.dynamodb.as_deref(),
            Service::S3 => self.s3.as_deref(),
            Service::Ses => self.ses.as_deref(),
            Service::StepFunctions => self.step_functions.as_deref(),
        }
    }
}

/// A setting of the environment that is missing or cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// A required variable is not set.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// The file named by `AWS_CA_BUNDLE` cannot be read.
    #[error("AWS_CA_BUNDLE, {}: {source}", .path.display())]
    Bundle {
        /// The path of the file.
        path: PathBuf,
        /// The reason why it cannot be read.
        source: std::io::Error,
    },
}

/// The configuration that all clients share.
#[derive(Clone, Debug)]
pub struct Cloud {
    http: SharedHttpClient,
    credentials: Credentials,
    region: Region,
    endpoints: Endpoints,
}

impl Cloud {
    /// Reads the variables that Lambda sets: `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_SESSION_TOKEN`. `AWS_CA_BUNDLE`, the SDKs' own variable, names root certificates that replace Amazon's.
    ///
    /// # Errors
    /// [`SettingError`]: the first variable that is not set, or a bundle that cannot be read.
    pub fn from_env() -> Result<Self, SettingError> {
        let need = |name| std::env::var(name).map_err(|_| SettingError::Missing(name));
        let credentials = Credentials::new(
            need("AWS_ACCESS_KEY_ID")?,
            need("AWS_SECRET_ACCESS_KEY")?,
            std::env::var("AWS_SESSION_TOKEN").ok(),
            None,
            "environment",
        );
        let trusted = match std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()).map(PathBuf::from) {
            Some(path) => {
                let bundle = std::fs::read(&path).map_err(|source| SettingError::Bundle { path, source })?;
                TrustStore::empty().with_pem_certificate(bundle)
            }
            None => trust_store(),
        };
        Ok(Self::trusting(trusted, need("AWS_REGION")?, credentials, Endpoints::from_env()))
    }

    /// Takes all settings as arguments, for the local runner.
    pub fn new(region: String, credentials: Credentials, endpoints: Endpoints) -> Self {
        Self::trusting(trust_store(), region, credentials, endpoints)
    }

    fn trusting(roots: TrustStore, region: String, credentials: Credentials, endpoints: Endpoints) -> Self {
        let tls = TlsContext::builder().with_trust_store(roots).build().expect("a trust store is all that it takes");
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(tls).build_https();
        Self { http, credentials, region: Region::new(region), endpoints }
    }

    /// The same configuration with other credentials.
    #[must_use]
    pub fn signed_by(self, credentials: Credentials) -> Self {
        Self { credentials, ..self }
    }

    /// The same configuration with its HTTP client replaced by `wrap` of it.
    #[must_use]
    pub fn through(self, wrap: impl FnOnce(SharedHttpClient) -> SharedHttpClient) -> Self {
        Self { http: wrap(self.http), ..self }
    }

    /// The settings of one service's client: two quick retries, one second to connect, five seconds to answer.
    pub fn settings(&self, service: Service) -> SdkConfig {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .operation_attempt_timeout(Duration::from_secs(5))
            .build();
        let mut settings = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(self.http.clone())
            .credentials_provider(SharedCredentialsProvider::new(self.credentials.clone()))
            .region(self.region.clone())
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(timeouts)
            .sleep_impl(TokioSleep::new())
            .time_source(SystemTimeSource::new());
        if let Some(url) = self.endpoints.of(service) {
            settings = settings.endpoint_url(url);
        }
        settings.build()
    }

    /// Whether this service runs elsewhere than at AWS.
    pub fn is_elsewhere(&self, service: Service) -> bool {
        self.endpoints.of(service).is_some()
    }
}

/// Amazon's own root certificates; outside Lambda, the platform's as well.
fn trust_store() -> TrustStore {
    let in_lambda = std::env::var_os("AWS_LAMBDA_FUNCTION_NAME").is_some();
    TrustStore::empty().with_native_roots(!in_lambda).with_pem_certificate(AMAZON_ROOTS)
}
