//! `provost provision` on the embedded directory.

use std::path::Path;
use std::process::{Command, Output};

use expect_test::expect;

use crate::lab::{ADMIN, Lab};

/// The mapping of the seed example.
const MAPPING: &str = include_str!("../../data/mapping.toml");
pub(crate) const USERS: &str = include_str!("../../data/users.jsonl");
pub(crate) const USERS_LATER: &str = include_str!("../../data/users-later.jsonl");

/// Where the configured directory is, and how to bind.
pub(crate) struct Place<'a> {
    pub(crate) url: &'a str,
    pub(crate) bind_dn: &'a str,
    pub(crate) base: &'a str,
}

/// Returns a configuration for the mapping of the seed example, with names below the base.
pub(crate) fn config(place: &Place<'_>) -> String {
    let Place { url, bind_dn, base } = place;
    let mapping = MAPPING.replace("[[flow]]", "[[mapping.flow]]").replace(",DC=Contoso,DC=lab", &format!(",{base}"));
    format!(
        r#"
[store]
path = "provost.redb"
key_file = "seal.key"

[[connector]]
name = "people"
kind = "ldap"
url = "{url}"
bind_dn = "{bind_dn}"
password = {{ file = "bind.txt" }}
base = "{base}"
object_class = "inetOrgPerson"
auxiliary_classes = ["posixAccount", "shadowAccount"]
attributes = ["mail", "shadowExpire"]
name_depth = 1
disable = {{ set = {{ attribute = "shadowExpire", disabled = [1] }} }}
delete = "delete"

[[source]]
name = "cloud"
kind = "json-lines"
path = "users.jsonl"

[[mapping]]
source = "cloud"
connector = "people"
{mapping}
"#
    )
}

pub(crate) fn provision(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provost"));
    command.current_dir(folder).args(["provision", "--config", "provost.toml"]).args(arguments);
    command.output().unwrap()
}

pub(crate) fn text(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).unwrap()
}

async fn lab(users: &str) -> Lab {
    let lab = Lab::new().await;
    let url = lab.listener.url();
    lab.write("provost.toml", &config(&Place { url: &url, bind_dn: ADMIN, base: "DC=Contoso,DC=lab" }));
    lab.write("users.jsonl", users);
    lab
}

/// E-1001: running a cycle twice without a change outside sends no write the second time.
#[tokio::test(flavor = "multi_thread")]
async fn a_cycle_that_is_run_again_writes_nothing() {
    let lab = lab(USERS).await;
    let first = provision(lab.folder.path(), &[]);
    assert!(first.status.success(), "{}{}", text(&first.stdout), text(&first.stderr));
    assert_eq!(lab.ldif().matches("\nuid: ").count(), 9);
    let writes = lab.directory.write_counter();
    let again = provision(lab.folder.path(), &[]);
    assert!(again.status.success());
    assert!(text(&again.stdout).contains(" 0 writes, 0 errors"), "{}", text(&again.stdout));
    assert_eq!(lab.directory.write_counter(), writes);

    lab.write("users.jsonl", USERS_LATER);
    let later = provision(lab.folder.path(), &[]);
    assert!(later.status.success(), "{}", text(&later.stdout));
    let ldif = lab.ldif();
    assert_eq!(ldif.matches("\nuid: ").count(), 8);
    assert_eq!(ldif.matches("\nshadowExpire: 1\n").count(), 1);
    assert!(ldif.contains("\nsn: Easton\n") && ldif.contains("\ncn: Grace Easton\n") && ldif.contains("\ncn: gwest\n"));
    assert!(!ldif.contains("ntremblay"));
}

