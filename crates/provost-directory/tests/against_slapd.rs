//! The same requests to slapd and to the embedded directory: result codes, matched names, messages and entries.
//!
//! `PROVOST_LIVE_OPENLDAP` names a file of KEY='VALUE' lines with URL, BIND_DN, PASSWORD and SUFFIX of a running slapd
//! with the schemas core, cosine, inetOrgPerson and nis.
#![cfg(test)]
#![cfg(feature = "live")]

mod support;

use std::collections::HashMap;
use std::fmt::Write;

use provost_directory::{Directory, DirectoryOptions};
use provost_ldap_types::ldif::{Change, ModifyOperation as LdifOperation, Reader, Record};
use provost_ldap_wire::{
    AddRequest, Authentication, BindRequest, CompareRequest, Control, ExtendedRequest, Modification, ModifyDnRequest,
    ModifyOperation, ModifyRequest, Octets, Operation, PagedResults, PartialAttribute, ReadEntry, Scope, SearchRequest,
    assertion, oid,
};
use support::{Answer, Client, Server};

/// Changes as LDIF, each with a word that says what is tried. `BASE` stands for the tree of the test.
const CHANGES: &str = include_str!("cases/changes.ldif");

/// Searches: what is tried, scope, base, filter, attributes.
const SEARCHES: &str = include_str!("cases/searches.txt");

/// Compares: what is tried, name, attribute, value.
const COMPARES: &str = include_str!("cases/compares.txt");

/// Where the real server answers otherwise on purpose; each has its reason beside it in `differences.txt`.
const DIFFERENCES: &str = include_str!("cases/differences.txt");

struct Slapd {
    address: String,
    bind_dn: String,
    password: String,
    suffix: String,
}

fn slapd() -> Slapd {
    let path = std::env::var("PROVOST_LIVE_OPENLDAP").expect("PROVOST_LIVE_OPENLDAP names the file of a running slapd");
    let text = std::fs::read_to_string(&path).unwrap();
    let settings: HashMap<&str, &str> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key, value.trim_matches('\'')))
        .collect();
    let address = settings["URL"].strip_prefix("ldap://").unwrap().trim_end_matches('/').to_owned();
    let owned = |key: &str| settings[key].to_owned();
    Slapd { address, bind_dn: owned("BIND_DN"), password: owned("PASSWORD"), suffix: owned("SUFFIX") }
}

/// Both servers, each with an empty tree of the test, and a client bound to each.
struct Pair {
    base: String,
    suffix: String,
    clients: [Client; 2],
    _server: Server,
}

impl Pair {
    fn start(tree: &str) -> Self {
        let slapd = slapd();
        let options = DirectoryOptions::new(slapd.suffix.parse().unwrap())
            .with_root(slapd.bind_dn.parse().unwrap(), slapd.password.as_str().into());
        let directory = Directory::new(options).unwrap();
        let value = slapd.suffix.split(',').next().unwrap().strip_prefix("dc=").unwrap();
        let top = format!(
            "dn: {}\nobjectClass: dcObject\nobjectClass: organization\no: Contoso\ndc: {value}\n",
            slapd.suffix
        );
        directory.load(top.as_bytes()).unwrap();
        let server = Server::start(directory);
        let base = format!("ou={tree},{}", slapd.suffix);
        let connect = |address: &str| Client::bound(address, &slapd.bind_dn, &slapd.password);
        let mut clients = [connect(&slapd.address), connect(&server.address.to_string())];
        for client in &mut clients {
            remove_tree(client, &base);
            let name = base.as_str().into();
            let attributes =
                vec![PartialAttribute::new("objectClass", ["organizationalUnit"]), PartialAttribute::new("ou", [tree])];
            assert_eq!(client.ask(Operation::AddRequest(AddRequest { name, attributes })).result.code.0, 0);
        }
        Self { base, suffix: slapd.suffix, clients, _server: server }
    }

