use crate::dialect::Dialect;
use crate::registry::{Function, Origin};

/// What a call is to a plan.
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

impl Kernel {
    /// Tells what a function is; `None` for one that only the general evaluator carries out. Names mean different things in
    /// the two dialects, and the same in all of one.
    pub(crate) fn of(function: &Function) -> Option<Self> {
        let (dialect, kernel) = match function.origin() {
            Origin::Adjacent | Origin::Reference => (Dialect::Entra, Self::of_entra(function.name())?),
            Origin::Connect => (Dialect::Connect, Self::of_connect(function.name())?),
            Origin::Own => return None,
        };
        // What only goes by the name of one is another function.
        Function::find(dialect, function.name()).is_some_and(|found| std::ptr::eq(found, function)).then_some(kernel)
    }

    fn of_entra(name: &str) -> Option<Self> {
        Some(match name {
            "Append" => Self::Append,
            "Coalesce" => Self::Coalesce,
            "IIF" => Self::If,
            "IgnoreFlowIfNullOrEmpty" => Self::IgnoreFlow,
            "IsNothing" | "IsNull" => Self::IsNull,
            "IsNullOrEmpty" => Self::IsNullOrEmpty,
            "IsPresent" => Self::IsPresent,
            "Join" => Self::Join,
            "Left" => Self::Left,
            "Mid" => Self::Mid,
            "Not" => Self::Not,
            "Prepend" => Self::Prepend,
            "Replace" => Self::Replace,
            "Split" => Self::Split,
            "StripSpaces" => Self::StripSpaces,
            "Switch" => Self::Switch,
            "ToLower" => Self::Lower,
            "ToUpper" => Self::Upper,
            "Trim" => Self::Trim,
            "Word" => Self::Word,
            _ => return None,
        })
    }

    fn of_connect(name: &str) -> Option<Self> {
        Some(match name {
            "IsNull" => Self::IsNull,
            "IsNullOrEmpty" => Self::IsNullOrEmpty,
            "IsPresent" => Self::IsPresent,
            "LCase" => Self::Lower,
            "Left" => Self::Left,
            "Trim" => Self::Trim,
            "UCase" => Self::Upper,
            "Word" => Self::Word,
            _ => return None,
        })
    }
}
