//! Full imports of JSON lines files.
#![cfg(test)]

mod common;

use common::Source;
use expect_test::{Expect, expect};
use provost_connector::{FullRequest, PageEntry, Select};
use provost_files::LONGEST_LINE;

async fn check(content: impl AsRef<[u8]>, expected: Expect) {
    expected.assert_eq(&Source::new(content).describe().await);
}

#[tokio::test]
async fn members_become_attributes_of_their_kinds() {
    let record = r##"{"id": "1", "userPrincipalName": "bsimon@contoso.com", "displayName": "B.Simon", "mail": null,
        "accountEnabled": true, "employeeId": "007", "age": 41, "ratio": 1.5, "big": 18446744073709551615, "empty": [],
        "businessPhones": ["1", null, "2"], "identities": [{"issuer": "contoso"}, [1]],
        "onPremisesExtensionAttributes": {"extensionAttribute1": "1001", "extensionAttribute2": null},
        "extension_0123456789abcdef0123456789abcdef_uidNumber": 1001,
        "@odata.type": "#microsoft.graph.user", "manager@odata.bind": "x", "passwordProfile": {"password": "secret"}}"##;
    check(
        record.replace('\n', ""),
        expect![[r#"
            user 1
              accountEnabled = [Boolean(true)]
              age = [Integer(41)]
              big = [Text("18446744073709551615")]
              businessPhones = [Text("1"), Text("2")]
              displayName = [Text("B.Simon")]
              employeeId = [Text("007")]
              extension_0123456789abcdef0123456789abcdef_uidNumber = [Integer(1001)]
              id = [Text("1")]
              identities = [Text("{\"issuer\":\"contoso\"}"), Text("[1]")]
              onPremisesExtensionAttributes.extensionAttribute1 = [Text("1001")]
              ratio = [Text("1.5")]
              userPrincipalName = [Text("bsimon@contoso.com")]"#]],
    )
    .await;
}

#[tokio::test]
async fn a_removed_record_is_a_deletion() {
    check(
        "{\"id\": \"1\"}\n{\"id\": \"2\", \"@removed\": {\"reason\": \"deleted\"}}\n{\"id\": \"3\", \"@removed\": null}",
        expect![[r#"
            user 1
              id = [Text("1")]
            deleted 2
            user 3
              id = [Text("3")]"#]],
    )
    .await;
}

#[tokio::test]
async fn a_bad_line_is_named_and_the_others_go_on() {
    check(
        b"{\"id\": \"1\"}\n\n{\"id\": \"2\", }\n[\"id\"]\n{\"mail\": \"x\"}\n{\"id\": 5}\n{\"id\": \"6\", \"a\": \"\xff\"}\n\
          {\"id\": \"7\", \"a\": 1, \"a\": 2}\n{\"id\": \"8\", \"a\": 1, \"A\": 2}\n{\"id\": \"9\", \"a.b\": 1, \"a\": {\"b\": 2}}\n\
          {\"id\": \"10\"} x\n{\"id\": \"11\"}",
        expect![[r#"
            user 1
              id = [Text("1")]
            unreadable: users.jsonl, line 3, column 13: trailing comma
            unreadable: users.jsonl, line 4: expected a JSON object
            unreadable: users.jsonl, line 5: expected a text in `id`
            unreadable: users.jsonl, line 6: expected a text in `id`
            unreadable: users.jsonl, line 7, column 19: invalid unicode code point
            unreadable: users.jsonl, line 8, column 27: the member `a` comes twice
            unreadable: users.jsonl, line 9: the attribute `A` comes twice
            unreadable: users.jsonl, line 10: the attribute `a.b` comes twice
            unreadable: users.jsonl, line 11, column 14: trailing characters
            user 11
              id = [Text("11")]
            gap: 9 lines could not be read; the first: users.jsonl, line 3, column 13: trailing comma"#]],
    )
    .await;
}

#[tokio::test]
async fn a_byte_order_mark_and_carriage_returns_are_passed_over() {
    check(
        "\u{feff}{\"id\": \"1\"}\r\n  \r\n{\"id\": \"2\"}\r\n",
        expect![[r#"
            user 1
              id = [Text("1")]
            user 2
              id = [Text("2")]"#]],
    )
    .await;
}

#[tokio::test]
async fn an_id_that_stands_twice_with_different_content_is_never_decided() {
    check(
        "{\"id\": \"1\", \"a\": 1}\n{\"id\": \"2\"}\n{\"id\": \"1\", \"a\": 2}\n{\"id\": \"2\"}\n{\"id\": \"3\"}\n\
         {\"id\": \"3\", \"@removed\": {}}",
        expect![[r#"
            unreadable: the file holds this `id` twice with different content
            user 2
              id = [Text("2")]
            unreadable: the file holds this `id` twice with different content
            user 2
              id = [Text("2")]
            unreadable: the file holds this `id` twice with different content
            unreadable: the file holds this `id` twice with different content
            gap: 4 lines could not be read; the first: the file holds this `id` twice with different content"#]],
    )
    .await;
}

#[tokio::test]
async fn a_line_at_the_limit_is_read_and_one_beyond_is_skipped() {
    let line = |length: usize| {
        let frame = r#"{"id": "1", "a": ""}"#.len();
        format!(r#"{{"id": "1", "a": "{}"}}"#, "x".repeat(length - frame))
    };
    let source = Source::new(format!("{}\n{}\n{{\"id\": \"2\"}}", line(LONGEST_LINE), line(LONGEST_LINE + 1)));
    let pages = source.import(10).await;
    assert!(matches!(pages[0].entries[0], PageEntry::Present(_)));
    let PageEntry::Unreadable { reason, .. } = &pages[0].entries[1] else { panic!("{:?}", pages[0].entries[1]) };
    assert!(reason.ends_with("line 2: longer than 1048576 octets"), "{reason}");
    assert!(matches!(pages[0].entries[2], PageEntry::Present(_)));
}

#[tokio::test]
async fn deep_nesting_is_refused_and_not_followed() {
    let deep = format!("{{\"id\": \"1\", \"a\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let source = Source::new(deep);
    let described = source.describe().await;
    assert!(
        described.starts_with("unreadable: users.jsonl, line 1, column 144: recursion limit exceeded"),
        "{described}"
    );
}

#[tokio::test]
async fn pages_hold_what_they_may_and_the_last_one_carries_the_proof() {
    let records: String = (0..7).map(|number| format!("{{\"id\": \"{number}\"}}\n")).collect();
    let source = Source::new(records);
    let pages = source.import(3).await;
    assert_eq!(pages.iter().map(|page| page.entries.len()).collect::<Vec<_>>(), [3, 3, 1]);
    assert!(pages[..2].iter().all(|page| page.proof.is_none()));
    let proof = pages[2].proof.clone().unwrap();
    assert!(proof.is_complete());
    assert_eq!((proof.pages, proof.objects), (3, 7));
}

#[tokio::test]
async fn an_empty_file_is_a_complete_import_of_nothing() {
    let pages = Source::new("").import(3).await;
    assert_eq!(pages.len(), 1);
    assert!(pages[0].entries.is_empty() && pages[0].proof.clone().unwrap().is_complete());
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_proves_nothing() {
    let source = Source::new("{\"id\": \"1\"}\n{\"id\": \"2\"}\n");
    let session = source.open().await;
    let mut request = FullRequest::default();
    request.page_size = Some(1);
    let mut import = session.full_import().unwrap().start(request).await.unwrap();
    import.next().await.unwrap();
    source.write("{\"id\": \"1\"}\n");
    let mut proof = None;
    while let Some(page) = import.next().await.unwrap() {
        proof = page.proof;
    }
    assert_eq!(proof.unwrap().gaps, ["the file changed while it was read"]);
}

#[tokio::test]
async fn only_the_attributes_that_are_asked_for_come() {
    let source = Source::new(r#"{"id": "1", "mail": "m", "displayName": "d", "userPrincipalName": "u"}"#);
    let session = source.open().await;
    let mut request = FullRequest::default();
    request.select = Select::Only(vec!["MAIL".into()]);
    let mut import = session.full_import().unwrap().start(request).await.unwrap();
    let page = import.next().await.unwrap().unwrap();
    let PageEntry::Present(object) = &page.entries[0] else { panic!("{:?}", page.entries[0]) };
    assert_eq!(object.attributes().len(), 1);
    assert_eq!(object.attributes().text("mail"), Some("m"));
    assert_eq!(object.name().unwrap().as_str(), "u");
}

#[tokio::test]
async fn a_stop_that_is_asked_for_ends_the_import() {
    let source = Source::new("{\"id\": \"1\"}\n");
    let session = source.open().await;
    source.cancellation.cancel();
    let error = session.full_import().unwrap().start(FullRequest::default()).await.err().unwrap();
    assert_eq!(error.to_string(), "stopped on request");
}
