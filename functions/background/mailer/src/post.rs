//! SES: how a mail leaves.

use aws_sdk_ses::Client;
use aws_sdk_ses::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ses::types::{Body, Content, Destination, Message};
use epass_cloud::{Cloud, Service};
use epass_domain::Email;
use epass_mail::Rendered;

/// The way out.
#[derive(Clone, Debug)]
pub struct Post {
    client: Client,
    sender: String,
}

/// Why a mail did not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// SES's word for it; never the address.
    pub kind: String,
    /// Whether trying again is of no use.
    pub for_good: bool,
}

impl Refused {
    pub(crate) fn for_good(kind: &str) -> Self {
        Self { kind: kind.into(), for_good: true }
    }
}

impl Post {
    pub(crate) fn new(cloud: &Cloud, sender: &Email) -> Self {
        let sender = format!("e-PASS JEUNES <{}>", sender.as_str());
        Self { client: Client::new(&cloud.settings(Service::Ses)), sender }
    }

    /// Hands a mail to SES.
    ///
    /// # Errors
    /// [`Refused`]: a rejected message or an address that cannot be is for good, anything else is not.
    pub async fn send(&self, to: &Email, mail: &Rendered) -> Result<(), Refused> {
        let content = |text: &str| Content::builder().data(text).charset("UTF-8").build().expect("data is set");
        let message = Message::builder()
            .subject(content(&mail.subject))
            .body(Body::builder().text(content(&mail.text)).html(content(&mail.html)).build())
            .build();
        let sent = self
            .client
            .send_email()
            .source(&self.sender)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .message(message)
            .send()
            .await;
        sent.map(|_| ()).map_err(|error| refused(&error))
    }
}

fn refused<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Refused {
    const FOR_GOOD: [&str; 3] = ["MessageRejected", "InvalidParameterValue", "ValidationError"];
    let kind = match error {
        SdkError::ServiceError(service) => service.err().code().unwrap_or("unnamed"),
        SdkError::TimeoutError(_) => "time-out",
        _ => "not reached",
    };
    Refused { for_good: FOR_GOOD.contains(&kind), kind: kind.to_owned() }
}
