//! Builds a mail's bytes (RFC 5322, MIME). They are built here, so that SES and the local sink receive the same.

use epass_domain::{Email, MailId};
use epass_mail::Rendered;
use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;

/// The display name of the sender.
const NAME: &str = "e-PASS JEUNES";

/// The addresses of one mail.
#[derive(Clone, Copy)]
pub(crate) struct Addresses<'a> {
    /// The sender.
    pub from: &'a Email,
    /// The recipient.
    pub to: &'a Email,
    /// The address for replies.
    pub reply_to: &'a Email,
}

/// The whole message. Its `Message-ID` is the outbox entry's id, the same in every retry; SES replaces it with its own.
pub(crate) fn raw(id: MailId, addresses: Addresses<'_>, mail: &Rendered, now: Timestamp) -> Vec<u8> {
    let domain = addresses.from.as_str().rsplit('@').next().unwrap_or_default();
    let alternative = ContentType::new("multipart/alternative").attribute("boundary", format!("e-pass-{id}"));
    let parts = vec![MimePart::new("text/plain", mail.text.as_str()), MimePart::new("text/html", mail.html.as_str())];
    MessageBuilder::new()
        .message_id(format!("{id}@{domain}"))
        .date(now.as_second())
        .from((NAME, addresses.from.as_str()))
        .to(addresses.to.as_str())
        .reply_to(addresses.reply_to.as_str())
        .subject(mail.subject.as_str())
        // RFC 3834: suppresses automatic replies; the second header does the same for Exchange.
        .header("Auto-Submitted", Raw::new("auto-generated"))
        .header("X-Auto-Response-Suppress", Raw::new("OOF, AutoReply"))
        .header("Content-Language", Raw::new("fr"))
        .body(MimePart::new(alternative, parts))
        .write_to_vec()
        .expect("writing to memory does not fail")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn built() -> String {
        let email = |text| Email::parse(text).unwrap();
        let (from, to, reply_to) = (email("mails@e-pass.example"), email("lea@example.org"), email("zoe@shop.example"));
        let mail = Rendered {
            subject: "Hotline\u{a0}: « un titre très long, avec des accents et des espaces insécables » ".repeat(4),
            text: format!("Bonjour,\n\n{}\n-- \nL’équipe\n", "Votre carte est prête. ".repeat(60)),
            html: format!("<p>{}</p>", "Votre carte est prête. ".repeat(60)),
        };
        let addresses = Addresses { from: &from, to: &to, reply_to: &reply_to };
        String::from_utf8(raw(MailId(Uuid::nil()), addresses, &mail, Timestamp::UNIX_EPOCH)).expect("ASCII")
    }

    #[test]
    fn a_message_says_that_a_program_wrote_it_and_where_to_answer() {
        let message = built();
        for header in [
            "Message-ID: <00000000-0000-0000-0000-000000000000@e-pass.example>\r\n",
            "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n",
            "From: \"e-PASS JEUNES\" <mails@e-pass.example>\r\n",
            "To: <lea@example.org>\r\n",
            "Reply-To: <zoe@shop.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "MIME-Version: 1.0\r\n",
        ] {
            assert!(message.contains(header), "{header}{message}");
        }
    }

    #[test]
    fn a_message_is_plain_ascii_in_short_lines_and_keeps_the_space_of_its_signature() {
        let message = built();
        assert!(message.is_ascii());
        assert!(message.split("\r\n").all(|line| line.len() <= 78 && !line.contains(['\r', '\n'])), "{message}");
        assert!(message.contains("quoted-printable"));
        assert!(message.contains("\r\n--=20\r\n"), "{message}");
    }
}
