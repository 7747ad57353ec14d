//! team-mails
