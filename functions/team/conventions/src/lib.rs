//! team-conventions
