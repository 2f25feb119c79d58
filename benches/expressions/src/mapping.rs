/// The expressions that are measured, in the order of the cells of a row.
///
/// The distinguished name and the name for signing in are those of the mapping that Microsoft documents for LDAP
/// directories, the home directory is that of `examples/data/mapping.toml`, and the pattern is that of the reference's
/// example for `Replace`: it takes brackets, white space and hyphens out of a telephone number.
pub const EXPRESSIONS: [&str; WIDTH] = [
    r#"Join("", "CN=", Word([userPrincipalName], 1, "@"), ",DC=Contoso,DC=lab")"#,
    r#"ToLower(Word([userPrincipalName], 1, "@"), )"#,
    r#"Join("/", "/home", ToLower(Word([userPrincipalName], 1, "@"), ))"#,
    r#"Split("inetOrgPerson,posixAccount,shadowAccount",",")"#,
    r#"Split([extensionAttribute1], ";")"#,
    r#"Switch([department], "10000", "Engineering", "10010", "Finance", "10020", "Human Resources", "10030", "IT", "10040", "Legal", "10050", "Logistics", "10060", "Marketing", "10070", "Production", "10080", "Research", "10090", "Sales", "10100")"#,
    r#"Replace([telephoneNumber], , "[()\s-]+", , "", , )"#,
];

/// How many expressions there are.
pub const WIDTH: usize = 7;

/// The attributes that the expressions read.
pub const READ: [&str; 4] = ["userPrincipalName", "extensionAttribute1", "department", "telephoneNumber"];

/// The result of one expression for one user, in a form in which those of all sides compare.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Cell {
    /// Several texts, in order.
    List(Vec<String>),
    /// Nothing.
    Null,
    /// One text.
    Text(String),
}
