//! Records of LDIF are written to text that reads to the same records (RFC 2849).
#![cfg(test)]

use arbitrary::Arbitrary as _;
use provost_fuzz::{Form, form, seeds};
use provost_ldap_types::ldif::{Reader, Record, Writer};

const TOKENS: &str = concat!(
    "dn: cn=a\n¦dn:: Y249YQ==\n¦version: 1\n¦cn: a\n¦cn:: w7Y=\n¦sn;lang-de:  b\n¦\n¦ c\n¦# d\n¦mail:< file:///x\n¦",
    "changetype: add\n¦changetype: modify\n¦replace: cn\n¦-\n¦changetype: delete\n¦control: 1.2 true\n¦:¦ö¦newrdn: cn=b\n¦\r"
);

#[test]
fn ldif() {
    let read = |text: &[u8]| Reader::new(text).collect::<Result<Vec<Record>, _>>();
    provost_fuzz::check!(seeds::directory::ldif(), |octets: &[u8]| {
        let records = match form(octets, TOKENS) {
            Form::Plain(octets) => read(octets),
            Form::Tokens(text) => read(text.as_bytes()),
            Form::Made(mut octets) => Ok(vec![Record::arbitrary(&mut octets).expect("it is made of any octets")]),
        };
        let Ok(records) = records else { return };
        let mut writer = Writer::new(Vec::new());
        records.iter().for_each(|record| writer.write(record).expect("memory takes everything"));
        let text = writer.into_inner();
        assert_eq!(read(&text).expect("what was written reads"), records, "{}", text.escape_ascii());
    });
}