    fn ask(&mut self, operation: &Operation<'_>, controls: &[Control]) -> [Answer; 2] {
        let [real, ours] = &mut self.clients;
        [real.ask_with(operation.clone(), controls.to_vec()), ours.ask_with(operation.clone(), controls.to_vec())]
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        let [real, _] = &mut self.clients;
        remove_tree(real, &self.base);
    }
}

fn remove_tree(client: &mut Client, base: &str) {
    let filter = every();
    let found = client.search(SearchRequest::new(base, Scope::Subtree, filter, vec!["1.1".into()]));
    let mut names: Vec<String> = found.entries.into_iter().map(|(name, _)| name).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.matches(',').count()));
    for name in names {
        client.ask(Operation::DeleteRequest(name.into()));
    }
}

/// Collects what differs.
#[derive(Default)]
struct Report {
    text: String,
    asked: usize,
}

impl Report {
    fn compare(&mut self, what: &str, real: String, ours: String) {
        self.asked += 1;
        let known = DIFFERENCES.lines().any(|line| line.split(':').next() == Some(what));
        if real != ours && !known {
            writeln!(self.text, "{what}\n  slapd: {real}\n  ours:  {ours}").unwrap();
        }
        if real == ours && known {
            writeln!(self.text, "{what} is listed as a difference and is none").unwrap();
        }
    }

    fn finish(self, least: usize) {
        assert!(self.text.is_empty(), "{}", self.text);
        assert!(self.asked >= least, "only {} requests", self.asked);
    }
}

fn show(answer: &Answer) -> String {
    let result = &answer.result;
    let mut text = format!("{} {:?} {:?}", result.code, result.matched_dn, result.message);
    for (name, attributes) in &answer.entries {
        write!(text, "\n    {name}:").unwrap();
        let mut attributes: Vec<String> = attributes.iter().map(show_attribute).collect();
        attributes.sort();
        write!(text, " {}", attributes.join(" ")).unwrap();
    }
    text
}

fn show_attribute((name, values): &(String, Vec<Vec<u8>>)) -> String {
    // Values that depend on time and chance.
    let varies = ["entryUUID", "entryCSN", "createTimestamp", "modifyTimestamp"].contains(&name.as_str());
    let mut values: Vec<String> = values.iter().map(|value| value.escape_ascii().to_string()).collect();
    values.sort();
    if varies { format!("{name}=*{}", values.len()) } else { format!("{name}={values:?}") }
}

fn request(record: Record) -> Operation<'static> {
    let own = |attribute: provost_ldap_types::Attribute| {
        let (description, values) = attribute.into_parts();
        PartialAttribute::new(description.to_string(), values)
    };
    let Record::Change(record) = record else { panic!("a content record") };
    let name: Octets<'static> = record.dn.to_string().into();
    match record.change {
        Change::Add(attributes) => {
            Operation::AddRequest(AddRequest { name, attributes: attributes.into_iter().map(own).collect() })
        }
        Change::Delete => Operation::DeleteRequest(name),
        Change::Modify(changes) => {
            let changes = changes.into_iter().map(|change| {
                let operation = match change.operation {
                    LdifOperation::Add => ModifyOperation::Add,
                    LdifOperation::Delete => ModifyOperation::Delete,
                    LdifOperation::Increment => ModifyOperation::Increment,
                    _ => ModifyOperation::Replace,
                };
                Modification::new(operation, own(change.attribute))
            });
            Operation::ModifyRequest(ModifyRequest { name, changes: changes.collect() })
        }
        Change::Rename { new_rdn, delete_old_rdn, new_superior } => Operation::ModifyDnRequest(ModifyDnRequest {
            name,
            new_rdn: new_rdn.to_string().into(),
            delete_old_rdn,
            new_superior: new_superior.map(|superior| superior.to_string().into()),
        }),
    }
}

