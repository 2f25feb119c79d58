use provost_connector::{Config, Connector as _, Env};
use provost_engine::{Action, CycleEvent, CycleOptions, CycleReport, Engine, Events, ObjectEvent, RunReport, Status};
use provost_examples::failure::Failure;
use provost_files::FilesConnector;
use provost_mapping::Mapping;

use crate::log::Log;

/// Users that the files of this program hold.
const USERS: u64 = 10;

/// Runs one provisioning cycle from a file, with a line for each user.
pub(crate) async fn run(
    engine: &Engine,
    mapping: &Mapping,
    users: &std::path::Path,
    env: &Env,
    log: &mut Log,
) -> Result<CycleReport, Failure> {
    let config = Config::new("cloud").with("path", users.to_string_lossy().into_owned());
    let source = FilesConnector::new().open(config, env.clone()).await?;
    log.progress("provisioning", USERS);
    let mut lines = Lines(log);
    let report = engine.provision(source.as_ref(), mapping, &CycleOptions::new("cloud"), &mut lines).await;
    log.done();
    source.close().await?;
    Ok(report?)
}

struct Lines<'l>(&'l mut Log);

impl Events for Lines<'_> {
    fn event(&mut self, event: &CycleEvent) {
        match event {
            CycleEvent::Object(object) => {
                self.0.line(format!("  {}", describe(object)));
                if object.action != Action::SetPassword {
                    self.0.tick();
                }
            }
            CycleEvent::GuardTripped(trip) => self.0.line(format!("  held: {trip}")),
            _ => {}
        }
    }
}

fn describe(object: &ObjectEvent) -> String {
    let name = object.name.as_ref().map(|name| name.as_str()).or(object.source.as_deref()).unwrap_or("a user");
    let status = match object.status {
        Status::Done => "done",
        Status::Failed => "failed",
        Status::Held => "held",
        Status::InDoubt => "in doubt",
        Status::Planned => "planned",
        Status::Refused => "REFUSED",
        Status::Skipped => "skipped",
        _ => "waits",
    };
    let mut text = match object.action {
        Action::None => format!("{name}: {status}"),
        action => format!("{name}: {action} {status}"),
    };
    if let Some(code) = &object.code {
        text.push_str(&format!(" ({code})"));
    }
    if let Some(reason) = &object.reason {
        text.push_str(&format!(": {reason}"));
    }
    text
}

/// Says in one line what a run did.
pub(crate) fn summary(run: &RunReport) -> String {
    let ended = run.ended.map(|ended| ended.to_string()).unwrap_or_default();
    let outcome = run.outcome.map(|outcome| format!("{outcome:?}")).unwrap_or_default();
    let (import, evaluate, export) = (&run.import, &run.evaluate, &run.export);
    format!(
        "run {} of {}, {} to {ended}: {outcome}; read {}, considered {}, unchanged {}, added {}, changed {}, removed {}, \
         errors {}",
        run.run_id,
        run.profile,
        run.started,
        import.entries_read,
        evaluate.considered,
        evaluate.unchanged,
        export.sent_add,
        export.sent_modify,
        export.sent_delete,
        run.error_count,
    )
}
