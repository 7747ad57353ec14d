//! What the function of this room is, and what it may do.

use epass_web::function::Function;

/// The function.
pub const FUNCTION: Function = Function::new(
    "public-site",
    "Home, FAQ, guide, legal pages, assets, the API's description, and the page for what does not exist.",
);
