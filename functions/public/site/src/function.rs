//! The Lambda function of this room: its grants.

use epass_web::function::Function;

/// The Lambda function.
pub const FUNCTION: Function = Function::new(
    "public-site",
    "Home, FAQ, guide, legal pages, assets, the API's description, and the page for what does not exist.",
);
