//! Records of LDIF are written to text that reads to the same records (RFC 2849).
#![cfg(test)]

use provost_ldap_types::ldif::{Reader, Record, Writer};

const TOKENS: &str = concat!(
    "dn: cn=a\n¦dn:: Y249YQ==\n¦version: 1\n¦cn: a\n¦cn:: w7Y=\n¦sn;lang-de:  b\n¦\n¦ c\n¦# d\n¦mail:< file:///x\n¦",
    "changetype: add\n¦changetype: modify\n¦replace: cn\n¦-\n¦changetype: delete\n¦control: 1.2 true\n¦:¦ö¦newrdn: cn=b\n¦\r"
);

#[test]
fn ldif() {
    let read = |text: &[u8]| Reader::new(text).collect::<Result<Vec<Record>, _>>();
    bolero::check!().for_each(|octets: &[u8]| {
        let text = provost_fuzz::text(octets, TOKENS);
        let Ok(records) = read(text.as_bytes()) else { return };
        let mut writer = Writer::new(Vec::new());
        records.iter().for_each(|record| writer.write(record).expect("memory takes everything"));
        assert_eq!(read(&writer.into_inner()).expect(&text), records, "{text:?}");
    });
}
