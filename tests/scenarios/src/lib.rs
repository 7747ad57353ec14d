//! epass-scenarios
