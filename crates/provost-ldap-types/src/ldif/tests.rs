use std::error::Error as _;
use std::fmt::Write as _;
use std::io::{self, BufReader, Read};

use expect_test::{Expect, expect};

use super::{LdifLimits, ModifyOperation, Reader, Record, Writer, read_attributes, read_modifications, write_entry};
use crate::{Attribute, Dn, Entry};

/// Compares what reading a text and writing its records gives; an error stands in place of its record.
fn check(text: &str, expected: &Expect) {
    let mut shown = String::new();
    for record in Reader::new(text.as_bytes()) {
        match record {
            Ok(record) => {
                let mut writer = Writer::new(Vec::new());
                writer.write(&record).unwrap();
                shown.push_str(&String::from_utf8(writer.into_inner()).unwrap());
            }
            Err(error) => {
                write!(shown, "{}: {error}", error.code()).unwrap();
                error.source().iter().for_each(|source| write!(shown, ": {source}").unwrap());
                shown.push('\n');
            }
        }
    }
    expected.assert_eq(&shown);
}

#[test]
fn rfc_2849_example_1_two_entries() {
    check(
        "version: 1
dn: cn=Barbara Jensen, ou=Product Development, dc=airius, dc=com
objectclass: top
objectclass: person
cn: Barbara Jensen
cn: Barbara J Jensen
sn: Jensen
description: A big sailing fan.

dn: cn=Bjorn Jensen, ou=Accounting, dc=airius, dc=com
objectclass: top
telephonenumber: +1 408 555 1212
",
        &expect![[r"
            dn: cn=Barbara Jensen,ou=Product Development,dc=airius,dc=com
            objectclass: top
            objectclass: person
            cn: Barbara Jensen
            cn: Barbara J Jensen
            sn: Jensen
            description: A big sailing fan.
            dn: cn=Bjorn Jensen,ou=Accounting,dc=airius,dc=com
            objectclass: top
            telephonenumber: +1 408 555 1212
        "]],
    );
}

#[test]
fn rfc_2849_example_2_folded_lines_and_carriage_returns() {
    check(
        "version: 1\r\n\r\ndn: cn=Barbara Jensen, ou=Product Dev\r\n elopment, dc=airius, dc=com\r\n\
         # a comment\r\n  that goes on\r\ndescription:Babs is a big sailing fan, and travels extensively in search of \
         perfect\r\n  sailing conditions.\r\ntitle:Product Manager, Rod and Reel Division",
        &expect![[r"
            dn: cn=Barbara Jensen,ou=Product Development,dc=airius,dc=com
            description: Babs is a big sailing fan, and travels extensively in search of
              perfect sailing conditions.
            title: Product Manager, Rod and Reel Division
        "]],
    );
}

#[test]
fn rfc_2849_example_3_base64() {
    check(
        "dn:: b3U95Za25qWt6YOoLG89QWlyaXVz\nou;lang-ja:: 5Za25qWt6YOo\ndescription:: V2hhdCBhIGNhcmVmdWwgcmVhZGVy\n",
        &expect![[r"
            dn:: b3U95Za25qWt6YOoLG89QWlyaXVz
            ou;lang-ja:: 5Za25qWt6YOo
            description: What a careful reader
        "]],
    );
}

#[test]
fn rfc_2849_example_6_change_records() {
    check(
        "version: 1

dn: cn=Fiona Jensen, dc=airius, dc=com
changetype: add
objectclass: top
sn: Jensen

dn: cn=Robert Jensen, dc=airius, dc=com
control: 1.2.840.113556.1.4.805 true
changetype: delete

dn: cn=Paul Jensen, dc=airius, dc=com
changetype: modrdn
newrdn: cn=Paula Jensen
deleteoldrdn: 1

dn: ou=PD Accountants, dc=airius, dc=com
control: 1.2.3 false: text
control: 1.2.4:: AAE=
changetype: moddn
newrdn: ou=Product Development Accountants
deleteoldrdn: 0
newsuperior: ou=Accounting, dc=airius, dc=com

dn: cn=Paula Jensen, dc=airius, dc=com
changetype: modify
add: postaladdress
postaladdress: 123 Anystreet $ Sunnyvale, CA $ 94086
-
delete: description
-
replace: telephonenumber
telephonenumber: +1 408 555 1234
telephonenumber: +1 408 555 5678
-
increment: uidNumber
uidNumber: 1
",
        &expect![[r"
            dn: cn=Fiona Jensen,dc=airius,dc=com
            changetype: add
            objectclass: top
            sn: Jensen
            dn: cn=Robert Jensen,dc=airius,dc=com
            control: 1.2.840.113556.1.4.805 true
            changetype: delete
            dn: cn=Paul Jensen,dc=airius,dc=com
            changetype: modrdn
            newrdn: cn=Paula Jensen
            deleteoldrdn: 1
            dn: ou=PD Accountants,dc=airius,dc=com
            control: 1.2.3 false: text
            control: 1.2.4 false:: AAE=
            changetype: modrdn
            newrdn: ou=Product Development Accountants
            deleteoldrdn: 0
            newsuperior: ou=Accounting,dc=airius,dc=com
            dn: cn=Paula Jensen,dc=airius,dc=com
            changetype: modify
            add: postaladdress
            postaladdress: 123 Anystreet $ Sunnyvale, CA $ 94086
            -
            delete: description
            -
            replace: telephonenumber
            telephonenumber: +1 408 555 1234
            telephonenumber: +1 408 555 5678
            -
            increment: uidNumber
            uidNumber: 1
            -
        "]],
    );
}

#[test]
fn a_bad_record_is_named_by_line_and_the_next_one_is_read() {
    check(
        "dn: cn=a
cn a

dn: cn=a<b

dn: cn=b
sn:: !

dn: cn=c
1x: y

cn: d

dn: cn=e
jpegPhoto:< file:///etc/passwd

dn: cn=f
changetype: rename

dn: cn=g
changetype: delete
cn: g

dn: cn=h
control: x
changetype: delete

dn: cn=i
control: 1.2.3
cn: i

dn: cn=last
",
        &expect![[r#"
            ldif-expected: expected an attribute, `:` and a value in line 2
            ldif-bad-dn: the distinguished name cannot be read in line 4: expected `,`, `+` or the end of the name: `<` in a value is written as `\<`
            ldif-bad-base64: expected base64 after `::` in line 7
            ldif-bad-attribute: the attribute description cannot be read in line 10: expected an object identifier such as `2.5.4.3`, of numbers without leading zeros
            ldif-expected: expected `dn:` in line 12
            ldif-url-refused: expected `:` or `::` and the value: values by URL (`:<`) are not accepted in line 15
            ldif-unknown-change-type: expected `add`, `delete`, `modify`, `modrdn` or `moddn` after `changetype:` in line 18
            ldif-unexpected-line: expected an empty line after the record in line 22
            ldif-bad-control: expected an object identifier, `true` or `false`, and a value after `control:` in line 25
            ldif-expected: expected `changetype:` after `control:` in line 30
            dn: cn=last
        "#]],
    );
}

#[test]
fn a_bad_modification_is_named_by_line() {
    check(
        "dn: cn=a
changetype: modify
add: sn
cn: a

dn: cn=b
changetype: modify
add: sn
-

dn: cn=c
changetype: modify
sn: c

dn: cn=d
changetype: modrdn
newrdn: cn=e
deleteoldrdn: yes

dn: cn=f
changetype: modrdn
newrdn: cn=e,dc=lab
deleteoldrdn: 1

dn: cn=g
changetype: moddn
",
        &expect![[r#"
            ldif-expected-attribute: expected a value of `sn` or `-` in line 4
            ldif-expected: expected a value after `add:` or `increment:` in line 8
            ldif-expected: expected `add:`, `delete:`, `replace:` or `increment:` and an attribute in line 13
            ldif-expected: expected `0` or `1` after `deleteoldrdn:` in line 18
            ldif-bad-dn: the distinguished name cannot be read in line 22: expected one component: `,` in a value is written as `\,`
            ldif-expected: expected `newrdn:` in line 26
        "#]],
    );
}

#[test]
fn rfc_2849_versions_other_than_1_are_refused() {
    check(
        "version: 2\n\ndn: cn=a\n",
        &expect![[r"
        ldif-bad-version: expected version 1 in line 1
        dn: cn=a
    "]],
    );
    check("# only a comment\n\n\n", &expect![[""]]);
    check("version: 1\n", &expect![[""]]);
}

#[test]
fn a_text_cannot_begin_with_a_continuation() {
    check(
        " dn: cn=a\n\ndn: cn=b\n",
        &expect![[r"
            ldif-expected: expected a line that begins without a blank in line 1
        "]],
    );
}

#[test]
fn tolerated_a_byte_order_mark_and_octets_that_are_not_base64() {
    check(
        "\u{feff}dn: cn=Jörg\nsn: ö\n",
        &expect![[r"
        dn:: Y249SsO2cmc=
        sn:: w7Y=
    "]],
    );
}

#[test]
fn tolerated_values_of_one_attribute_apart_from_each_other() {
    check(
        "dn: cn=a\ncn: a\nsn: b\nCN: c\n",
        &expect![[r"
        dn: cn=a
        cn: a
        cn: c
        sn: b
    "]],
    );
}

#[test]
fn rfc_2849_note_2_lines_fold_at_76_columns() {
    let mut entry = Entry::new("cn=a".parse().unwrap());
    entry.push(Attribute::of("cn", ["x".repeat(72), "x".repeat(73), "x".repeat(72 + 75 + 1)]).unwrap());
    let text = write_entry(&entry);
    let lengths: Vec<_> = text.lines().map(str::len).collect();
    assert_eq!(lengths, [8, 76, 76, 2, 76, 76, 2]);
    let mut writer = Writer::new(Vec::new()).without_folding();
    writer.write_entry(&entry).unwrap();
    assert_eq!(String::from_utf8(writer.into_inner()).unwrap().lines().count(), 4);
}

#[test]
fn rfc_2849_values_that_would_change_are_written_in_base64() {
    let values = ["", " a", ":a", "<a", "a ", "a\n", "a\0", "#a", "a:b"];
    let mut entry = Entry::new(Dn::root());
    entry.push(Attribute::of("cn", values).unwrap());
    expect![[r"
        dn:
        cn:
        cn:: IGE=
        cn:: OmE=
        cn:: PGE=
        cn:: YSA=
        cn:: YQo=
        cn:: YQA=
        cn: #a
        cn: a:b
    "]]
    .assert_eq(&write_entry(&entry));
}

#[test]
fn records_are_separated_by_an_empty_line() {
    let mut writer = Writer::new(Vec::new());
    writer.write_version().unwrap();
    writer.write_entry(&Entry::new("cn=a".parse().unwrap())).unwrap();
    writer.write_entry(&Entry::new("cn=b".parse().unwrap())).unwrap();
    assert_eq!(String::from_utf8(writer.into_inner()).unwrap(), "version: 1\n\ndn: cn=a\n\ndn: cn=b\n");
}

#[test]
fn a_url_is_read_by_the_function_that_was_set() {
    let read = |url: &str| if url == "file:///a" { Ok(b"photo".to_vec()) } else { Err(io::ErrorKind::NotFound.into()) };
    let text = "dn: cn=a\njpegPhoto:< file:///a\n\ndn: cn=b\njpegPhoto:< file:///b\n";
    let mut reader = Reader::new(text.as_bytes()).with_urls(read);
    let Some(Ok(Record::Content(entry))) = reader.next() else { panic!("an entry") };
    assert_eq!(entry.first_text("jpegPhoto"), Some("photo"));
    assert_eq!(reader.next().unwrap().unwrap_err().code(), "ldif-url");
}

#[test]
fn lines_and_records_beyond_the_limits_end_the_text() {
    let limits = LdifLimits::default().with_line_length(20).with_record_length(30);
    let codes = |text: &str| {
        let records = Reader::with_limits(BufReader::with_capacity(3, text.as_bytes()), limits);
        records
            .map(|record| record.map_or_else(|error| (error.code(), error.line()), |_| ("ok", 0)))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes("dn: cn=a\ncn: aaaaaaaaaaaaaaaa\n\ndn: cn=b"), [("ok", 0), ("ok", 0)]);
    assert_eq!(codes("dn: cn=a\ncn: aaaaaaaaaaaaaaaaaaa\n\ndn: cn=b"), [("ldif-too-long", 2)]);
    assert_eq!(codes("dn: cn=a\ncn: aaaaaaaaaa\n aaaaaaaaaaa\n\ndn: cn=b"), [("ldif-too-long", 2)]);
    assert_eq!(codes("dn: cn=a\ncn: aaaaaaaa\nsn: aaaaaaaa\n\ndn: cn=b"), [("ldif-too-long", 3)]);
}

/// A source that fails after some text.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::ErrorKind::ConnectionReset.into()),
            count => Ok(count),
        }
    }
}

#[test]
fn a_source_that_fails_ends_the_text_without_half_a_record() {
    let mut reader = Reader::new(BufReader::new(Broken(b"dn: cn=a\n\ndn: cn=b\nsn: tru")));
    assert!(reader.next().unwrap().is_ok());
    let error = reader.next().unwrap().unwrap_err();
    assert_eq!((error.code(), error.line()), ("ldif-read", 4));
    assert!(reader.next().is_none());
}

#[test]
fn change_log_fragments_are_read_without_a_name() {
    assert_eq!(read_attributes(b"cn: a\nsn:: Yg==\n\n").unwrap().len(), 2);
    let modifications = read_modifications(b"replace: sn\nsn: b\n-\ndelete: cn\n-\n").unwrap();
    assert_eq!(modifications.len(), 2);
    assert_eq!(modifications[0].operation, ModifyOperation::Replace);
    assert_eq!(read_attributes(b"cn: a\n\nsn: b\n").unwrap_err().code(), "ldif-unexpected-line");
}