/// Splits a document at `# what` lines.
fn cases(document: &str) -> impl Iterator<Item = (&str, &str)> {
    document.split("\n# ").skip(1).filter_map(|case| case.split_once('\n'))
}

/// Splits a line of a table; a filter writes its own bars as `¦`.
fn split(line: &str) -> Vec<&str> {
    line.split('|').map(str::trim).collect()
}

fn every() -> provost_ldap_types::Filter {
    "(objectClass=*)".parse().unwrap()
}

fn play_changes(pair: &mut Pair, report: &mut Report) {
    for (what, text) in cases(CHANGES) {
        let text = text.replace("BASE", &pair.base).replace("SUFFIX", &pair.suffix);
        for record in Reader::new(text.as_bytes()) {
            let operation = request(record.unwrap_or_else(|error| panic!("{what}: {error:?}")));
            let name = match &operation {
                Operation::AddRequest(request) => request.name.to_text(),
                Operation::ModifyRequest(request) => request.name.to_text(),
                Operation::ModifyDnRequest(request) => request.name.to_text(),
                _ => String::new(),
            };
            let [real, ours] = pair.ask(&operation, &[]);
            report.compare(what, show(&real), show(&ours));
            if !name.is_empty() && name != "cn=Subschema" {
                // The entry, with all attributes, shows what the change did.
                let filter = every();
                let look = SearchRequest::new(name, Scope::Base, filter, vec!["*".into(), "+".into()]);
                let [real, ours] = pair.ask(&Operation::SearchRequest(look), &[]);
                report.compare(what, show(&real), show(&ours));
            }
        }
    }
}

#[test]
fn changes_end_as_on_slapd() {
    let mut pair = Pair::start("changes");
    let mut report = Report::default();
    play_changes(&mut pair, &mut report);
    report.finish(150);
}

#[test]
fn searches_find_as_on_slapd() {
    let mut pair = Pair::start("searches");
    let mut report = Report::default();
    play_changes(&mut pair, &mut Report::default());
    for line in SEARCHES.lines().filter(|line| !line.starts_with('#')) {
        let fields = split(line);
        let [what, scope, base, filter, attributes] = fields.as_slice() else { panic!("{line}") };
        let scope = match *scope {
            "base" => Scope::Base,
            "one" => Scope::One,
            "children" => Scope::Subordinates,
            _ => Scope::Subtree,
        };
        let (base, filter) = (base.replace("BASE", &pair.base), filter.replace("BASE", &pair.base).replace('¦', "|"));
        let attributes = attributes.split_whitespace().map(Octets::from).collect();
        let request = SearchRequest::new(base, scope, filter.parse().unwrap(), attributes);
        let [mut real, mut ours] = pair.ask(&Operation::SearchRequest(request), &[]);
        real.entries.sort();
        ours.entries.sort();
        report.compare(what, show(&real), show(&ours));
    }
    report.finish(50);
}

#[test]
fn compares_answer_as_on_slapd() {
    let mut pair = Pair::start("compares");
    let mut report = Report::default();
    play_changes(&mut pair, &mut Report::default());
    for line in COMPARES.lines().filter(|line| !line.starts_with('#')) {
        let line = line.replace("BASE", &pair.base);
        let fields = split(&line);
        let [what, name, attribute, value] = fields.as_slice() else { panic!("{line}") };
        let request = CompareRequest { name: (*name).into(), attribute: (*attribute).into(), value: (*value).into() };
        let [real, ours] = pair.ask(&Operation::CompareRequest(request), &[]);
        report.compare(what, show(&real), show(&ours));
    }
    report.finish(10);
}

