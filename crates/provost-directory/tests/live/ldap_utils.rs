//! Unmodified ldapsearch, ldapadd, ldapmodify, ldapmodrdn, ldapdelete, ldapcompare, ldappasswd and ldapwhoami.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use expect_test::{Expect, expect};
use provost_directory::{ListenerOptions, OperationKind, TlsIdentity, Transport};

use crate::support::{ADMIN, BASE, PASSWORD, Server, directory};

const BSIMON: &str = "\
dn: cn=bsimon,dc=contoso,dc=lab
objectClass: inetOrgPerson
objectClass: posixAccount
objectClass: shadowAccount
cn: bsimon
cn: Britta Simon
sn: Simon
mail: bsimon@contoso.com
uid: bsimon
uidNumber: 10001
gidNumber: 10000
homeDirectory: /home/bsimon
userPassword: Zq8!pass
";

struct Tools {
    server: Server,
}

impl Tools {
    fn start() -> Self {
        Self { server: Server::start(directory()) }
    }

    /// Runs a program as the administrator.
    fn run(&self, program: &str, arguments: &[&str], input: &str) -> Output {
        self.run_as(program, ADMIN, PASSWORD, arguments, input)
    }

    fn run_as(&self, program: &str, name: &str, password: &str, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(program)
            .args(["-x", "-H", &self.server.url, "-D", name, "-w", password])
            .args(arguments)
            .env("LDAPNOINIT", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        // A program that fails before it reads leaves a broken pipe behind.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn add(&self, ldif: &str) {
        let output = self.run("ldapadd", &[], ldif);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn check(&self, program: &str, arguments: &[&str], input: &str, code: i32, expected: Expect) {
        let output = self.run(program, arguments, input);
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        expected.assert_eq(text.trim_end());
        assert_eq!(output.status.code(), Some(code));
    }

    fn search(&self, arguments: &[&str], expected: Expect) {
        let arguments = [&["-LLL", "-o", "ldif-wrap=no"], arguments].concat();
        self.check("ldapsearch", &arguments, "", 0, expected);
    }
}

#[test]
fn ldapadd_and_ldapsearch() {
    let tools = Tools::start();
    tools.add(BSIMON);
    tools.search(
        &["-b", "dc=contoso,dc=lab", "(mail=BSIMON@contoso.com)"],
        expect![[r#"
            dn: cn=bsimon,dc=contoso,dc=lab
            objectClass: inetOrgPerson
            objectClass: posixAccount
            objectClass: shadowAccount
            cn: bsimon
            cn: Britta Simon
            sn: Simon
            mail: bsimon@contoso.com
            uid: bsimon
            uidNumber: 10001
            gidNumber: 10000
            homeDirectory: /home/bsimon
            userPassword:: WnE4IXBhc3M="#]],
    );
    assert_eq!(tools.server.directory.write_counter(), 1);
    assert_eq!(tools.server.directory.requests(OperationKind::Add), 1);
}

#[test]
fn ldapadd_refused() {
    let tools = Tools::start();
    tools.check(
        "ldapadd",
        &[],
        "dn: cn=x,dc=contoso,dc=lab\nobjectClass: inetOrgPerson\ncn: x\n",
        65,
        expect![[r#"
            adding new entry "cn=x,dc=contoso,dc=lab"

            ldap_add: Object class violation (65)
            	additional info: object class 'inetOrgPerson' requires attribute 'sn'"#]],
    );
}

#[test]
fn awkward_names() {
    let tools = Tools::start();
    let names = [
        r"cn=Simon\, Britta",
        r"cn=a\+b\+c",
        r"cn=O'Neil",
        r"cn=\<angle\>",
        r"cn=M\C3\BCller",
        r"cn=\#hash",
        r"cn=\ blank\ ",
        r#"cn=quote\"d"#,
        r"cn=back\\slash",
        r"cn=semi\;colon",
        r"cn=equals=sign",
        r"cn=two+sn=parts",
    ];
    for (number, name) in names.iter().enumerate() {
        // The RDN values are left out on purpose: like slapd, the server adds them.
        let sn = if name.contains("+sn=") { "" } else { "sn: x\n" };
        tools.add(&format!(
            "dn: {name},ou=people,dc=contoso,dc=lab\nobjectClass: inetOrgPerson\n{sn}description: {number}\n"
        ));
        let dn = format!("{name},ou=people,dc=contoso,dc=lab");
        let found = tools.run("ldapsearch", &["-LLL", "-b", &dn, "-s", "base", "description"], "");
        assert!(String::from_utf8(found.stdout).unwrap().contains(&format!("description: {number}")), "{name}");
    }
    tools.search(
        &["-b", "ou=people,dc=contoso,dc=lab", "-s", "one", "cn"],
        expect![[r#"
        dn: cn=Simon\, Britta,ou=people,dc=contoso,dc=lab
        cn: Simon, Britta

        dn: cn=a\+b\+c,ou=people,dc=contoso,dc=lab
        cn: a+b+c

        dn: cn=O'Neil,ou=people,dc=contoso,dc=lab
        cn: O'Neil

        dn: cn=\<angle\>,ou=people,dc=contoso,dc=lab
        cn:: PGFuZ2xlPg==

        dn:: Y249TcO8bGxlcixvdT1wZW9wbGUsZGM9Y29udG9zbyxkYz1sYWI=
        cn:: TcO8bGxlcg==

        dn: cn=\#hash,ou=people,dc=contoso,dc=lab
        cn: #hash

        dn: cn=\ blank\ ,ou=people,dc=contoso,dc=lab
        cn:: IGJsYW5rIA==

        dn: cn=quote\"d,ou=people,dc=contoso,dc=lab
        cn: quote"d

        dn: cn=back\\slash,ou=people,dc=contoso,dc=lab
        cn: back\slash

        dn: cn=semi\;colon,ou=people,dc=contoso,dc=lab
        cn: semi;colon

        dn: cn=equals=sign,ou=people,dc=contoso,dc=lab
        cn: equals=sign

        dn: cn=two+sn=parts,ou=people,dc=contoso,dc=lab
        cn: two"#]],
    );
    for name in names {
        let dn = format!("{name},ou=people,dc=contoso,dc=lab");
        assert!(tools.run("ldapdelete", &[&dn], "").status.success(), "{name}");
    }
    assert_eq!(tools.server.directory.len(), 2);
}

#[test]
fn ldapsearch_by_pages() {
    let tools = Tools::start();
    for number in 0..7 {
        tools.add(&format!("dn: cn=d{number},ou=people,dc=contoso,dc=lab\nobjectClass: device\ncn: d{number}\n"));
    }
    let output = tools.run("ldapsearch", &["-b", "ou=people,dc=contoso,dc=lab", "-E", "pr=2/noprompt", "1.1"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert_eq!(text.matches("\ndn: ").count(), 8, "{text}");
    assert_eq!(text.matches("pagedresults: cookie=\n").count(), 1, "{text}");
    assert_eq!(tools.server.directory.requests(OperationKind::Search), 4);
}

#[test]
fn ldapmodify_with_binary_values_and_several_changes() {
    let tools = Tools::start();
    tools.add(BSIMON);
    tools.check(
        "ldapmodify",
        &["-e", "postread=mail,description"],
        "dn: cn=bsimon,dc=contoso,dc=lab\n\
         changetype: modify\n\
         add: jpegPhoto\n\
         jpegPhoto:: /9j/4AAQSkZJRg==\n\
         -\n\
         replace: mail\n\
         mail: britta@contoso.com\n\
         -\n\
         delete: cn\n\
         cn: britta simon\n\
         -\n\
         increment: uidNumber\n\
         uidNumber: 5\n\
         -\n\
         add: description\n\
         description:: w7xiZXI=\n",
        0,
        expect![[r#"
            modifying entry "cn=bsimon,dc=contoso,dc=lab"
            control: 1.3.6.1.1.13.2 false ZFUEG2NuPWJzaW1vbixkYz1jb250b3NvLGRjPWxhYjA2MBwE
             BG1haWwxFAQSYnJpdHRhQGNvbnRvc28uY29tMBYEC2Rlc2NyaXB0aW9uMQcEBcO8YmVy
            # ==> postread
            dn: cn=bsimon,dc=contoso,dc=lab
            mail: britta@contoso.com
            description:: w7xiZXI=
            # <== postread"#]],
    );
    tools.search(
        &["-b", "cn=bsimon,dc=contoso,dc=lab", "jpegPhoto", "mail", "cn", "uidNumber", "description"],
        expect![[r#"
            dn: cn=bsimon,dc=contoso,dc=lab
            cn: bsimon
            mail: britta@contoso.com
            uidNumber: 10006
            jpegPhoto:: /9j/4AAQSkZJRg==
            description:: w7xiZXI="#]],
    );
}

#[test]
fn ldapmodrdn_renames_and_moves() {
    let tools = Tools::start();
    tools.add(BSIMON);
    tools.add("dn: cn=below,cn=bsimon,dc=contoso,dc=lab\nobjectClass: device\ncn: below\n");
    tools.check(
        "ldapmodrdn",
        &["-r", "-s", "ou=people,dc=contoso,dc=lab", "cn=bsimon,dc=contoso,dc=lab", "uid=bsimon"],
        "",
        0,
        expect![[r#""#]],
    );
    tools.search(
        &["-b", "ou=people,dc=contoso,dc=lab", "cn", "uid", "entryDN"],
        expect![[r#"
        dn: ou=people,dc=contoso,dc=lab
        entryDN: ou=people,dc=contoso,dc=lab

        dn: uid=bsimon,ou=people,dc=contoso,dc=lab
        cn: Britta Simon
        uid: bsimon
        entryDN: uid=bsimon,ou=people,dc=contoso,dc=lab

        dn: cn=below,uid=bsimon,ou=people,dc=contoso,dc=lab
        cn: below
        entryDN: cn=below,uid=bsimon,ou=people,dc=contoso,dc=lab"#]],
    );
    tools.check(
        "ldapmodrdn",
        &["-r", "uid=bsimon,ou=people,dc=contoso,dc=lab", "ou=people"],
        "",
        65,
        expect![[r#"
        Rename Result: Object class violation (65)
        Additional info: object class 'posixAccount' requires attribute 'uid'"#]],
    );
}

#[test]
fn ldapdelete_of_leaves_and_others() {
    let tools = Tools::start();
    tools.check(
        "ldapdelete",
        &["dc=contoso,dc=lab"],
        "",
        66,
        expect![[r#"
        ldap_delete: Operation not allowed on non-leaf (66)
        	additional info: subordinate objects must be deleted first"#]],
    );
    tools.check(
        "ldapdelete",
        &["cn=x,ou=people,dc=contoso,dc=lab"],
        "",
        32,
        expect![[r#"
        ldap_delete: No such object (32)
        	matched DN: ou=people,dc=contoso,dc=lab"#]],
    );
    tools.check("ldapdelete", &["-r", "ou=people,dc=contoso,dc=lab"], "", 0, expect![[r#""#]]);
}

#[test]
fn ldapwhoami_and_passwords() {
    let tools = Tools::start();
    tools.add(BSIMON);
    tools.check("ldapwhoami", &[], "", 0, expect![[r#"dn:cn=admin,dc=contoso,dc=lab"#]]);
    let name = "CN=BSimon,dc=Contoso,dc=lab";
    let own = tools.run_as("ldapwhoami", name, "Zq8!pass", &[], "");
    assert_eq!(String::from_utf8(own.stdout).unwrap(), "dn:cn=BSimon,dc=Contoso,dc=lab\n");
    assert_eq!(tools.run_as("ldapwhoami", name, "wrong", &[], "").status.code(), Some(49));
    assert_eq!(tools.run_as("ldapwhoami", ADMIN, "wrong", &[], "").status.code(), Some(49));
    assert_eq!(tools.run_as("ldapwhoami", ADMIN, "", &[], "").status.code(), Some(53));
    assert!(tools.run("ldappasswd", &["-s", "newpass", "cn=bsimon,dc=contoso,dc=lab"], "").status.success());
    assert_eq!(tools.run_as("ldapwhoami", name, "Zq8!pass", &[], "").status.code(), Some(49));
    assert_eq!(tools.run_as("ldapwhoami", name, "newpass", &[], "").status.code(), Some(0));
    let made = tools.run("ldappasswd", &["cn=bsimon,dc=contoso,dc=lab"], "");
    let made = String::from_utf8(made.stdout).unwrap();
    let password = made.trim().strip_prefix("New password: ").unwrap();
    assert_eq!(tools.run_as("ldapwhoami", name, password, &[], "").status.code(), Some(0));
}

#[test]
fn ldapcompare_says_true_and_false() {
    let tools = Tools::start();
    tools.add(BSIMON);
    let name = "cn=bsimon,dc=contoso,dc=lab";
    tools.check("ldapcompare", &[name, "sn:SIMON"], "", 6, expect!["TRUE"]);
    tools.check("ldapcompare", &[name, "sn:other"], "", 5, expect!["FALSE"]);
}

#[test]
fn root_dse_and_subschema() {
    let tools = Tools::start();
    tools.search(
        &["-b", "", "-s", "base", "+"],
        expect![[r#"
        dn:
        structuralObjectClass: OpenLDAProotDSE
        namingContexts: dc=contoso,dc=lab
        supportedControl: 2.16.840.1.113730.3.4.2
        supportedControl: 1.2.840.113556.1.4.319
        supportedControl: 1.3.6.1.1.13.2
        supportedControl: 1.3.6.1.1.13.1
        supportedControl: 1.3.6.1.1.12
        supportedExtension: 1.3.6.1.4.1.4203.1.11.1
        supportedExtension: 1.3.6.1.4.1.4203.1.11.3
        supportedFeatures: 1.3.6.1.1.14
        supportedFeatures: 1.3.6.1.4.1.4203.1.5.1
        supportedFeatures: 1.3.6.1.4.1.4203.1.5.2
        supportedFeatures: 1.3.6.1.4.1.4203.1.5.3
        supportedFeatures: 1.3.6.1.4.1.4203.1.5.4
        supportedLDAPVersion: 3
        entryDN:
        subschemaSubentry: cn=Subschema"#]],
    );
    let output = tools.run("ldapsearch", &["-LLL", "-b", "cn=Subschema", "-s", "base", "+"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("NAME 'inetOrgPerson'"), "{text}");
    assert!(text.contains("matchingRuleUse: "), "{text}");
}

#[test]
fn start_tls_and_ldaps() {
    let key = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, private) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, key.cert.pem()).unwrap();
    std::fs::write(&private, key.signing_key.serialize_pem()).unwrap();
    let identity = TlsIdentity::from_pem_files(&certificate, &private).unwrap();
    for (transport, argument) in [(Transport::StartTls(identity.clone()), "-ZZ"), (Transport::Ldaps(identity), "-v")] {
        let options = ListenerOptions::default().with_transport(transport);
        let server = Server::start_with(directory(), options);
        let run = |authority: &str| {
            Command::new("ldapwhoami")
                .args(["-x", "-H", &server.url, "-D", ADMIN, "-w", PASSWORD, argument])
                .env("LDAPTLS_CACERT", authority)
                .output()
                .unwrap()
        };
        let output = run(certificate.to_str().unwrap());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(!run("/nonexistent").status.success());
    }
}

#[test]
fn a_dump_is_what_ldapadd_takes() {
    let tools = Tools::start();
    tools.add(BSIMON);
    let mut dump = Vec::new();
    tools.server.directory.dump(&mut dump, provost_directory::DumpContent::UserAttributes).unwrap();
    let dump = String::from_utf8(dump).unwrap();
    assert!(dump.starts_with(BASE.trim_end()), "{dump}");
    assert!(!dump.contains("userPassword"), "{dump}");
    let others = dump.split_once("\n\n").unwrap().1;
    let other = Tools { server: Server::start(directory()) };
    assert!(other.run("ldapdelete", &["ou=people,dc=contoso,dc=lab"], "").status.success());
    other.add(others);
    assert_eq!(other.server.directory.len(), 3);
}
