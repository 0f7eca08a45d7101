//! The version of the model file format.

/// Raised when older programs could not read a new file.
pub const FORMAT: u32 = 9;
