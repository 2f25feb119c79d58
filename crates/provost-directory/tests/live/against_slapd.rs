//! The same requests to slapd and to the embedded directory: result codes, matched names, messages and entries.
//!
//! `PROVOST_LIVE_OPENLDAP` names a file of KEY='VALUE' lines with URL, BIND_DN, PASSWORD and SUFFIX of a running slapd
//! with the schemas core, cosine, inetOrgPerson and nis.

use std::collections::HashMap;
use std::fmt::Write;

use provost_directory::{Directory, DirectoryOptions};
use provost_ldap_wire::{
    AddRequest, Authentication, BindRequest, Control, ExtendedRequest, Modification, ModifyOperation, ModifyRequest,
    Octets, Operation, PagedResults, PartialAttribute, ReadEntry, Scope, SearchRequest, assertion, oid,
};

use crate::support::play::{self, Case, every, show, show_attribute};
use crate::support::{Answer, Client, Server};

/// Where the real server answers otherwise on purpose; each has its reason beside it in `differences.txt`.
const DIFFERENCES: &str = include_str!("differences.txt");

struct Slapd {
    address: String,
    bind_dn: String,
    password: String,
    suffix: String,
}

/// Returns the coordinates of slapd, or `None`, with a word about it, where there is none.
fn slapd() -> Option<Slapd> {
    let Ok(path) = std::env::var("PROVOST_LIVE_OPENLDAP") else {
        eprintln!("not run: PROVOST_LIVE_OPENLDAP does not name the file of a running slapd");
        return None;
    };
    let text = std::fs::read_to_string(&path).unwrap();
    let settings: HashMap<&str, &str> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key, value.trim_matches('\'')))
        .collect();
    let address = settings["URL"].strip_prefix("ldap://").unwrap().trim_end_matches('/').to_owned();
    let owned = |key: &str| settings[key].to_owned();
    Some(Slapd { address, bind_dn: owned("BIND_DN"), password: owned("PASSWORD"), suffix: owned("SUFFIX") })
}

/// Both servers, each with an empty tree of the test, and a client bound to each.
struct Pair {
    base: String,
    suffix: String,
    clients: [Client; 2],
    _server: Server,
}

impl Pair {
    fn start(tree: &str) -> Option<Self> {
        let slapd = slapd()?;
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
        Some(Self { base, suffix: slapd.suffix, clients, _server: server })
    }

    /// Makes the entries that reads are about.
    fn fill(&mut self) {
        for case in play::changes(&self.base, &self.suffix) {
            self.ask(&case.operation, &[]);
        }
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

fn compare_all(pair: &mut Pair, cases: Vec<Case>) -> Report {
    let mut report = Report::default();
    for case in cases {
        let [real, ours] = pair.ask(&case.operation, &[]);
        report.compare(&case.what, show(&real), show(&ours));
    }
    report
}

#[test]
fn changes_end_as_on_slapd() {
    let Some(mut pair) = Pair::start("changes") else { return };
    let cases = play::changes(&pair.base, &pair.suffix);
    compare_all(&mut pair, cases).finish(150);
}

#[test]
fn searches_find_as_on_slapd() {
    let Some(mut pair) = Pair::start("searches") else { return };
    pair.fill();
    let cases = play::searches(&pair.base);
    compare_all(&mut pair, cases).finish(50);
}

#[test]
fn compares_answer_as_on_slapd() {
    let Some(mut pair) = Pair::start("compares") else { return };
    pair.fill();
    let cases = play::compares(&pair.base);
    compare_all(&mut pair, cases).finish(10);
}

#[test]
fn controls_and_extended_operations_answer_as_on_slapd() {
    let Some(mut pair) = Pair::start("controls") else { return };
    pair.fill();
    let mut report = Report::default();
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
    let Some(mut pair) = Pair::start("binds") else { return };
    pair.fill();
    let mut report = Report::default();
    let (base, slapd) = (pair.base.clone(), slapd().unwrap());
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
