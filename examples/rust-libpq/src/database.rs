//! The little of libpq that is needed to try a connection.

use std::ffi::{CStr, CString};

/// The version of the library that the program runs with, such as `17.5`.
pub fn version() -> String {
    // SAFETY: the function only returns a number.
    let number = unsafe { pq_sys::PQlibVersion() };
    format!("{}.{}", number / 10_000, number % 10_000)
}

/// Connects once and leaves again.
///
/// # Errors
/// With the message of libpq, or when the URL has a zero byte.
pub fn try_connection(url: &str) -> Result<(), String> {
    let url = CString::new(url).map_err(|error| error.to_string())?;
    // SAFETY: `url` outlives the call; the connection is used by this function alone and is
    // finished once, after its message was copied. Each function accepts a null connection.
    unsafe {
        let connection = pq_sys::PQconnectdb(url.as_ptr());
        let outcome = if pq_sys::PQstatus(connection) == pq_sys::ConnStatusType::CONNECTION_OK {
            Ok(())
        } else {
            let message = CStr::from_ptr(pq_sys::PQerrorMessage(connection));
            Err(message.to_string_lossy().trim().to_owned())
        };
        pq_sys::PQfinish(connection);
        outcome
    }
}
