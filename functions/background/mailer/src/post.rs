//! Sends mails through SES, and maps its refusals to causes.

use aws_sdk_ses::Client;
use aws_sdk_ses::config::http::HttpResponse;
use aws_sdk_ses::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::RawMessage;
use epass_cloud::{Cloud, Service};
use epass_domain::Email;
use epass_mail::Cause;

/// The SES client.
#[derive(Clone, Debug)]
pub struct Post {
    client: Client,
}

impl Post {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self { client: Client::new(&cloud.settings(Service::Ses)) }
    }

    /// Hands a whole message to SES.
    ///
    /// # Errors
    /// The [`Cause`] of SES's refusal, or of a missing response.
    pub(crate) async fn send(&self, from: &Email, to: &Email, message: Vec<u8>) -> Result<(), Cause> {
        let raw = RawMessage::builder().data(Blob::new(message)).build().expect("data is set");
        let asked = self.client.send_raw_email().source(from.as_str()).destinations(to.as_str()).raw_message(raw);
        asked.send().await.map(|_| ()).map_err(|error| cause(&error))
    }
}

/// The cause of an SDK error.
fn cause<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Cause {
    match error {
        SdkError::ServiceError(service) => {
            let (code, message) =
                (service.err().code().unwrap_or_default(), service.err().message().unwrap_or_default());
            read(service.raw().status().as_u16(), code, message)
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => Cause::Unreachable,
        // A response that is not SES's: a proxy's page, a cut connection.
        SdkError::ResponseError(_) => Cause::Trouble,
        _ => Cause::Unknown,
    }
}

/// The error codes of SES's version 1 (*Amazon SES API Reference*: `SendRawEmail`, *Common Errors*) and of the query
/// protocol, with words of the message where one code has several meanings. The first row that matches counts; an empty
/// word matches every message. Words are compared in lower case.
const CODES: &[(&str, &str, Cause)] = &[
    ("Throttling", "daily message quota", Cause::Quota),
    ("Throttling", "", Cause::Rate),
    ("ThrottlingException", "", Cause::Rate),
    ("TooManyRequestsException", "", Cause::Rate),
    ("RequestLimitExceeded", "", Cause::Rate),
    ("LimitExceededException", "", Cause::Quota),
    ("AccountSendingPausedException", "", Cause::Paused),
    ("ConfigurationSetSendingPausedException", "", Cause::Paused),
    ("AccountSuspendedException", "", Cause::Paused),
    ("SendingPausedException", "", Cause::Paused),
    ("MailFromDomainNotVerifiedException", "", Cause::Unverified),
    ("MessageRejected", "not verified", Cause::Unverified),
    ("MessageRejected", "sending suspended", Cause::Paused),
    ("MessageRejected", "sending paused", Cause::Paused),
    ("MessageRejected", "address blacklisted", Cause::Address),
    ("MessageRejected", "", Cause::Message),
    ("InvalidParameterValue", "address", Cause::Address),
    ("InvalidParameterValue", "domain", Cause::Address),
    ("InvalidParameterValue", "user name", Cause::Address),
    ("InvalidParameterValue", "", Cause::Message),
    ("InvalidParameterCombination", "", Cause::Message),
    ("InvalidQueryParameter", "", Cause::Message),
    ("MalformedQueryString", "", Cause::Message),
    ("MissingParameter", "", Cause::Message),
    ("ValidationError", "", Cause::Message),
    ("ConfigurationSetDoesNotExist", "", Cause::Forbidden),
    ("ConfigurationSetDoesNotExistException", "", Cause::Forbidden),
    ("AccessDenied", "", Cause::Forbidden),
    ("AccessDeniedException", "", Cause::Forbidden),
    ("NotAuthorized", "", Cause::Forbidden),
    ("OptInRequired", "", Cause::Forbidden),
    ("ExpiredToken", "", Cause::Forbidden),
    ("ExpiredTokenException", "", Cause::Forbidden),
    ("RequestExpired", "", Cause::Forbidden),
    ("InvalidClientTokenId", "", Cause::Forbidden),
    ("UnrecognizedClientException", "", Cause::Forbidden),
    ("IncompleteSignature", "", Cause::Forbidden),
    ("SignatureDoesNotMatch", "", Cause::Forbidden),
    ("MissingAuthenticationToken", "", Cause::Forbidden),
    ("InternalFailure", "", Cause::Trouble),
    ("ServiceUnavailable", "", Cause::Trouble),
];

/// The cause of a response of SES: from its code, or else from its status.
fn read(status: u16, code: &str, message: &str) -> Cause {
    let message = message.to_lowercase();
    let fits = |row: &&(&str, &str, Cause)| row.0 == code && message.contains(row.1);
    match (CODES.iter().find(fits), status) {
        (Some((_, _, cause)), _) => *cause,
        (None, 500..) => Cause::Trouble,
        (None, 429) => Cause::Rate,
        (None, 401 | 403) => Cause::Forbidden,
        (None, _) => Cause::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ses::operation::send_raw_email::SendRawEmailError;
    use epass_mail::Fate;

    use super::*;

    #[test]
    fn each_refusal_of_ses_is_read_as_what_it_means() {
        let sandbox = "Email address is not verified. The following identities failed the check in region EU-WEST-3: lea@example.org";
        let table = [
            (400, "MessageRejected", sandbox, Cause::Unverified),
            (
                400,
                "MessageRejected",
                "Sending suspended for this account. For more information, please check the inbox",
                Cause::Paused,
            ),
            (400, "MessageRejected", "Sending paused for this account.", Cause::Paused),
            (400, "MessageRejected", "Address blacklisted.", Cause::Address),
            (400, "MessageRejected", "Email contains a virus", Cause::Message),
            (400, "AccountSendingPausedException", "Sending is paused", Cause::Paused),
            (400, "Throttling", "Daily message quota exceeded.", Cause::Quota),
            (400, "Throttling", "Maximum sending rate exceeded.", Cause::Rate),
            (400, "MailFromDomainNotVerifiedException", "", Cause::Unverified),
            (400, "InvalidParameterValue", "Missing final '@domain'", Cause::Address),
            (400, "InvalidParameterValue", "Local address contains control or whitespace", Cause::Address),
            (400, "InvalidParameterValue", "Header is not terminated by CRLF", Cause::Message),
            (403, "AccessDenied", "User is not authorized to perform ses:SendRawEmail", Cause::Forbidden),
            (403, "SomethingNew", "", Cause::Forbidden),
            (500, "InternalFailure", "", Cause::Trouble),
            (503, "", "Service Unavailable", Cause::Trouble),
            (429, "", "", Cause::Rate),
            (400, "SomethingNew", "", Cause::Unknown),
        ];
        for (status, code, message, cause) in table {
            assert_eq!(read(status, code, message), cause, "{status} {code} {message}");
        }
    }

    #[test]
    fn what_lasts_only_a_while_is_never_final() {
        for (code, _, cause) in CODES {
            let lasts = matches!(cause, Cause::Address | Cause::Message);
            assert_eq!(cause.fate() == Fate::Final, lasts, "{code}");
        }
    }

    #[test]
    fn silence_is_no_refusal_of_the_mail() {
        let silent: SdkError<SendRawEmailError, HttpResponse> = SdkError::timeout_error("no answer");
        assert_eq!(cause(&silent), Cause::Unreachable);
    }
}
