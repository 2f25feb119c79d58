//! Texts that are written in another form: in another case, or with parts replaced.

use super::{Result, Writer};
use crate::functions::casing::{Culture, lower, upper};
use crate::plan::cut::has_none_between;
use crate::plan::{Case, Literal, Replace, Rewrite, Row, Sink, Slice, Text, Unusual};
use crate::regex::{Matcher, Run};

impl<'r, R: Row<'r>> Writer<'_, 'r, R> {
    #[inline(always)]
    pub(crate) fn case<S: Sink>(&mut self, case: &'r Case, out: &mut S) -> Result<bool> {
        match &case.source {
            Text::View(view) => match view.of(self.row)? {
                Some(source) => self.change_case(case, source, out),
                None => Ok(false),
            },
            _ => self.case_of_built(case, out),
        }
    }

    #[inline(never)]
    pub(super) fn case_of_built<S: Sink>(&mut self, case: &'r Case, out: &mut S) -> Result<bool> {
        self.with(&case.source, |writer, source| match source {
            Some(source) => writer.change_case(case, source, out),
            None => Ok(false),
        })
    }

    #[inline(always)]
    pub(super) fn change_case<S: Sink>(&mut self, case: &Case, source: Slice<'_>, out: &mut S) -> Result<bool> {
        // No character maps to one of more than twice its bytes.
        self.spend(source.len().saturating_mul(2))?;
        if case.culture == Culture::Invariant && case.keeps(source) {
            out.push(source);
        } else if case.culture == Culture::Invariant && (source.as_bytes().is_ascii() || case.keeps_others(source)) {
            out.push_cased(source, case.upper);
        } else {
            source.as_str().chars().for_each(|c| out.push_char(case.of(c)));
        }
        Ok(true)
    }

    pub(super) fn strip_spaces<S: Sink>(&mut self, source: Slice<'_>, out: &mut S) -> Result<bool> {
        self.spend(source.len())?;
        source.as_str().split(' ').for_each(|part| out.push(Slice::whole(part)));
        Ok(true)
    }

    pub(super) fn replace<S: Sink>(&mut self, replace: &Replace, source: Slice<'_>, out: &mut S) -> Result<bool> {
        let mut parts = source.as_str().split(replace.old.as_ref());
        let first = parts.next().unwrap_or_default();
        out.push(Slice::whole(first));
        self.spend(first.len())?;
        for part in parts {
            out.push(replace.new.slice());
            out.push(Slice::whole(part));
            self.spend(replace.new.slice().len() + part.len())?;
        }
        Ok(true)
    }

    #[inline]
    pub(crate) fn rewrite_of<S: Sink>(&mut self, rewrite: &'r Rewrite, out: &mut S) -> Result<bool> {
        match &rewrite.source {
            Text::View(view) => match view.of(self.row)? {
                Some(source) => self.rewrite(rewrite, source, out),
                None => Ok(false),
            },
            source => self.with(source, |writer, source| match source {
                Some(source) => writer.rewrite(rewrite, source, out),
                None => Ok(false),
            }),
        }
    }

    #[inline]
    pub(super) fn rewrite<S: Sink>(&mut self, rewrite: &Rewrite, source: Slice<'_>, out: &mut S) -> Result<bool> {
        let text = source.as_str();
        if let (Some(new), Some(run)) = (&rewrite.literal, rewrite.regex.run(text)) {
            return self.rewrite_runs(run, new, source, out);
        }
        let mut matcher = std::mem::take(&mut self.scratch.matcher);
        let result = self.rewritten(rewrite, text, &mut matcher, out);
        self.scratch.matcher = matcher;
        result
    }

    #[inline]
    fn rewrite_runs<S: Sink>(&mut self, run: &Run, new: &Literal, source: Slice<'_>, out: &mut S) -> Result<bool> {
        let bytes = source.as_bytes();
        let (start, mut copied) = (out.len(), 0);
        while let Some(place) = run.find(bytes, copied) {
            out.push(source.part(copied, place.start));
            out.push(new.slice());
            copied = place.end;
        }
        out.push(source.part(copied, bytes.len()));
        // The text is short, so this is soon enough.
        self.spend(out.len() - start)?;
        Ok(true)
    }

    /// What [`Replace`](crate::functions::replace) does, match by match.
    fn rewritten<S: Sink>(
        &mut self,
        rewrite: &Rewrite,
        text: &str,
        matcher: &mut Matcher,
        out: &mut S,
    ) -> Result<bool> {
        let mut search = rewrite.regex.search(text, rewrite.groups).map_err(|_| Unusual)?;
        let mut copied = 0;
        while search.next(matcher).map_err(|_| Unusual)? {
            let found = matcher.found();
            let Some(place) = found.group(rewrite.group).filter(|place| place.start >= copied) else { continue };
            let start = out.len();
            out.push(Slice::whole(text.get(copied..place.start).unwrap_or_default()));
            for part in rewrite.replacement.parts(text, found) {
                out.push(Slice::whole(part));
            }
            copied = place.end;
            self.spend(out.len() - start)?;
        }
        let rest = text.get(copied..).unwrap_or_default();
        self.spend(rest.len())?;
        out.push(Slice::whole(rest));
        Ok(true)
    }
}

impl Case {
    /// Whether the text is ASCII and has no letter of the other case.
    #[inline]
    pub(super) fn keeps(&self, text: Slice<'_>) -> bool {
        let (first, last) = if self.upper { (b'a', b'z') } else { (b'A', b'Z') };
        has_none_between(text.as_bytes(), first, last)
    }

    fn of(&self, c: char) -> char {
        if self.upper { upper(c, self.culture) } else { lower(c, self.culture) }
    }

    /// Whether the characters beyond ASCII stay what they are.
    #[inline(never)]
    fn keeps_others(&self, text: Slice<'_>) -> bool {
        text.as_str().chars().all(|c| c.is_ascii() || self.of(c) == c)
    }
}
