//! What is planned for typical repositories.
