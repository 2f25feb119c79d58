use std::ops::Range;

use regex_automata::dfa::onepass;
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};

/// Longest text, in bytes: from each place the automaton may go on to the end.
pub(super) const LONGEST: usize = 256;

/// Most memory of an automaton, in bytes.
const MAX_AUTOMATON: usize = 512 * 1024;

/// The bytes of a class, and whether a match takes as many of them as follow each other.
#[derive(Debug)]
pub(crate) struct Run {
    class: [bool; 256],
    repeated: bool,
}

impl Run {
    /// The class, or the run of one, that the whole pattern is.
    fn new(hir: &Hir) -> Option<Self> {
        let (class, repeated) = match hir.kind() {
            HirKind::Repetition(Repetition { min: 1, max: None, greedy: true, sub }) => (sub.as_ref(), true),
            _ => (hir, false),
        };
        let single = match class.kind() {
            HirKind::Class(Class::Unicode(_)) => true,
            HirKind::Literal(literal) => literal.0.len() == 1,
            _ => false,
        };
        let mut first = [false; 128];
        (single && !begin(class, &mut first)).then(|| {
            let mut class = [false; 256];
            class.iter_mut().zip(first).for_each(|(byte, may)| *byte = may);
            Self { class, repeated }
        })
    }

    /// The first match from `start` on.
    #[inline]
    pub(crate) fn find(&self, bytes: &[u8], start: usize) -> Option<Range<usize>> {
        let holds = |byte: &u8| self.class.get(usize::from(*byte)).is_some_and(|held| *held);
        let rest = bytes.get(start..)?;
        let at = start + rest.iter().position(holds)?;
        let more = if self.repeated { bytes.get(at + 1..)?.iter().take_while(|byte| holds(byte)).count() } else { 0 };
        Some(at..at + 1 + more)
    }
}

/// A pattern as it is for texts of nothing but ASCII: each class of characters is cut to these, which leaves an automaton
/// that goes through a text once and notes the groups on the way.
#[derive(Debug)]
pub(super) struct Ascii {
    automaton: onepass::DFA,
    /// The pattern where it is nothing but a class.
    pub(super) run: Option<Run>,
    /// The bytes that a match may begin with.
    first: [bool; 128],
    /// Whether a match may be empty.
    empty: bool,
    /// Whether a match begins where the text begins.
    at_start: bool,
}

impl Ascii {
    /// `None` where the groups cannot be told in one pass.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let hir = restricted(&regex_syntax::parse(pattern).ok()?);
        let run = Run::new(&hir);
        let at_start = hir.properties().look_set_prefix().contains(Look::Start);
        let mut first = [false; 128];
        let empty = begin(&hir, &mut first);
        let nfa = thompson::Compiler::new()
            .configure(thompson::Config::new().nfa_size_limit(Some(MAX_AUTOMATON)))
            .build_from_hir(&hir)
            .ok()?;
        let config = onepass::Config::new().size_limit(Some(MAX_AUTOMATON));
        let automaton = onepass::Builder::new().configure(config).build_from_nfa(nfa).ok()?;
        Some(Self { automaton, run, first, empty, at_start })
    }

    /// Looks for the leftmost match from `start` on.
    pub(super) fn find(
        &self,
        text: &str,
        start: usize,
        cache: &mut Option<onepass::Cache>,
        slots: &mut [Option<NonMaxUsize>],
    ) -> bool {
        let cache = match cache {
            Some(cache) => {
                cache.reset(&self.automaton);
                cache
            }
            None => cache.insert(self.automaton.create_cache()),
        };
        let bytes = text.as_bytes();
        let last = if self.at_start { 0 } else { bytes.len() };
        (start..=last).any(|at| {
            let begins = || bytes.get(at).and_then(|byte| self.first.get(usize::from(*byte))).is_some_and(|may| *may);
            let input = || Input::new(text).range(at..).anchored(Anchored::Yes);
            (self.empty || begins())
                && self.automaton.try_search_slots(cache, &input(), slots).is_ok_and(|found| found.is_some())
        })
    }
}

/// The same without the characters beyond ASCII. The nesting is that of a translated pattern, which is bounded.
fn restricted(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.is_ascii() => Hir::literal(literal.0.clone()),
        HirKind::Literal(_) => Hir::fail(),
        HirKind::Class(Class::Unicode(class)) => {
            let mut class = class.clone();
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
            if class.ranges().is_empty() { Hir::fail() } else { Hir::class(Class::Unicode(class)) }
        }
        HirKind::Class(class) => Hir::class(class.clone()),
        HirKind::Look(look) => Hir::look(match look {
            Look::WordUnicode => Look::WordAscii,
            Look::WordUnicodeNegate => Look::WordAsciiNegate,
            Look::WordStartUnicode => Look::WordStartAscii,
            Look::WordEndUnicode => Look::WordEndAscii,
            Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
            Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
            other => *other,
        }),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            min: repetition.min,
            max: repetition.max,
            greedy: repetition.greedy,
            sub: Box::new(restricted(&repetition.sub)),
        }),
        HirKind::Capture(capture) => Hir::capture(Capture {
            index: capture.index,
            name: capture.name.clone(),
            sub: Box::new(restricted(&capture.sub)),
        }),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(restricted).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(restricted).collect()),
    }
}

/// Notes the bytes that a match may begin with; tells whether it may be empty.
fn begin(hir: &Hir, first: &mut [bool; 128]) -> bool {
    let mut note = |from: u32, to: u32| {
        for byte in from..=to.min(127) {
            if let Some(may) = first.get_mut(byte as usize) {
                *may = true;
            }
        }
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal.0.first().is_none_or(|byte| {
            note(u32::from(*byte), u32::from(*byte));
            false
        }),
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().for_each(|range| note(range.start().into(), range.end().into()));
            false
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().for_each(|range| note(range.start().into(), range.end().into()));
            false
        }
        HirKind::Repetition(repetition) => begin(&repetition.sub, first) || repetition.min == 0,
        HirKind::Capture(capture) => begin(&capture.sub, first),
        HirKind::Concat(parts) => parts.iter().all(|part| begin(part, first)),
        HirKind::Alternation(parts) => parts.iter().filter(|part| begin(part, first)).count() > 0,
    }
}
