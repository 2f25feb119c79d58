//! Full imports against servers that page, do not page, stop short, or send what cannot be read.

use provost_connector::{Completeness, ConnectorError, FullRequest, Page, PageEntry, Session};
use provost_ldap_wire::{Message, Operation, PagedResults, ResultCode, SearchResultEntry, oid};

use crate::script::{BASE, Reaction, Script, end, entry};

/// Number of the first search of an import, whose connection begins with a bind.
const FIRST_SEARCH: i32 = 2;

async fn import(session: &dyn Session, page_size: u32) -> Result<Vec<Page>, ConnectorError> {
    let mut request = FullRequest::default();
    request.page_size = Some(page_size);
    let mut pages = session.full_import().unwrap().start(request).await?;
    let mut all = Vec::new();
    while let Some(page) = pages.next().await? {
        all.push(page);
    }
    Ok(all)
}

fn proof(pages: &[Page]) -> &Completeness {
    assert!(pages[..pages.len() - 1].iter().all(|page| page.proof.is_none()));
    pages.last().unwrap().proof.as_ref().unwrap()
}

fn answer(count: usize, last: Operation<'static>) -> Reaction {
    Reaction::Answer((0..count).map(|number| entry(&format!("user{number}"))).chain([last]).collect())
}

#[tokio::test]
async fn a_server_without_paged_results_is_read_in_one_search_and_given_out_in_pages() {
    let script = Script::start(&[], [answer(25, end(ResultCode::SUCCESS))]).await;
    let pages = import(&*script.session().await, 10).await.unwrap();
    assert_eq!(pages.iter().map(|page| page.entries.len()).collect::<Vec<_>>(), [10, 10, 5]);
    assert_eq!((proof(&pages).is_complete(), proof(&pages).objects), (true, 25));
}

#[tokio::test]
async fn a_server_that_ignores_the_control_gives_everything() {
    let script = Script::start(&[oid::PAGED_RESULTS], [answer(25, end(ResultCode::SUCCESS))]).await;
    let pages = import(&*script.session().await, 10).await.unwrap();
    assert_eq!((proof(&pages).is_complete(), proof(&pages).objects), (true, 25));
}

#[tokio::test]
async fn e_702_a_later_page_without_a_cookie_is_not_the_last_one() {
    let paged = |operation, controls| Message { id: FIRST_SEARCH, operation, controls }.encode();
    let cookie = PagedResults::new(0, b"more".to_vec()).control();
    let first = [paged(entry("first"), Vec::new()), paged(end(ResultCode::SUCCESS), vec![cookie])].concat();
    let second = || answer(1, end(ResultCode::SUCCESS));
    let script = Script::start(&[oid::PAGED_RESULTS], [Reaction::Raw(first), second()]).await;
    let pages = import(&*script.session().await, 10).await.unwrap();
    assert_eq!((pages.len(), proof(&pages).is_complete(), proof(&pages).objects), (2, false, 2));
    assert_eq!(proof(&pages).gaps, ["a page came without its cookie"]);
}

#[tokio::test]
async fn a_limit_of_the_server_is_never_a_short_success() {
    for code in [ResultCode::SIZE_LIMIT_EXCEEDED, ResultCode::TIME_LIMIT_EXCEEDED, ResultCode::ADMIN_LIMIT_EXCEEDED] {
        let script = Script::start(&[oid::PAGED_RESULTS], [answer(5, end(code))]).await;
        let pages = import(&*script.session().await, 10).await.unwrap();
        assert_eq!(pages[0].entries.len(), 5);
        assert_eq!(proof(&pages).gaps, [format!("the server ended the search with {code}")]);

        let script = Script::start(&[], [answer(5, end(code))]).await;
        let error = import(&*script.session().await, 10).await.unwrap_err();
        assert!(matches!(error, ConnectorError::Refused { .. }));
    }
    let script = Script::start(&[oid::PAGED_RESULTS], [answer(5, end(ResultCode::UNAVAILABLE))]).await;
    assert!(import(&*script.session().await, 10).await.is_err());
}

#[tokio::test]
async fn a_cut_connection_is_an_error_and_proves_nothing() {
    let script = Script::start(&[oid::PAGED_RESULTS], [Reaction::Close]).await;
    let error = import(&*script.session().await, 10).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Unavailable { .. }));
}

#[tokio::test]
async fn an_empty_answer_of_an_account_that_is_not_shown_the_base_is_not_complete() {
    let script = Script::start_hidden([Reaction::Answer(vec![end(ResultCode::SUCCESS)])]).await;
    let pages = import(&*script.session().await, 10).await.unwrap();
    assert_eq!(proof(&pages).gaps, [format!("{BASE} is not shown to this account")]);
    let script = Script::start(&[], [Reaction::Answer(vec![end(ResultCode::SUCCESS)])]).await;
    assert!(proof(&import(&*script.session().await, 10).await.unwrap()).is_complete());
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_counts_as_present() {
    let odd = |name: &[u8]| {
        Operation::SearchResultEntry(SearchResultEntry { name: name.to_vec().into(), attributes: Vec::new() })
    };
    let answers = vec![
        entry("a"),
        odd(b"cn=\xff,ou=people"),
        odd(b"no name"),
        odd(format!("cn=bare,{BASE}").as_bytes()),
        entry("b"),
        end(ResultCode::SUCCESS),
    ];
    let script = Script::start(&[], [Reaction::Answer(answers)]).await;
    let pages = import(&*script.session().await, 10).await.unwrap();
    assert_eq!((proof(&pages).is_complete(), proof(&pages).objects), (true, 5));
    let reasons: Vec<_> = pages[0]
        .entries
        .iter()
        .filter_map(|entry| match entry {
            PageEntry::Unreadable { name, reason } => Some((name.is_some(), reason.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(reasons[0], (false, "the name of the entry is not UTF-8"));
    assert!(reasons[1].1.starts_with("the name of the entry cannot be read: "), "{reasons:?}");
    assert_eq!(reasons[2], (true, "the entry shows no entryUUID"));
}

#[tokio::test]
async fn references_to_other_servers_are_counted_and_not_followed() {
    let reference = Operation::SearchResultReference(vec!["ldap://other/dc=lab".into()]);
    let script = Script::start(&[], [Reaction::Answer(vec![entry("a"), reference, end(ResultCode::SUCCESS)])]).await;
    let pages = import(&*script.session().await, 10).await.unwrap();
    assert_eq!((proof(&pages).referrals, proof(&pages).is_complete()), (1, false));
}
