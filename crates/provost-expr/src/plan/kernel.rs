/// What a call is to a plan. A function says it of itself, so that one of another dialect or of a program is none by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kernel {
    Append,
    Coalesce,
    If,
    IgnoreFlow,
    IsNull,
    IsNullOrEmpty,
    IsPresent,
    Join,
    Left,
    Lower,
    Mid,
    Not,
    Prepend,
    Replace,
    Split,
    StripSpaces,
    Switch,
    Trim,
    Upper,
    Word,
}
