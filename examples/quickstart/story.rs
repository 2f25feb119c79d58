use std::path::{Path, PathBuf};
use std::sync::Arc;

use provost_connector::{Connector as _, Entropy as _, Env, MatchQuery};
use provost_engine::{DeleteFlow, Deprovisioning, DisableFlow, Engine, RunProfile};
use provost_examples::assembly::State;
use provost_examples::failure::Failure;
use provost_examples::scim_client::ScimConnector;
use provost_examples::system::{self, SystemEntropy};
use provost_ldap::{LdapConnector, discover};
use provost_mapping::{Mapping, MappingDefinition};
use provost_model::{ChangeSet, ObjectName, Secret, Value};

use crate::args::Args;
use crate::log::Log;
use crate::service::Service;
use crate::target::Target;
use crate::witness::Witness;
use crate::{cycle, ldif};

/// The users as they are first, and as they are later: one got another surname, one was disabled, one was removed.
const USERS: &str = include_str!("../data/users.jsonl");
const USERS_LATER: &str = include_str!("../data/users-later.jsonl");
const MAPPING: &str = include_str!("../data/mapping.toml");

/// The user who is renamed, as `mail`, and the name that he gets.
const RENAMED: (&str, &str) = ("aortega@contoso.com", "CN=ana.ortega,DC=Contoso,DC=lab");
/// The user whose initial password is proven.
const PROVEN: &str = "CN=bsimon,";

pub(crate) async fn tell(args: &Args, log: &mut Log) -> Result<(), Failure> {
    let work = tempfile::tempdir()?;
    let env = system::env();
    let target = Target::start(args, random_secret()?).await?;
    log.line(format!("provisioning into {}", target.describe()));
    explain_server(&target, log).await?;

    // The side of the directory: the host, its engine and the LDAP connector.
    let ldap = Arc::new(LdapConnector::new());
    let state = State::open_at(&work.path().join("host.redb"), &work.path().join("host.key")).await?;
    let mut options = state.engine_options("people");
    options.deprovisioning = Deprovisioning {
        disable: DisableFlow::set("shadowExpire", [Value::Integer(1)], []),
        delete: DeleteFlow::Delete,
    };
    let host_engine = Arc::new(Engine::open(options, ldap.clone(), target.config(), state.store(), env.clone()).await?);
    let definition: MappingDefinition = toml::from_str(MAPPING)?;
    check_mapping(&definition, &host_engine, log)?;
    let import = host_engine.run(&RunProfile::full_import()).await?;
    let complete = if import.complete == Some(true) { "everything was seen" } else { "it is not complete" };
    log.line(format!("full import: {} entries of this kind are there, {complete}", import.import.entries_read));
    let service = Service::start(Arc::clone(&host_engine), random_secret()?, work.path())?;
    log.line(format!("the host answers at {}", service.url()));

    // The side of the cloud: the provisioning service with its mapping and a SCIM client.
    let scim = Arc::new(Witness::new(ScimConnector::new()));
    let cloud_state = State::open_at(&work.path().join("cloud.redb"), &work.path().join("cloud.key")).await?;
    let cloud = Engine::open(
        cloud_state.engine_options("host"),
        scim.clone(),
        service.config(),
        cloud_state.store(),
        env.clone(),
    )
    .await?;
    let mut for_scim = definition.clone();
    for_scim.object_type = Some("User".to_owned());
    let mapping = Mapping::compile(&for_scim)?;
    let users = write(work.path(), "users.jsonl", USERS)?;
    let later = write(work.path(), "users-later.jsonl", USERS_LATER)?;
    let count = || format!("{} LDAP writes, {} SCIM writes so far", ldap.writes(), scim.inner().writes());

    log.line("first cycle: ten users, one of them disabled and therefore not created");
    let first = cycle::run(&cloud, &mapping, &users, &env, log).await?;
    log.line(format!("first cycle ended: {}", count()));
    prove_password(&target, &scim, &env, log).await?;

    log.line("second cycle: one surname changed, one user disabled, one removed");
    log.line("  a disabled user gets shadowExpire 1: the account expired on 2 January 1970 (shadowAccount, RFC 2307)");
    cycle::run(&cloud, &mapping, &later, &env, log).await?;
    rename(&cloud, log).await?;
    log.line(format!("second cycle ended: {}", count()));

    let before = (ldap.writes(), target.writes());
    log.line("third cycle: nothing changed");
    cycle::run(&cloud, &mapping, &later, &env, log).await?;
    let after = (ldap.writes(), target.writes());
    log.line(format!("third cycle ended: {}", count()));
    log.line(format!("LDAP writes of the third cycle: {}", after.0 - before.0));
    if let (Some(before), Some(after)) = (before.1, after.1) {
        log.line(format!("writes that the directory itself counted in the third cycle: {}", after - before));
    }
    if after != before {
        return Err(Failure::new("the third cycle sent a write although nothing had changed"));
    }

    for (side, engine) in [("host", host_engine.as_ref()), ("cloud", &cloud)] {
        let mut runs = engine.history(100).await?;
        runs.reverse();
        for run in &runs {
            log.line(format!("history of the {side}: {}", cycle::summary(run)));
        }
    }
    let session = LdapConnector::new().open(target.config(), env.clone()).await?;
    let (entries, text) = ldif::dump(session.as_ref()).await?;
    session.close().await?;
    log.line(format!("the directory holds {entries} entries of this kind:"));
    log.raw(&format!("\n{text}"));

    cloud.close().await?;
    service.stop().await?;
    if let Some(engine) = Arc::into_inner(host_engine) {
        engine.close().await?;
    }
    target.stop().await;
    match first.run.error_count {
        0 => log.line("done: no user was refused"),
        refused => log.line(format!("done: {refused} users were refused or failed, see above")),
    }
    Ok(())
}

