use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use provost_ldap_wire::ResultCode;

/// Why a directory cannot be made, filled, or served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    #[non_exhaustive]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// A record of an LDIF document was refused.
    #[error("line {line}: the record is refused: {code}: {message}")]
    #[non_exhaustive]
    Load {
        /// First line of the record, from 1.
        line: usize,
        /// Result code that a client would have got.
        code: ResultCode,
        /// What was wrong with the record.
        message: String,
    },
    /// The name is no distinguished name or uses an attribute type that the schema does not know.
    #[error("{what} is not a name of this schema: {name}")]
    #[non_exhaustive]
    Name {
        /// What the name is for, such as "the suffix".
        what: &'static str,
        /// The name as it was given.
        name: String,
    },
    /// An LDIF document cannot be read.
    #[error("cannot read the LDIF document")]
    #[non_exhaustive]
    Read {
        /// Where and why, with the line number.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A schema definition cannot be used.
    #[error("the schema definition {name} cannot be used: {reason}")]
    #[non_exhaustive]
    Schema {
        /// Name or object identifier of the definition.
        name: String,
        /// Why.
        reason: String,
    },
    /// The certificate or the private key cannot be used.
    #[error("cannot use the TLS file {}", path.display())]
    #[non_exhaustive]
    Tls {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
}