#[test]
fn controls_and_extended_operations_answer_as_on_slapd() {
    let mut pair = Pair::start("controls");
    let mut report = Report::default();
    play_changes(&mut pair, &mut Report::default());
    let base = pair.base.clone();
    let person = format!("cn=t1,{base}");
    let search = |size| {
        let filter = every();
        let mut request = SearchRequest::new(base.clone(), Scope::Subtree, filter, vec!["1.1".into()]);
        request.size_limit = size;
        Operation::SearchRequest(request)
    };
    let base_search = || {
        let filter = every();
        Operation::SearchRequest(SearchRequest::new(base.clone(), Scope::Base, filter, vec!["ou".into()]))
    };
    let replace = |value: &str| {
        let change =
            Modification::new(ModifyOperation::Replace, PartialAttribute::new("description", [value.to_owned()]));
        Operation::ModifyRequest(ModifyRequest { name: person.clone().into(), changes: vec![change] })
    };
    let filter = |text: &str| text.parse().unwrap();
    let paged = |size, cookie: &[u8]| PagedResults::new(size, cookie.to_vec()).control();
    let broken = |oid: &str| Control::new(oid, Some(vec![0x30, 0x01]));
    let extended = |name: &'static str, value: Option<&'static [u8]>| {
        Operation::ExtendedRequest(ExtendedRequest { name: name.into(), value: value.map(Octets::from) })
    };
    let table: Vec<(&str, Operation<'_>, Vec<Control>)> = vec![
        ("unknown control", base_search(), vec![Control::new("1.2.3.4", None)]),
        ("unknown critical control", base_search(), vec![Control::new("1.2.3.4", None).critical()]),
        ("manageDsaIT", base_search(), vec![Control::new(oid::MANAGE_DSA_IT, None).critical()]),
        ("assertion that holds", base_search(), vec![assertion(&filter("(ou=controls)"))]),
        ("assertion that does not hold", base_search(), vec![assertion(&filter("(ou=other)"))]),
        ("assertion with an unknown type", base_search(), vec![assertion(&filter("(frob=other)"))]),
        ("modify with a failed assertion", replace("a"), vec![assertion(&filter("(cn=nobody)"))]),
        ("modify with an assertion", replace("b"), vec![assertion(&filter("(cn=T1)"))]),
        ("assertion without a value", base_search(), vec![Control::new(oid::ASSERTION, None).critical()]),
        ("paged without a value", search(0), vec![broken(oid::PAGED_RESULTS)]),
        ("paged with a strange cookie", search(0), vec![paged(2, b"xyz")]),
        ("paged twice", search(0), vec![paged(2, b""), paged(2, b"")]),
        ("paged on a modify", replace("c"), vec![paged(2, b"")]),
        ("paged on a modify, critical", replace("d"), vec![paged(2, b"").critical()]),
        ("size limit", search(2), vec![]),
        ("size limit within a page", search(2), vec![paged(3, b"")]),
        ("negative size limit", search(-1), vec![]),
        ("pre-read", replace("e"), vec![ReadEntry::Pre.request(&["description", "CN"])]),
        ("post-read", replace("f"), vec![ReadEntry::Post.request(&["description", "entryDN"])]),
        ("post-read without a value", replace("g"), vec![broken(oid::POST_READ)]),
        ("who am I", extended(oid::WHO_AM_I, None), vec![]),
        ("unknown extended operation", extended("1.2.3.4", None), vec![]),
        ("password modify without sense", extended(oid::PASSWORD_MODIFY, Some(b"\x04")), vec![]),
        ("password modify of the root DN", extended(oid::PASSWORD_MODIFY, None), vec![]),
        ("an add without attributes", add(&base, "x", vec![]), vec![]),
        ("an add without values", add(&base, "x", vec![PartialAttribute::new("cn", Vec::<Vec<u8>>::new())]), vec![]),
        ("an add of one attribute twice", add(&base, "x", twice()), vec![]),
        ("a modify without changes", modify(&person, vec![]), vec![]),
        ("a modify that adds nothing", modify(&person, vec![no_values(ModifyOperation::Add)]), vec![]),
        ("a modify that increments by nothing", modify(&person, vec![no_values(ModifyOperation::Increment)]), vec![]),
    ];
    let least = table.len();
    for (what, operation, controls) in table {
        let [real, ours] = pair.ask(&operation, &controls);
        let show = |answer: &Answer| {
            let read = |kind: ReadEntry| {
                let control = answer.controls.iter().find(|control| control.oid == kind.oid())?;
                let entry = kind.decode_response(control).unwrap();
                let shown = entry.attributes.iter().map(|attribute| {
                    let values = attribute.values.iter().map(|value| value.to_vec()).collect();
                    show_attribute(&(attribute.description.to_text(), values))
                });
                let mut shown: Vec<String> = shown.collect();
                shown.sort();
                Some(shown)
            };
            let page = answer.controls.iter().find(|control| control.oid == oid::PAGED_RESULTS);
            let page = page.map(|page| !PagedResults::decode(page).unwrap().cookie.is_empty());
            let read = (read(ReadEntry::Pre), read(ReadEntry::Post));
            format!("{} entries: {} {:?} {page:?}", show_result(answer), answer.entries.len(), read)
        };
        report.compare(what, show(&real), show(&ours));
    }
    report.finish(least);
}