/// Says which server it is, and why.
async fn explain_server(target: &Target, log: &Log) -> Result<(), Failure> {
    let found = discover(&target.options()).await?;
    let version = found.fingerprint.version.as_deref().unwrap_or("version not told");
    let confidence = found.fingerprint.confidence.as_str();
    log.line(format!("the server is {} ({version}), confidence {confidence}", found.fingerprint.label));
    for evidence in &found.fingerprint.evidence {
        log.line(format!("  because {} (rule {})", evidence.text, evidence.rule));
    }
    log.line(format!("  anchor: {}", found.profile.stable_anchor.attribute));
    if let Some(schema) = &found.subschema {
        let counts = schema.counts();
        log.line(format!(
            "  schema: {} attribute types and {} object classes, {} definitions unreadable",
            counts.attribute_types, counts.object_classes, counts.unreadable
        ));
    }
    Ok(())
}

/// Checks that the mapping covers every mandatory attribute of the object classes.
fn check_mapping(definition: &MappingDefinition, engine: &Engine, log: &Log) -> Result<(), Failure> {
    let mapping = Mapping::compile(definition)?;
    let schema = engine.schema().object_types.first();
    let schema = schema.ok_or_else(|| Failure::new("the directory shows no object type"))?;
    let findings = mapping.check(schema);
    for finding in &findings {
        log.line(format!("  mapping: {finding}"));
    }
    if findings.iter().any(provost_mapping::Finding::is_error) {
        return Err(Failure::new("the mapping does not fit the directory"));
    }
    let required: Vec<&str> = schema
        .attributes
        .iter()
        .filter(|attribute| attribute.required)
        .map(|attribute| attribute.name.as_str())
        .collect();
    log.line(format!("the mapping covers the mandatory attributes of the three classes: {}", required.join(", ")));
    Ok(())
}

/// Binds with the initial password that was sent, and with another one.
async fn prove_password(target: &Target, scim: &Witness<ScimConnector>, env: &Env, log: &Log) -> Result<(), Failure> {
    let Some((name, password)) = scim.password_of(PROVEN) else {
        log.line("bsimon was there before, so there is no initial password to prove");
        return Ok(());
    };
    let session = LdapConnector::new().open(target.config_as(&name, password), env.clone()).await?;
    session.close().await?;
    log.line(format!("a bind as {name} with the initial password succeeds"));
    match LdapConnector::new().open(target.config_as(&name, random_secret()?), env.clone()).await {
        Ok(_) => Err(Failure::new("a bind with a wrong password succeeds as well")),
        Err(error) => {
            log.line(format!("a bind with another password does not: {error}"));
            Ok(())
        }
    }
}

/// Renames a user by a PATCH of `-dn-`, since the mapping flows the name at creation only.
async fn rename(cloud: &Engine, log: &Log) -> Result<(), Failure> {
    let found = cloud.find(&MatchQuery::new("mail", RENAMED.0), 2).await?;
    let [user] = found.as_slice() else {
        log.line(format!("  {} is not there and is not renamed", RENAMED.0));
        return Ok(());
    };
    let (Some(anchor), Some(old)) = (&user.anchor, &user.name) else {
        return Err(Failure::new("the user who is to be renamed has no id"));
    };
    let mut changes = ChangeSet::new();
    changes.name = Some(ObjectName::new(RENAMED.1));
    let renamed = cloud.modify(anchor, changes, None).await?;
    let new = renamed.name.map(|name| name.as_str().to_owned()).unwrap_or_default();
    log.line(format!("  {old}: renamed to {new}"));
    Ok(())
}

fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf, Failure> {
    let path = folder.join(name);
    std::fs::write(&path, text)?;
    Ok(path)
}

/// Makes a secret of 32 hexadecimal digits.
fn random_secret() -> Result<Secret, Failure> {
    let mut octets = [0_u8; 16];
    SystemEntropy.fill(&mut octets)?;
    Ok(Secret::from(octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>()))
}
