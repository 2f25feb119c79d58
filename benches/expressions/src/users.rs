use provost_expr::{Columns, Layout, Source};
use provost_model::{Attributes, Value};

use crate::mapping::READ;

const GIVEN: [&str; 16] = [
    "Anna", "Britta", "Carlos", "Dmitri", "Elif", "Fatima", "George", "Hanna", "Ivan", "Jörg", "Kim", "Łucja", "Maria",
    "Noah", "Olga", "Zoë",
];
const SURNAMES: [&str; 16] = [
    "Simon", "Müller", "Garcia", "Ivanov", "Yilmaz", "Haddad", "Brown", "Virtanen", "Novak", "Weiß", "Park",
    "Kowalska", "Rossi", "Andersen", "O'Neil", "Nakamura",
];
const CITIES: [(&str, &str, &str); 8] = [
    ("Berlin", "DE", "de-DE"),
    ("Graz", "AT", "de-AT"),
    ("Seattle", "US", "en-US"),
    ("Kraków", "PL", "pl-PL"),
    ("Lyon", "FR", "fr-FR"),
    ("Osaka", "JP", "ja-JP"),
    ("Turku", "FI", "fi-FI"),
    ("Málaga", "ES", "es-ES"),
];
/// Ten that the Switch knows, and two that it does not.
const DEPARTMENTS: [&str; 12] = [
    "Engineering",
    "Finance",
    "Human Resources",
    "IT",
    "Legal",
    "Logistics",
    "Marketing",
    "Production",
    "Research",
    "Sales",
    "Facilities",
    "Quality",
];
const GROUPS: [&str; 8] =
    ["vpn", "payroll", "wiki editors", "badge printers", "shift leads", "first aid", "works council", "drivers"];

/// Users, always the same ones, of about forty attributes each, and the attributes that are read of them in columns.
///
/// One in two hundred has no `userPrincipalName`, one in five no `extensionAttribute1`, one in twenty no `department`, one
/// in eight no `telephoneNumber`; one in sixteen has two telephone numbers, one in sixteen one that needs no change. Three in
/// ten names for signing in have capitals, and what is outside ASCII in a person's name stays in it.
pub struct Users {
    pub(crate) list: Vec<Attributes>,
    pub(crate) batches: Vec<Columns>,
}

/// How many users a batch of columns holds.
const BATCH: usize = 512;

impl Users {
    /// Makes users.
    #[must_use]
    pub fn new(count: usize) -> Self {
        let list: Vec<Attributes> = (0..count).map(user).collect();
        let layout = layout();
        let batch = |users: &[Attributes]| {
            let mut columns = layout.columns();
            users.iter().for_each(|user| columns.push(user));
            columns
        };
        Self { batches: list.chunks(BATCH).map(batch).collect(), list }
    }

    /// Returns how many there are.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is no use for none")]
    pub fn len(&self) -> usize {
        self.list.len()
    }
}

/// The attributes that are read of one user, in the order of [`READ`]. They borrow from the user.
pub(crate) type Slots<'u> = [provost_expr::Value<'u>; READ.len()];

/// Resolves the slots of each user.
pub(crate) fn slots(users: &Users) -> Vec<Slots<'_>> {
    users.list.iter().map(|user| READ.map(|name| Source::value(user, name))).collect()
}

/// A layout of the attributes that are read, in the order of [`READ`].
pub(crate) fn layout() -> Layout {
    let mut layout = Layout::new();
    READ.iter().for_each(|name| _ = layout.slot(name));
    layout
}

