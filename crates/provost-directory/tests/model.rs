//! Random operations on the directory and on a naive model of it: both must give the same codes and hold the same entries.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use provost_directory::{Connection, Directory, DirectoryOptions, DumpContent, OperationKind, Progress, Security};
use provost_ldap_wire::{
    AddRequest, Authentication, BindRequest, Message, Modification, ModifyDnRequest, ModifyOperation, ModifyRequest,
    Operation, PartialAttribute, Scope, SearchRequest,
};

const SUFFIX: &str = "dc=lab";

/// A step; names are paths of letters below the suffix, the top first.
#[derive(Clone, Debug)]
enum Step {
    Add(Vec<u8>),
    Delete(Vec<u8>),
    Rename(Vec<u8>, u8, Option<Vec<u8>>, bool),
    Modify(Vec<u8>, ModifyOperation, Vec<u8>),
}

fn step() -> impl Strategy<Value = Step> {
    let letter = || b'a'..b'd';
    let path = || vec(letter(), 1..4);
    let operation =
        prop_oneof![Just(ModifyOperation::Add), Just(ModifyOperation::Delete), Just(ModifyOperation::Replace),];
    prop_oneof![
        4 => path().prop_map(Step::Add),
        1 => path().prop_map(Step::Delete),
        2 => (path(), letter(), proptest::option::of(vec(letter(), 0..3)), any::<bool>())
            .prop_map(|(path, new, superior, delete)| Step::Rename(path, new, superior, delete)),
        3 => (path(), operation, proptest::collection::btree_set(b'0'..b'4', 0..3))
            .prop_map(|(path, operation, values)| Step::Modify(path, operation, values.into_iter().collect())),
    ]
}

/// Entries by path, each with the values of cn and of description.
#[derive(Debug, Default)]
struct Model(BTreeMap<Vec<u8>, (BTreeSet<u8>, BTreeSet<u8>)>);

impl Model {
    fn has_children(&self, path: &[u8]) -> bool {
        self.0.keys().any(|other| other.len() > path.len() && other.starts_with(path))
    }

    fn exists(&self, path: &[u8]) -> bool {
        path.is_empty() || self.0.contains_key(path)
    }

    /// Returns the result code of RFC 4511.
    fn apply(&mut self, step: &Step) -> i32 {
        match step {
            Step::Add(path) => {
                let (last, parent) = path.split_last().unwrap();
                if self.exists(path) {
                    return 68;
                }
                if !self.exists(parent) {
                    return 32;
                }
                self.0.insert(path.clone(), (BTreeSet::from([*last]), BTreeSet::new()));
            }
            Step::Delete(path) => {
                if !self.exists(path) {
                    return 32;
                }
                if self.has_children(path) {
                    return 66;
                }
                self.0.remove(path);
            }
            Step::Rename(path, new, superior, delete) => return self.rename(path, *new, superior.as_deref(), *delete),
            Step::Modify(path, operation, values) => {
                if matches!(operation, ModifyOperation::Add) && values.is_empty() {
                    return 2;
                }
                let Some((_, held)) = self.0.get_mut(path) else { return 32 };
                let values: BTreeSet<u8> = values.iter().copied().collect();
                match operation {
                    ModifyOperation::Add if !held.is_disjoint(&values) => return 20,
                    ModifyOperation::Add => held.extend(values),
                    ModifyOperation::Delete if held.is_empty() || !values.is_subset(held) => return 16,
                    ModifyOperation::Delete if values.is_empty() => held.clear(),
                    ModifyOperation::Delete => held.retain(|value| !values.contains(value)),
                    _ => *held = values,
                }
            }
        }
        0
    }

    fn rename(&mut self, path: &[u8], new: u8, superior: Option<&[u8]>, delete: bool) -> i32 {
        if !self.exists(path) {
            return 32;
        }
        let (last, parent) = path.split_last().unwrap();
        let parent = superior.unwrap_or(parent);
        if parent.starts_with(path) {
            return 53;
        }
        if !self.exists(parent) {
            return 32;
        }
        let target = [parent, &[new]].concat();
        if target != path && self.exists(&target) {
            return 68;
        }
        let moved: Vec<Vec<u8>> = self.0.keys().filter(|other| other.starts_with(path)).cloned().collect();
        for old in moved {
            let mut entry = self.0.remove(&old).unwrap();
            if old == path {
                if delete {
                    entry.0.remove(last);
                }
                entry.0.insert(new);
            }
            self.0.insert([&target, &old[path.len()..]].concat(), entry);
        }
        0
    }
}

fn name(path: &[u8]) -> String {
    let rdns = path.iter().rev().map(|letter| format!("cn={},", char::from(*letter)));
    rdns.collect::<String>() + SUFFIX
}

fn request(step: &Step) -> Operation<'static> {
    match step {
        Step::Add(path) => Operation::AddRequest(AddRequest {
            name: name(path).into(),
            attributes: vec![PartialAttribute::new("objectClass", ["device"])],
        }),
        Step::Delete(path) => Operation::DeleteRequest(name(path).into()),
        Step::Rename(path, new, superior, delete_old_rdn) => Operation::ModifyDnRequest(ModifyDnRequest {
            name: name(path).into(),
            new_rdn: format!("CN={}", char::from(*new)).into(),
            delete_old_rdn: *delete_old_rdn,
            new_superior: superior.as_ref().map(|superior| name(superior).into()),
        }),
        Step::Modify(path, operation, values) => {
            let values = values.iter().map(|value| vec![*value]);
            let change = Modification::new(*operation, PartialAttribute::new("description", values));
            Operation::ModifyRequest(ModifyRequest { name: name(path).into(), changes: vec![change] })
        }
    }
}

