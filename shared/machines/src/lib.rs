//! State machines: starting one, and nothing else.