fn user(number: usize) -> Attributes {
    let mut draw = Draw(number as u64);
    let (given, surname) = (draw.one_of(&GIVEN), draw.one_of(&SURNAMES));
    let (city, country, language) = draw.one_of(&CITIES);
    let local = format!("{given}.{surname}{number}");
    let local = if draw.chance(3, 10) { local } else { local.to_lowercase() };
    let address = format!("{local}@contoso.com");
    let department = draw.chance(19, 20).then(|| draw.one_of(&DEPARTMENTS));
    let mut user = Attributes::new();
    let mut set = |name: &str, value: Value| user.set(name, [value]);
    if !draw.chance(1, 200) {
        set("userPrincipalName", address.as_str().into());
    }
    if let Some(department) = department {
        set("department", department.into());
    }
    set("accountEnabled", draw.chance(9, 10).into());
    set("city", city.into());
    set("companyName", "Contoso".into());
    set("costCenter", format!("C{:05}", draw.below(100_000)).into());
    set("country", country.into());
    set("createdDateTime", format!("20{:02}-03-{:02}T08:15:00Z", draw.below(26), 1 + draw.below(28)).into());
    set("description", format!("Account of {given} {surname}, made by the import of the personnel system").into());
    set("displayName", format!("{given} {surname}").into());
    set("division", "Operations".into());
    set("employeeHireDate", format!("20{:02}-{:02}-01", draw.below(26), 1 + draw.below(12)).into());
    set("employeeId", format!("{:08}", 10_000_000 + number).into());
    set("employeeType", "Employee".into());
    set("extensionAttribute2", format!("{:x}", draw.next()).into());
    set("extensionAttribute3", format!("{:x}", draw.next()).into());
    set("extensionAttribute4", "standard".into());
    set("extensionAttribute5", format!("desk {}", draw.below(2_000)).into());
    set("facsimileTelephoneNumber", telephone(&mut draw).into());
    set("givenName", given.into());
    set("isSoftDeleted", false.into());
    set("jobTitle", "Specialist".into());
    set("mail", address.as_str().into());
    set("mailNickname", local.as_str().into());
    set("manager", format!("{:032x}", draw.below(1_000)).into());
    set("mobile", telephone(&mut draw).into());
    set("objectId", format!("{:016x}{:016x}", draw.next(), draw.next()).into());
    set("onPremisesDistinguishedName", format!("CN={given} {surname},OU=People,DC=contoso,DC=lab").into());
    set("onPremisesImmutableId", format!("{:022x}==", draw.next()).into());
    set("onPremisesSamAccountName", format!("u{number}").into());
    set("physicalDeliveryOfficeName", format!("{}.{:03}", 1 + draw.below(9), draw.below(400)).into());
    set("postalCode", format!("{:05}", draw.below(100_000)).into());
    set("preferredLanguage", language.into());
    set("state", city.into());
    set("streetAddress", format!("{} Main Street", 1 + draw.below(300)).into());
    set("surname", surname.into());
    set("usageLocation", country.into());
    if let Some(groups) = groups(&mut draw) {
        set("extensionAttribute1", groups.into());
    }
    let aliases = (0..=draw.below(3)).map(|alias| format!("smtp:{local}+{alias}@contoso.com").into());
    user.set("proxyAddresses", aliases);
    user.set("otherTelephone", [telephone(&mut draw).into(), telephone(&mut draw).into()]);
    user.set("telephoneNumber", telephones(&mut draw));
    user
}

/// A list in one attribute, as administrators keep them: with and without spaces, now and then with an empty part.
fn groups(draw: &mut Draw) -> Option<String> {
    let count = draw.chance(4, 5).then(|| 1 + draw.below(5))?;
    let mut text = String::from(draw.one_of(&GROUPS));
    for _ in 1..count {
        text.push_str(draw.one_of(&["; ", ";", "; ", ";;"]));
        text.push_str(draw.one_of(&GROUPS));
    }
    Some(text)
}

fn telephones(draw: &mut Draw) -> Vec<Value> {
    match draw.below(16) {
        0 | 1 => Vec::new(),
        2 => vec![telephone(draw).into(), telephone(draw).into()],
        3 => vec![format!("+4930{:07}", draw.below(10_000_000)).into()],
        _ => vec![telephone(draw).into()],
    }
}

fn telephone(draw: &mut Draw) -> String {
    let (area, exchange, line) = (200 + draw.below(800), 200 + draw.below(800), draw.below(10_000));
    match draw.below(3) {
        0 => format!("+1 ({area}) {exchange}-{line:04}"),
        1 => format!("+49 {area} {exchange} {line:04}"),
        _ => format!("({area}) {exchange}-{line:04}"),
    }
}

/// The generator of numbers known as SplitMix64.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn chance(&mut self, part: u64, whole: u64) -> bool {
        self.below(whole) < part
    }

    fn one_of<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let at = self.below(list.len() as u64) as usize;
        list.get(at).copied().unwrap_or_default()
    }
}