struct Session(Connection, i32);

impl Session {
    fn ask(&mut self, operation: Operation<'_>) -> (i32, Vec<String>) {
        self.1 += 1;
        self.0.receive(&Message::new(self.1, operation).encode());
        let mut output = Vec::new();
        while self.0.advance(&mut output) == Progress::More {}
        let (mut rest, mut names) = (output.as_slice(), Vec::new());
        while let Some(length) = provost_ldap_wire::frame(rest, &provost_ldap_wire::FrameLimits::default()).unwrap() {
            match Message::decode(&rest[..length]).unwrap().operation {
                Operation::SearchResultEntry(entry) => names.push(entry.name.to_text()),
                Operation::BindResponse(response) => return (response.result.code.0, names),
                Operation::AddResponse(result)
                | Operation::DeleteResponse(result)
                | Operation::ModifyDnResponse(result)
                | Operation::ModifyResponse(result)
                | Operation::SearchResultDone(result) => return (result.code.0, names),
                other => panic!("unexpected {}", other.name()),
            }
            rest = &rest[length..];
        }
        panic!("no answer");
    }
}

proptest! {
    #[test]
    fn the_directory_does_as_the_model(steps in vec(step(), 1..60)) {
        let options = DirectoryOptions::new(SUFFIX.parse().unwrap()).with_root("cn=root".parse().unwrap(), "pw".into());
        let directory = Directory::new(options).unwrap();
        directory.load(format!("dn: {SUFFIX}\nobjectClass: domain\n").as_bytes()).unwrap();
        let mut session = Session(Connection::new(directory.clone(), Security::Plain), 0);
        let authentication = Authentication::Simple("pw".into());
        let bind = BindRequest { version: 3, name: "cn=root".into(), authentication };
        prop_assert_eq!(session.ask(Operation::BindRequest(bind)).0, 0);
        let (mut model, mut writes) = (Model::default(), 0);
        for step in &steps {
            let expected = model.apply(step);
            writes += u64::from(expected == 0);
            prop_assert_eq!(session.ask(request(step)).0, expected, "{:?} in {:?}", step, steps);
        }
        prop_assert_eq!(directory.write_counter(), writes);
        prop_assert_eq!(directory.len(), model.0.len() + 1);
        prop_assert_eq!(directory.requests(OperationKind::Bind), 1);
        for (path, (cn, description)) in &model.0 {
            let entry = directory.entry(&name(path).parse().unwrap()).unwrap();
            let values = |attribute: &str| entry.values(attribute).iter().map(|value| value[0]).collect::<BTreeSet<_>>();
            prop_assert_eq!(values("cn"), cn.clone());
            prop_assert_eq!(values("description"), description.clone());
        }
        // What an index finds is what looking at all entries finds.
        for letter in b'a'..b'd' {
            let mut found = Vec::new();
            for filter in ["(cn=X)", "(&(cn=X)(objectClass=device))", "(cn=X*)"] {
                let filter = filter.replace('X', &char::from(letter).to_string()).parse().unwrap();
                let search = SearchRequest::new(SUFFIX, Scope::Subtree, filter, vec![]);
                found.push(session.ask(Operation::SearchRequest(search)).1);
            }
            let expected = model.0.iter().filter(|(_, (cn, _))| cn.contains(&letter)).map(|(path, _)| name(path));
            prop_assert_eq!(found[0].iter().cloned().collect::<BTreeSet<_>>(), expected.collect::<BTreeSet<_>>());
            prop_assert_eq!(&found[0], &found[1]);
            prop_assert_eq!(&found[0], &found[2]);
        }
        // A dump makes the same directory again.
        let mut dump = Vec::new();
        directory.dump(&mut dump, DumpContent::All).unwrap();
        let copy = Directory::new(DirectoryOptions::new(SUFFIX.parse().unwrap())).unwrap();
        copy.load(dump.as_slice()).unwrap();
        let mut second = Vec::new();
        copy.dump(&mut second, DumpContent::All).unwrap();
        prop_assert_eq!(dump, second);
    }

    #[test]
    fn no_octets_bring_a_session_down(octets in vec(any::<u8>(), 0..200), split in 0..200_usize) {
        let directory = Directory::new(DirectoryOptions::new(SUFFIX.parse().unwrap())).unwrap();
        let mut connection = Connection::new(directory, Security::Plain);
        let (first, second) = octets.split_at(split.min(octets.len()));
        let mut output = Vec::new();
        for part in [first, second] {
            connection.receive(part);
            while connection.advance(&mut output) == Progress::More {}
        }
    }

    #[test]
    fn no_broken_request_brings_a_session_down(at in 0..1000_usize, octet: u8, step in step()) {
        let directory = Directory::new(DirectoryOptions::new(SUFFIX.parse().unwrap())).unwrap();
        let mut connection = Connection::new(directory, Security::Plain);
        let mut octets = Message::new(1, request(&step)).encode();
        let at = at % octets.len();
        octets[at] = octet;
        connection.receive(&octets);
        let mut output = Vec::new();
        while connection.advance(&mut output) == Progress::More {}
    }
}
