//! State machines (AWS Step Functions), which call a function again until its work is done: starting one, and no more.

use std::sync::{Arc, OnceLock};

use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::{DisplayErrorContext, SdkError};
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use epass_cloud::{Cloud, Service};
use serde::Serialize;

/// Why a machine could not be started.
#[derive(Debug, thiserror::Error)]
#[error("the state machine was not started: {0}")]
pub struct MachineError(String);

/// What became of a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It runs: from now on, or since the same name was asked for with the same input.
    Running,
    /// An execution of this name ended in the last 90 days, or had another input. Nothing was started.
    Before,
}

/// One state machine. Its client is made at the first call: a function that never calls it neither starts nor contains it.
#[derive(Clone, Debug)]
pub struct Machine {
    cloud: Cloud,
    client: Arc<OnceLock<Client>>,
    arn: String,
}

impl Machine {
    /// The machine of this ARN; without one, every start fails, as the role of a function would have it.
    pub fn new(cloud: &Cloud, arn: Option<String>) -> Self {
        Self { cloud: cloud.clone(), client: Arc::default(), arn: arn.unwrap_or_default() }
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| Client::new(&self.cloud.settings(Service::StepFunctions)))
    }

    /// Starts an execution and does not wait for it. Its name (1 to 80 letters, digits, `-` and `_`) makes a resend harmless.
    ///
    /// # Errors
    /// [`MachineError`]: no answer, or a refusal.
    pub async fn start(&self, name: &str, input: &(impl Serialize + Sync)) -> Result<Started, MachineError> {
        let input = serde_json::to_string(input).map_err(|error| MachineError(error.to_string()))?;
        let start = self.client().start_execution().state_machine_arn(&self.arn).name(name).input(input);
        match start.send().await {
            Ok(_) => Ok(Started::Running),
            Err(SdkError::ServiceError(refused))
                if matches!(refused.err(), StartExecutionError::ExecutionAlreadyExists(_)) =>
            {
                Ok(Started::Before)
            }
            Err(error) => Err(MachineError(DisplayErrorContext(error).to_string())),
        }
    }
}
