use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use provost_examples::config::read_secret_file;
use provost_examples::failure::Failure;
use provost_ldap::{LdapOptions, discover};
use provost_ldap_types::fingerprint::{Fingerprint, fingerprint};
use provost_ldap_types::ldif::{Reader, Record};
use provost_ldap_types::profile::{DisableValue, PasswordMechanism, RenameAbility, ServerProfile};
use provost_ldap_types::schema::{SchemaCounts, Subschema};
use provost_ldap_types::{Entry, RootDse};
use serde_json::{Value as Json, json};

/// Widest line of the table, in characters.
const WIDTH: usize = 100;

/// Arguments of `provost inspect`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("from").required(true).args(["url", "root_dse"]))]
pub(crate) struct Args {
    /// Server to ask: ldaps://HOST:PORT or, on loopback, ldap://HOST:PORT.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Name to bind with.
    #[arg(long, value_name = "DN", requires = "password_file", requires = "url")]
    bind_dn: Option<String>,
    /// File whose first line is the password to bind with.
    #[arg(long, value_name = "FILE", requires = "bind_dn")]
    password_file: Option<PathBuf>,
    /// PEM file with the authority that signed the server's certificate.
    #[arg(long, value_name = "FILE", requires = "url")]
    ca_file: Option<PathBuf>,
    /// Root DSE to judge without a server, as LDIF.
    #[arg(long, value_name = "FILE.ldif")]
    root_dse: Option<PathBuf>,
    /// Subschema entry that belongs to it, as LDIF.
    #[arg(long, value_name = "FILE.ldif", requires = "root_dse")]
    subschema: Option<PathBuf>,
    /// Port that the root DSE was read from.
    #[arg(long, value_name = "PORT", requires = "root_dse")]
    port: Option<u16>,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

/// What is known of a server.
struct Findings {
    root_dse: RootDse,
    /// What the server said when it did not show its root DSE.
    refusal: Option<String>,
    fingerprint: Fingerprint,
    profile: ServerProfile,
    counts: Option<SchemaCounts>,
    unreadable: Vec<Json>,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode, Failure> {
    let findings = match (&args.url, &args.root_dse) {
        (Some(url), _) => ask(url, &args).await?,
        (None, Some(path)) => judge(path, &args)?,
        (None, None) => return Err(Failure::new("expected --url or --root-dse")),
    };
    let text = if args.json { format!("{:#}\n", findings.to_json()) } else { findings.to_table() };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

async fn ask(url: &str, args: &Args) -> Result<Findings, Failure> {
    let mut options = LdapOptions::new(url);
    if let (Some(bind_dn), Some(password_file)) = (&args.bind_dn, &args.password_file) {
        options = options.with_simple_bind(bind_dn, read_secret_file(password_file)?);
    }
    if let Some(ca_file) = &args.ca_file {
        options = options.with_ca_file(ca_file);
    }
    let found = discover(&options).await?;
    let findings = Findings::new(found.root_dse, found.fingerprint, found.profile, found.subschema.as_deref());
    Ok(Findings { refusal: found.refusal, ..findings })
}

fn judge(path: &Path, args: &Args) -> Result<Findings, Failure> {
    let root_dse = RootDse::from_entry(read_entry(path)?);
    let subschema = match &args.subschema {
        Some(path) => Some(Subschema::from_entry(&read_entry(path)?)),
        None => None,
    };
    let fingerprint = fingerprint(&root_dse, args.port, subschema.as_ref());
    let profile = ServerProfile::for_server(&fingerprint, &root_dse);
    Ok(Findings::new(root_dse, fingerprint, profile, subschema.as_ref()))
}

fn read_entry(path: &Path) -> Result<Entry, Failure> {
    let file = File::open(path).map_err(|error| Failure::from(error).context(path.display()))?;
    match Reader::new(BufReader::new(file)).next() {
        Some(Ok(Record::Content(entry))) => Ok(entry),
        Some(Ok(_)) => Err(Failure::new(format!("{}: expected an entry and found a change", path.display()))),
        Some(Err(error)) => Err(Failure::from(error).context(path.display())),
        None => Err(Failure::new(format!("{}: holds no entry", path.display()))),
    }
}

impl Findings {
    fn new(root_dse: RootDse, fingerprint: Fingerprint, profile: ServerProfile, subschema: Option<&Subschema>) -> Self {
        let unreadable = subschema.map(Subschema::unreadable).unwrap_or_default().iter().map(|definition| {
            let span = definition.error.span();
            json!({
                "attribute": definition.attribute,
                "text": definition.text,
                "error": { "message": definition.error.to_string(), "span": [span.start(), span.end()] },
            })
        });
        let unreadable = unreadable.collect();
        Self { root_dse, refusal: None, fingerprint, profile, counts: subschema.map(Subschema::counts), unreadable }
    }

    fn to_json(&self) -> Json {
        let schema = self.counts.map(|counts| {
            let counts: serde_json::Map<String, Json> =
                named(counts).map(|(name, count)| (name.to_owned(), json!(count))).collect();
            json!({ "counts": counts, "unreadable": self.unreadable })
        });
        json!({
            "server": {
                "label": self.fingerprint.label.as_str(),
                "version": self.fingerprint.version,
                "confidence": self.fingerprint.confidence.as_str(),
                "evidence": self.fingerprint.evidence,
                "refusal": self.refusal,
            },
            "anchor": self.profile.stable_anchor.attribute,
            "anchor_compatible": self.profile.compatible_anchor.attribute,
            "delta": self.profile.delta.iter().map(|offer| offer.mechanism.as_str()).collect::<Vec<_>>(),
            "paging": self.profile.paging,
            "page_size": self.profile.page_size,
            "size_limit": self.profile.size_limit,
            "look_through_limit": self.profile.look_through_limit,
            "time_limit": self.profile.time_limit,
            "value_limit": self.profile.value_limit,
            "password": password(&self.profile),
            "password_modify": self.profile.password_modify,
            "password_policy": self.profile.password_policy,
            "disable": self.profile.disable.map(|disable| json!({
                "attribute": disable.attribute,
                "value": disabled(disable.value),
            })),
            "rename": rename(self.profile.rename),
            "tree_delete": self.profile.tree_delete,
            "read_only": self.profile.read_only,
            "quirks": self.profile.quirks.iter().map(|quirk| json!({ "code": quirk.code, "text": quirk.text })).collect::<Vec<_>>(),
            "naming_contexts": self.root_dse.naming_contexts(),
            "schema": schema,
        })
    }

    fn to_table(&self) -> String {
        let mut table = Table::default();
        for evidence in &self.fingerprint.evidence {
            let text =
                format!("{} (rule {}, weight {}, {})", evidence.text, evidence.rule, evidence.weight, evidence.label);
            table.row("evidence", &text);
        }
        if self.fingerprint.evidence.is_empty() {
            table.row("evidence", "no rule fired");
        }
        if let Some(refusal) = &self.refusal {
            let account =
                if self.root_dse.entry().attributes().is_empty() { "; try an account with --bind-dn" } else { "" };
            table.row("refused", &format!("the root DSE: {refusal}{account}"));
        }
        let version = self.fingerprint.version.as_deref().unwrap_or("version not told");
        let confidence = self.fingerprint.confidence.as_str();
        table.row("server", &format!("{} {version}, confidence {confidence}", self.fingerprint.label));
        let anchors = (self.profile.stable_anchor.attribute, self.profile.compatible_anchor.attribute);
        table.row("anchor", &format!("{} (in compatible mode {})", anchors.0, anchors.1));
        let delta = self.profile.delta.iter().map(|offer| {
            let seen = if offer.is_shown { "" } else { " (to be probed)" };
            format!("{}{seen}", offer.mechanism)
        });
        table.row("delta", &delta.collect::<Vec<_>>().join(", "));
        let paging = if self.profile.paging { "paged results" } else { "no paging" };
        table.row("paging", &format!("{paging}, {} entries a page", self.profile.page_size));
        let limit = |limit: Option<u32>| limit.map_or("none known".to_owned(), |limit| limit.to_string());
        let limits = (limit(self.profile.size_limit), limit(self.profile.look_through_limit));
        let mut limits = format!("entries of a search {}, entries looked at {}", limits.0, limits.1);
        if let Some(seconds) = self.profile.time_limit {
            let _ = write!(limits, ", seconds {seconds}");
        }
        if let Some(values) = self.profile.value_limit {
            let _ = write!(limits, ", values of an attribute {values}");
        }
        table.row("limits", &limits);
        let modify = if self.profile.password_modify { ", or the password modify operation" } else { "" };
        let policy = if self.profile.password_policy { "; refusals say why by the policy control" } else { "" };
        table.row("password", &format!("{}{modify}{policy}", password(&self.profile)));
        table.row(
            "disable",
            &match self.profile.disable {
                Some(disable) => format!("{}: {}", disable.attribute, disabled(disable.value)),
                None => "no attribute known".to_owned(),
            },
        );
        let tree_delete = if self.profile.tree_delete { "subtrees can be deleted at once" } else { "no tree delete" };
        let read_only = if self.profile.read_only { "read-only, " } else { "" };
        table.row("writes", &format!("{read_only}{}, {tree_delete}", rename(self.profile.rename)));
        table.row("contexts", &self.root_dse.naming_contexts().join("; "));
        match self.counts {
            Some(counts) => {
                let counts =
                    named(counts).filter(|(_, count)| *count > 0).map(|(name, count)| format!("{count} {name}"));
                table.row("schema", &counts.collect::<Vec<_>>().join(", "));
            }
            None => table.row("schema", "not read"),
        }
        for quirk in self.profile.quirks {
            table.row("quirk", quirk.text);
        }
        table.0
    }
}

fn password(profile: &ServerProfile) -> String {
    match profile.password {
        PasswordMechanism::Attribute(attribute) => format!("write of {attribute}"),
        PasswordMechanism::UnicodePwd => "write of unicodePwd over TLS".to_owned(),
        _ => "not over LDAP".to_owned(),
    }
}

fn disabled(value: DisableValue) -> String {
    match value {
        DisableValue::Bit(bit) => format!("bit {bit:#x}"),
        DisableValue::OrAbsent(value) => format!("{value}, removed to enable"),
        DisableValue::Values(off, on) => format!("{off}, {on} to enable"),
        _ => "in the server's own way".to_owned(),
    }
}

fn rename(ability: RenameAbility) -> &'static str {
    match ability {
        RenameAbility::Rename => "renames in place",
        RenameAbility::MoveLeaf => "renames and moves of entries without children",
        RenameAbility::MoveSubtree => "renames and moves of subtrees",
        _ => "no renames",
    }
}

fn named(counts: SchemaCounts) -> impl Iterator<Item = (&'static str, usize)> {
    [
        ("attributeTypes", counts.attribute_types),
        ("objectClasses", counts.object_classes),
        ("ldapSyntaxes", counts.syntaxes),
        ("matchingRules", counts.matching_rules),
        ("matchingRuleUse", counts.matching_rule_uses),
        ("dITContentRules", counts.content_rules),
        ("nameForms", counts.name_forms),
        ("dITStructureRules", counts.structure_rules),
        ("IBMAttributeTypes", counts.ibm_attribute_types),
        ("unreadable", counts.unreadable),
    ]
    .into_iter()
}

/// Two columns; long texts go on in the second.
#[derive(Default)]
struct Table(String);

impl Table {
    fn row(&mut self, title: &str, text: &str) {
        const TITLE: usize = 10;
        let mut title = title;
        let mut line = String::new();
        let room = WIDTH - TITLE;
        for word in text.split_whitespace() {
            let mut word: String = word.chars().filter(|c| !c.is_control()).collect();
            while word.chars().count() > room {
                let cut: String = word.chars().take(room).collect();
                word = word.chars().skip(room).collect();
                self.line(&mut title, &mut line, &cut, room);
            }
            self.line(&mut title, &mut line, &word, room);
        }
        self.flush(title, &line);
    }

    fn line(&mut self, title: &mut &str, line: &mut String, word: &str, room: usize) {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            self.flush(title, line);
            *title = "";
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }

    fn flush(&mut self, title: &str, line: &str) {
        let _ = writeln!(self.0, "{}", format!("{title:<10}{line}").trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::{Table, WIDTH};

    #[test]
    fn the_table_fits_its_width() {
        let mut table = Table::default();
        table.row("evidence", &format!("{} {}", "word ".repeat(40), "x".repeat(250)));
        assert!(table.0.lines().all(|line| line.chars().count() <= WIDTH), "{}", table.0);
        assert_eq!(table.0.matches('x').count(), 250);
    }
}
