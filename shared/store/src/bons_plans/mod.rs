//! Bons plans, from draft to withdrawal.
//!
//! `bons_plans`: key `bon_plan_id` (UUIDv7). Index `by_partner` (`partner_id`, `bon_plan_id`) is a partner's list;
//! index `by_stage` (`stage`, `stage_since`) holds only those that wait: for the team, or, once gone, until all
//! registrants have their notice. A draft is stored in the same table; sending it replaces it by a bon plan under the
//! same key. Every save is conditional on the revision that was read, and updates the terms of registration and the
//! shelves in the same transaction.

pub(crate) mod items;
mod lists;
mod one;
mod saving;

pub use items::OwnBonPlan;
pub use lists::{BonPlanLine, BonPlanPage, LinePlace};
pub use one::BonsPlans;
