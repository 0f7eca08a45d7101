//! How a model file is told from others.

/// Raised when older programs could not read a new file.
pub const FORMAT: u32 = 8;
