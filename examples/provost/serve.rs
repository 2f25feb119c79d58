use std::io::{IsTerminal as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use provost_connector::{Cancellation, Env};
use provost_engine::{Engine, Recovery, RunProfile};
use provost_examples::assembly::State;
use provost_examples::config::{ConfigError, ConfigFile, ConnectorSection};
use provost_examples::failure::Failure;
use provost_examples::stop::stop_signal;
use provost_examples::system;
use provost_host::{Certificate, Host, Mount};

/// Arguments of `provost serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Configuration file; `examples/provost.toml` is an annotated example.
    #[arg(long, value_name = "FILE.toml")]
    config: PathBuf,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode, Failure> {
    init_log();
    let file = ConfigFile::load(&args.config)?;
    let section =
        file.host.as_ref().ok_or_else(|| ConfigError::invalid("[host]", "is missing").in_file(&args.config))?;
    if file.connectors.is_empty() {
        return Err(ConfigError::invalid("[[connector]]", "is missing").in_file(&args.config).into());
    }
    let certificate = Certificate::from_files(file.path(&section.certificate), file.path(&section.private_key))?;
    let tokens: Vec<_> =
        file.connectors.iter().map(|connector| connector.read_tokens(&file)).collect::<Result<_, _>>()?;
    let listener = TcpListener::bind(section.listen)
        .map_err(|error| Failure::from(error).context(format!("cannot listen on {}", section.listen)))?;
    let address = listener.local_addr()?;

    let state = State::open(&file).await?;
    let env = system::env();
    let mut builder = Host::builder().certificate(certificate);
    if let Some(url) = &section.public_url {
        builder = builder.public_url(url);
    }
    if section.protect_discovery {
        builder = builder.protect_discovery();
    }
    let mut engines = Vec::new();
    for (connector, tokens) in file.connectors.iter().zip(tokens) {
        let engine = Arc::new(state.open_engine(&file, connector, Recovery::Finish, env.clone()).await?);
        let mount = Mount::new(&connector.name, Arc::clone(&engine));
        builder = builder.mount(tokens.into_iter().fold(mount, Mount::with_token));
        engines.push((connector, engine));
    }
    let host = builder.build()?;
    // Watched before anybody is told that the program serves, and may stop it.
    let stop = stop_signal()?;
    let mut out = std::io::stdout();
    for (connector, _) in &engines {
        writeln!(out, "serving https://{address}/ecma2host_{}/scim", connector.name)?;
    }
    out.flush()?;

    let imports: Vec<_> = engines
        .iter()
        .map(|(connector, engine)| tokio::spawn(import_again(Arc::clone(engine), interval(connector), env.clone())))
        .collect();
    host.serve(listener, stop).await?;
    env.cancellation.cancel();
    for import in imports {
        let _ = import.await;
    }
    drop(host);
    for (_, engine) in engines {
        if let Some(engine) = Arc::into_inner(engine) {
            let instance = engine.instance().clone();
            // Everything is committed by now, and the other engines are closed whatever becomes of this one.
            if let Err(error) = engine.close().await {
                tracing::warn!(connector = %instance, %error, "the directory was not taken leave of");
            }
        }
    }
    writeln!(std::io::stdout(), "stopped")?;
    Ok(ExitCode::SUCCESS)
}

fn init_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("PROVOST_LOG").unwrap_or_else(|_| "info".into());
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    let _ = log.try_init();
}

fn interval(connector: &ConnectorSection) -> Option<Duration> {
    let minutes = u64::from(connector.autosync_minutes);
    (minutes > 0).then(|| Duration::from_secs(minutes * 60))
}

/// How long after a full import that failed the next one begins, at the latest.
const RETRY: Duration = Duration::from_secs(300);

/// Imports everything now and then at intervals. Requests are served meanwhile; what is not imported yet is looked up in
/// the directory.
async fn import_again(engine: Arc<Engine>, interval: Option<Duration>, env: Env) {
    loop {
        let report = tokio::select! {
            report = run_import(&engine) => report,
            () = env.cancellation.cancelled() => return,
        };
        if let Err(error) = &report {
            tracing::error!(connector = engine.instance().as_str(), %error, "the full import failed");
        }
        let Some(interval) = interval else { return };
        let pause = if report.is_ok() { interval } else { interval.min(RETRY) };
        if wait(pause, &env.cancellation).await.is_err() {
            return;
        }
    }
}

async fn run_import(engine: &Engine) -> Result<(), Failure> {
    let report = engine.run(&RunProfile::full_import()).await?;
    if report.complete == Some(false) {
        return Err(Failure::new(format!("it is not complete: {}", report.failed_conditions.join("; "))));
    }
    Ok(())
}

async fn wait(interval: Duration, cancellation: &Cancellation) -> Result<(), ()> {
    tokio::select! {
        () = tokio::time::sleep(interval) => Ok(()),
        () = cancellation.cancelled() => Err(()),
    }
}