/// An expression that cannot be used is shown with the place in it, before anything is opened.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_expression_is_drawn() {
    let lab = lab(USERS).await;
    let file = lab.folder.path().join("provost.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    lab.write("provost.toml", &config.replacen("ToLower(Word", "ToLowr(Word", 1));
    let refused = provision(lab.folder.path(), &[]);
    expect![[r#"
        error[unknown-function]: there is no function `ToLowr`
         --> provost.toml, flow to uid:1:1
          |
        1 | ToLowr(Word([userPrincipalName], 1, "@"), )
          | ^^^^^^
          |
          = help: did you mean `ToLower`?
    "#]]
    .assert_eq(text(&refused.stderr));
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stdout.is_empty() && !lab.path("provost.redb").exists());
}

/// An expression that makes a password may hold the password, so its position takes the place of the drawing.
#[tokio::test(flavor = "multi_thread")]
async fn an_expression_for_a_password_is_not_drawn() {
    let lab = lab(USERS).await;
    let config = std::fs::read_to_string(lab.folder.path().join("provost.toml")).unwrap();
    let good = "Redact(RandomString(20, 2, 2, 2, 2, ))";
    lab.write("provost.toml", &config.replacen(good, "Append(\"Hunter2!\", Joim([x]))", 1));
    let refused = provision(lab.folder.path(), &["--dry-run"]);
    expect![[r#"
        error[unknown-function]: `unknown-function` in an expression that is not shown, since its text is secret
         --> provost.toml, flow to userPassword, byte 19
    "#]]
    .assert_eq(text(&refused.stderr));
    lab.write("provost.toml", &config.replacen(good, "Append(\"Hunter2!\", [x])", 1));
    let warned = provision(lab.folder.path(), &["--dry-run"]);
    expect![[r#"
        warning[unknown-attribute]: in the expression of `userPassword`: `unknown-attribute` in an expression that is not shown, since its text is secret
         --> provost.toml, flow to userPassword, byte 19
    "#]].assert_eq(text(&warned.stderr));
}

/// What the check of a mapping against both sides finds is drawn; an error in a flow is one for every object, so nothing is
/// written.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_either_side_is_drawn() {
    let lab = lab(USERS).await;
    let file = lab.folder.path().join("provost.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    lab.write(
        "provost.toml",
        &config.replacen("ToLower(Word([userPrincipalName]", "ToLower(Word([UserPrincipalName]", 1),
    );
    let warned = provision(lab.folder.path(), &["--dry-run"]);
    expect![[r#"
        warning[unknown-attribute]: in the expression of `uid`: the source has no attribute `UserPrincipalName`
         --> provost.toml, flow to uid:1:14
          |
        1 | ToLower(Word([UserPrincipalName], 1, "@"), )
          |              ^^^^^^^^^^^^^^^^^^^
          |
          = help: names are case-sensitive: write `userPrincipalName`
    "#]]
    .assert_eq(text(&warned.stderr));
    assert!(!warned.stdout.is_empty());

    let random =
        config.replacen("ToLower(Word([userPrincipalName], 1, \"@\"), )", "SelectUniqueValue(Guid(), [mail])", 1);
    lab.write("provost.toml", &random);
    let refused = provision(lab.folder.path(), &[]);
    expect![[r#"
        error[unique-always]: the value of `uid` is chosen once, so it takes no part in matching and flows at creation
         --> provost.toml, flow to uid:1:1
          |
        1 | SelectUniqueValue(Guid(), [mail])
          | ^^^^^^^^^^^^^^^^^
          |
          = help: apply the flow only at creation, and match by another attribute
        warning[random-always]: the value of `uid` is random and would change at every update; apply it only at creation
         --> provost.toml, flow to uid:1:19
          |
        1 | SelectUniqueValue(Guid(), [mail])
          |                   ^^^^
          |
          = help: apply the flow only at creation
        warning[unknown-attribute]: in the expression of `uid`: the source has no attribute `mail`
         --> provost.toml, flow to uid:1:27
          |
        1 | SelectUniqueValue(Guid(), [mail])
          |                           ^^^^^^
    "#]]
    .assert_eq(text(&refused.stderr));
    assert_eq!((refused.status.code(), lab.directory.write_counter()), (Some(1), 0));
}

/// A type of objects that the connector does not have is no mapping without findings.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_object_type_is_refused() {
    let lab = lab(USERS).await;
    let config = std::fs::read_to_string(lab.folder.path().join("provost.toml")).unwrap();
    lab.write("provost.toml", &config.replacen("object_type = \"inetOrgPerson\"", "object_type = \"Group\"", 1));
    let refused = provision(lab.folder.path(), &[]);
    expect![[r#"
        provost: [[mapping]] object_type: the connector has no object type `Group`; it has `inetOrgPerson`
    "#]]
    .assert_eq(text(&refused.stderr));
    assert_eq!((refused.status.code(), lab.directory.write_counter()), (Some(1), 0));
}

/// E-1601, E-1605: a dry run says what would be done, by lines and exit code, and writes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_writes_nothing() {
    let lab = lab(USERS).await;
    let dry = provision(lab.folder.path(), &["--dry-run"]);
    assert_eq!(dry.status.code(), Some(2), "{}{}", text(&dry.stdout), text(&dry.stderr));
    assert!(text(&dry.stdout).contains("CN=bsimon,DC=Contoso,DC=lab: create Planned"), "{}", text(&dry.stdout));
    assert_eq!(lab.directory.write_counter(), 0);
    assert!(provision(lab.folder.path(), &[]).status.success());
    assert_eq!(provision(lab.folder.path(), &["--dry-run"]).status.code(), Some(0));
}

/// Invariant 5: a user name with separators in it moves no entry. The others go on.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_name_cannot_leave_its_place() {
    let hostile = |id: &str, name: &str| {
        let user = USERS.lines().next().unwrap().replace("3f2a7c10-0001", id);
        let user = user.replace("bsimon@contoso.com", name).replace("10001", "20001");
        format!("{user}\n")
    };
    let mut users = hostile("3f2a7c10-1001", "x,OU=Admins@contoso.com");
    users.push_str(&hostile("3f2a7c10-1002", "y+uid=root@contoso.com"));
    users.push_str(&hostile("3f2a7c10-1003", "z,DC=Elsewhere,CN=a@contoso.com"));
    users.push_str(USERS);
    let lab = lab(&users).await;
    let output = provision(lab.folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    let lines = text(&output.stdout);
    assert_eq!(lines.matches("Refused").count() + lines.matches("Failed").count(), 3, "{lines}");
    let ldif = lab.ldif();
    assert_eq!(ldif.matches("\nuid: ").count(), 9, "{ldif}");
    assert!(!ldif.contains("Admins") && !ldif.contains("root") && !ldif.contains("lsewhere"), "{ldif}");
}

/// A line that cannot be read is reported with its number, and the others go on.
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_of_the_source_stops_nothing() {
    let mut lines: Vec<&str> = USERS.lines().collect();
    lines.insert(3, "{\"id\": ");
    let lab = lab(&lines.join("\n")).await;
    let output = provision(lab.folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("line 4"), "{}", text(&output.stdout));
    assert_eq!(lab.ldif().matches("\nuid: ").count(), 9);
}
