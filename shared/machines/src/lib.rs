//! Starts state machines (AWS Step Functions), which call a function repeatedly until its work is done.

use std::sync::{Arc, OnceLock};

use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::{DisplayErrorContext, SdkError};
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use epass_cloud::{Cloud, Service};
use serde::Serialize;

/// The state machine could not be started.
#[derive(Debug, thiserror::Error)]
#[error("the state machine was not started: {0}")]
pub struct MachineError(String);

/// The outcome of a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// The execution runs: it was started now, or before under the same name with the same input.
    Running,
    /// An execution of this name ended in the last 90 days, or had another input. Nothing was started.
    Before,
}

/// One state machine. The client is created at the first call: a function without calls neither initialises nor links
/// it.
#[derive(Clone, Debug)]
pub struct Machine {
    cloud: Cloud,
    client: Arc<OnceLock<Client>>,
    arn: String,
}

impl Machine {
    /// The machine with this ARN; without an ARN, every start fails, as if the function's role did not allow it.
    pub fn new(cloud: &Cloud, arn: Option<String>) -> Self {
        Self { cloud: cloud.clone(), client: Arc::default(), arn: arn.unwrap_or_default() }
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| Client::new(&self.cloud.settings(Service::StepFunctions)))
    }

    /// Starts an execution and does not wait for it. Its name (1 to 80 letters, digits, `-` and `_`) makes the call
    /// idempotent.
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
