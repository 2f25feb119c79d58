//! The functions that read certificates, on one whose fields openssl has shown.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use provost_expr::Dialect;
use provost_model::Timestamp;
use serde_json::json;

use crate::common::{Outcome, Surroundings, run_in, stirred};

const PEM: &str = include_str!("../data/certificate.pem");

fn outcome(source: &str, certificate: &str) -> Outcome {
    let surroundings = Surroundings { dialect: Dialect::Connect, ..Surroundings::default() };
    run_in(source, &json!({ "c": certificate }), &surroundings, Timestamp::UNIX_EPOCH, &stirred(1))
}

fn check(source: &str, expected: &str) {
    assert_eq!(outcome(source, PEM), Outcome::Gave(json!(expected)), "{source}");
}

#[test]
fn fields_are_read() {
    let name = "E=bsimon@contoso.com, CN=Britta Simon, OU=IT, O=\"Contoso, Ltd.\", S=WA, C=US";
    for function in ["CertSubject", "CertSubjectNameDN", "CertIssuer", "CertIssuerDN"] {
        check(&format!("{function}([c])"), name);
    }
    check("CertThumbprint([c])", "92D77A1A5FAE2C4FC1B7D13127390DCD9A9A18E4");
    check("CertHashString([c])", "92D77A1A5FAE2C4FC1B7D13127390DCD9A9A18E4");
    check("CertSerialNumber([c])", "00C0FFEE01");
    check("CertVersion([c])", "3");
    check("CertFormat([c])", "X509");
    check("CertFriendlyName([c])", "");
    check("CertNotBefore([c])", "11/25/2026 1:10:47 AM");
    check("CertNotAfter([c])", "11/1/2126 1:10:47 AM");
    check("CertKeyAlgorithm([c])", "1.2.840.113549.1.1.1");
    check("CertKeyAlgorithmParams([c])", "0500");
    check("CertPublicKeyOid([c])", "1.2.840.113549.1.1.1");
    check("CertPublicKeyParametersOid([c])", "1.2.840.113549.1.1.1");
    check("CertSignatureAlgorithmOid([c])", "1.2.840.113549.1.1.11");
    assert_eq!(outcome("CertSubjectNameOid([c])", PEM), Outcome::Gave(json!(null)));
    assert_eq!(outcome("CertIssuerOid([c])", PEM), Outcome::Gave(json!(null)));
    assert_eq!(outcome("CertExtensionOids([c])", PEM), Outcome::Gave(json!(["2.5.29.19", "2.5.29.15"])));
}

#[test]
fn names_are_chosen_by_kind() {
    for (kind, of_subject, of_issuer) in [
        ("SimpleName", "Britta Simon", "Britta Simon"),
        ("EmailName", "b.simon@contoso.com", "bsimon@contoso.com"),
        ("UpnName", "bsimon@contoso.com", ""),
        ("DnsName", "www.contoso.com", "Britta Simon"),
        ("DnsFromAlternativeName", "www.contoso.com", "Britta Simon"),
        ("UrlName", "https://contoso.com/x", ""),
    ] {
        check(&format!("CertNameInfo([c], \"{kind}\", False)"), of_subject);
        check(&format!("CertNameInfo([c], \"{kind}\", True)"), of_issuer);
    }
    assert!(matches!(outcome("CertNameInfo([c], \"Name\", False)", PEM), Outcome::Failed(_, "invalid-argument")));
}

#[test]
fn what_is_no_certificate_is_refused() {
    check("IsCert([c])", "True");
    let bare: String = PEM.lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(outcome("IsCert([c])", &bare), Outcome::Gave(json!("True")));
    let cut = bare.get(..400).unwrap();
    for no_certificate in ["", "AAAA", "no Base64!", cut] {
        assert_eq!(outcome("IsCert([c])", no_certificate), Outcome::Gave(json!("False")));
        assert!(matches!(outcome("CertSubject([c])", no_certificate), Outcome::Failed(_, "invalid-argument")));
    }
    assert_eq!(outcome("CertSubject([missing])", PEM), Outcome::Gave(json!(null)));
    assert_eq!(outcome("IsCert([missing])", PEM), Outcome::Gave(json!("False")));
}

proptest! {
    #[test]
    fn no_octets_make_a_reader_panic(changes in prop::collection::vec((0usize..1100, any::<u8>()), 1..6)) {
        let bare: String = PEM.lines().filter(|line| !line.starts_with('-')).collect();
        let mut octets = STANDARD.decode(bare).unwrap();
        for (at, octet) in changes {
            if let Some(changed) = octets.get_mut(at) {
                *changed = octet;
            }
        }
        let certificate = STANDARD.encode(octets);
        for function in ["CertSubject", "CertExtensionOids", "CertNotAfter", "CertKeyAlgorithmParams", "IsCert"] {
            outcome(&format!("{function}([c])"), &certificate);
        }
        outcome("CertNameInfo([c], \"UpnName\", False)", &certificate);
    }
}
