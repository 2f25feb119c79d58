use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use provost_connector::{Cancellation, ConnectorError};
use provost_ldap_wire::{Authentication, BindRequest, FrameLimits, Operation, ResultCode};
use tokio::net::TcpStream;

use super::connection::{Connection, Surroundings};
use super::tls;
use crate::LdapOptions;
use crate::options::Address;
use crate::text;

/// Everything that a new connection to the same server needs.
#[derive(Clone, Debug)]
pub(crate) struct Dialer {
    pub(crate) options: LdapOptions,
    pub(crate) address: Address,
    /// Name of the system in messages.
    pub(crate) system: String,
    pub(crate) cancellation: Cancellation,
    pub(crate) writes: Arc<AtomicU64>,
}

/// Connects and, for `ldaps`, makes the TLS handshake; all within the connect time-out. It does not bind.
pub(crate) async fn dial(dialer: &Dialer) -> Result<Arc<Connection>, ConnectorError> {
    let timeout = dialer.options.connect_timeout;
    tokio::select! {
        biased;
        () = dialer.cancellation.cancelled() => Err(ConnectorError::cancelled()),
        connection = connect(dialer) => connection,
        () = tokio::time::sleep(timeout) => Err(ConnectorError::timed_out(&dialer.system, timeout)),
    }
}

async fn connect(dialer: &Dialer) -> Result<Arc<Connection>, ConnectorError> {
    let Dialer { options, address, system, .. } = dialer;
    // Read before anything is sent, so that a missing file costs no connection.
    let tls = match (&options.ca_file, address.is_tls) {
        (_, false) => None,
        (Some(ca_file), true) => Some(tls::client_config(ca_file).await?),
        (None, true) => {
            let reason = "is missing: ldaps needs the certificates to trust, in PEM";
            return Err(ConnectorError::configuration("ca_file", reason));
        }
    };
    let stream = TcpStream::connect((address.host.as_str(), address.port))
        .await
        .map_err(|error| ConnectorError::unavailable(system, format!("cannot connect: {error}")))?;
    // Requests are small and wait for answers; a failure to set it costs time only.
    let _ = stream.set_nodelay(true);
    let surroundings = Surroundings {
        system: system.clone(),
        limits: FrameLimits::default().with_max_message(options.max_message),
        timeout: options.operation_timeout,
        cancellation: dialer.cancellation.clone(),
        writes: Arc::clone(&dialer.writes),
    };
    Ok(match tls {
        None => Connection::start(stream, true, surroundings),
        Some(config) => {
            let stream = tls::handshake(config, &address.host, stream, system).await?;
            Connection::start(stream, false, surroundings)
        }
    })
}

/// Authenticates by the configured name and password, once; without a name nothing is sent.
pub(crate) async fn bind(dialer: &Dialer, connection: &Connection) -> Result<(), ConnectorError> {
    let Dialer { options, system, .. } = dialer;
    let (Some(name), Some(password)) = (&options.bind_dn, &options.password) else { return Ok(()) };
    let request =
        BindRequest { version: 3, name: name.into(), authentication: Authentication::Simple(password.expose().into()) };
    let reply =
        connection.request(Operation::BindRequest(request), Vec::new()).await.map_err(|failure| failure.error)?;
    let result = match reply.message(system)?.operation {
        Operation::BindResponse(response) => response.result.into_owned(),
        other => return Err(ConnectorError::protocol(system, format!("{} as the answer to a bind", other.name()))),
    };
    let said = text::without_values(&result.message, [password.expose()]);
    let said = if said.is_empty() { said } else { format!(": {said}") };
    let words = format!("bind as {name} answered {}{said}", result.code);
    match result.code {
        ResultCode::SUCCESS => Ok(()),
        ResultCode::TIME_LIMIT_EXCEEDED
        | ResultCode::ADMIN_LIMIT_EXCEEDED
        | ResultCode::BUSY
        | ResultCode::UNAVAILABLE => Err(ConnectorError::unavailable(system, words)),
        // What the server says of the account, and not of the way it was asked.
        ResultCode::CONSTRAINT_VIOLATION
        | ResultCode::NO_SUCH_OBJECT
        | ResultCode::INVALID_DN_SYNTAX
        | ResultCode::INAPPROPRIATE_AUTHENTICATION
        | ResultCode::INVALID_CREDENTIALS
        | ResultCode::INSUFFICIENT_ACCESS_RIGHTS
        | ResultCode::UNWILLING_TO_PERFORM
        | ResultCode::AUTHORIZATION_DENIED => Err(ConnectorError::credentials(system, words)),
        code => Err(ConnectorError::refused(system, i64::from(code.0), words)),
    }
}