fn show_result(answer: &Answer) -> String {
    format!("{} {:?} {:?}", answer.result.code, answer.result.matched_dn, answer.result.message)
}

fn add(base: &str, cn: &str, attributes: Vec<PartialAttribute<'static>>) -> Operation<'static> {
    Operation::AddRequest(AddRequest { name: format!("cn={cn},{base}").into(), attributes })
}

fn twice() -> Vec<PartialAttribute<'static>> {
    vec![
        PartialAttribute::new("objectClass", ["device"]),
        PartialAttribute::new("cn", ["x"]),
        PartialAttribute::new("cn", ["y"]),
    ]
}

fn modify(name: &str, changes: Vec<Modification<'static>>) -> Operation<'static> {
    Operation::ModifyRequest(ModifyRequest { name: name.to_owned().into(), changes })
}

fn no_values(operation: ModifyOperation) -> Modification<'static> {
    Modification::new(operation, PartialAttribute::new("uidNumber", Vec::<Vec<u8>>::new()))
}

#[test]
fn binds_answer_as_on_slapd() {
    let mut pair = Pair::start("binds");
    let mut report = Report::default();
    play_changes(&mut pair, &mut Report::default());
    let (base, slapd) = (pair.base.clone(), slapd());
    let simple = |name: &str, password: &str| BindRequest {
        version: 3,
        name: name.to_owned().into(),
        authentication: Authentication::Simple(password.to_owned().into()),
    };
    let mut version_2 = simple(&slapd.bind_dn, &slapd.password);
    version_2.version = 2;
    let table = [
        ("root DN", simple(&slapd.bind_dn, &slapd.password)),
        ("root DN in upper case", simple(&slapd.bind_dn.to_uppercase(), &slapd.password)),
        ("wrong password", simple(&slapd.bind_dn, "wrong")),
        ("unknown name", simple(&format!("cn=nobody,{base}"), "wrong")),
        ("name outside", simple("dc=nowhere", "wrong")),
        ("no password", simple(&slapd.bind_dn, "")),
        ("password without a name", simple("", "wrong")),
        ("no name at all", simple("nonsense", "wrong")),
        ("entry with a password", simple(&format!("cn=t1,{base}"), "abc")),
        ("entry with a wrong password", simple(&format!("cn=t1,{base}"), "abcd")),
        ("entry without a password", simple(&format!("cn=t2,{base}"), "abc")),
        ("subschema", simple("cn=Subschema", "abc")),
        ("version 2", version_2),
    ];
    let least = table.len();
    for (what, request) in table {
        let [real, ours] = pair.ask(&Operation::BindRequest(request), &[]);
        report.compare(what, show(&real), show(&ours));
    }
    for client in &mut pair.clients {
        client.bind(&slapd.bind_dn, &slapd.password);
    }
    report.finish(least);
}
