use async_lock::MutexGuard;
use provost_model::{Attributes, ChangeSet, ObjectName, Secret};
use provost_store::{Batch, EntryRecord, Intent, IntentKind, LedgerId, LedgerRow, LedgerState, Origin, RunId, Write};

use crate::compare::hash_of;
use crate::{Engine, RunError};

/// What is to be done to one entry.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) intent: Intent,
    pub(crate) kind: IntentKind,
    /// The password that is set with it or right after it.
    pub(crate) password: Option<Secret>,
    /// The entry is let go once it is done.
    pub(crate) releases_link: bool,
}

impl Plan {
    pub(crate) fn new(kind: IntentKind, intent: Intent) -> Self {
        Self { intent, kind, password: None, releases_link: false }
    }

    pub(crate) fn with_password(mut self, password: Option<Secret>) -> Self {
        self.password = password;
        self
    }

    pub(crate) fn releasing_link(mut self) -> Self {
        self.releases_link = true;
        self
    }
}

/// Rows of one intent: the first to send, and the password that follows.
pub(crate) struct Staged {
    pub(crate) first: LedgerRow,
    pub(crate) password: Option<LedgerRow>,
}

impl Engine {
    /// Computes what leads from what was seen of an entry to `wanted` and `name`. `None` when nothing is left to do.
    ///
    /// `wanted` holds the touched attributes in full; one that is empty is cleared.
    pub(crate) fn difference(
        &self,
        record: &EntryRecord,
        name: Option<&ObjectName>,
        wanted: &[(provost_model::AttributeName, Vec<provost_model::Value>)],
    ) -> Option<Intent> {
        let comparer = self.comparer(&record.object_type);
        let none = Attributes::new();
        let held = record.observed.as_ref().map_or(&none, |image| &image.attributes);
        let new_name = name.filter(|name| record.locator.as_ref().is_none_or(|held| !Self::same_name(held, name)));
        let implied = |name: Option<&ObjectName>| name.map(|name| self.session.implied(name)).unwrap_or_default();
        let before = implied(record.locator.as_ref());
        // A rename comes first: it takes the values of the old name away and brings those of the new one.
        let after = if new_name.is_some() { implied(new_name) } else { before.clone() };

        let mut changes = ChangeSet { name: new_name.cloned(), attributes: Vec::new() };
        let (mut base, mut end) = (Attributes::new(), Attributes::new());
        for (attribute, wanted) in wanted {
            let text = attribute.as_str();
            let mut start = held.values(text).to_vec();
            if new_name.is_some() {
                let gone = comparer.set(text, before.values(text));
                let stays = comparer.set(text, after.values(text));
                start.retain(|value| {
                    let value = comparer.canonical(text, value);
                    !gone.contains(&value) || stays.contains(&value)
                });
                for value in after.values(text) {
                    if !comparer.holds(text, &start, std::slice::from_ref(value)) {
                        start.push(value.clone());
                    }
                }
            }
            let Some(steps) = comparer.change(text, &start, wanted, after.values(text)) else { continue };
            base.set(attribute.clone(), held.values(text).to_vec());
            end.set(attribute.clone(), wanted.clone());
            for step in steps {
                changes.push(attribute.clone(), step);
            }
        }
        if changes.is_empty() {
            return None;
        }
        let base_name = changes.name.as_ref().and(record.locator.clone());
        Some(Intent::Modify { changes, base_name, base, wanted: end })
    }

    /// Makes the rows of a plan, and puts them with the entry into a batch. Older intents that nobody needs any more are
    /// superseded (E-413).
    pub(crate) async fn stage(
        &self,
        _space: &MutexGuard<'_, ()>,
        batch: &mut Batch,
        record: &mut EntryRecord,
        plan: &Plan,
        origin: Origin,
        run: Option<&RunId>,
    ) -> Result<Staged, RunError> {
        let now = self.now();
        if record.version > 0 {
            for mut row in self.store.rows_of(self.instance(), record.id).await? {
                if row.state() == LedgerState::Drifted {
                    row.move_to(LedgerState::Staged, now)?;
                }
                // A password that waits is still wanted, unless there is a newer one.
                let kept = row.intent == Intent::SetPassword && plan.password.is_none();
                let replaced = row.state().is_replaceable() || row.state() == LedgerState::Applied;
                if replaced && !kept {
                    row.move_to(LedgerState::Superseded, now)?;
                    batch.put_row(row);
                }
            }
        }
        let mut first = self.new_row(record, plan.kind, plan.intent.clone(), origin, run);
        let mut password = None;
        if let Some(secret) = &plan.password {
            let with_add = matches!(plan.intent, Intent::Add { .. }) && self.capabilities.password_with_add;
            let holder = if with_add || matches!(plan.intent, Intent::SetPassword) {
                first.id
            } else {
                let mut row = self.new_row(record, IntentKind::SetPassword, Intent::SetPassword, origin, run);
                row.depends_on.push(first.id);
                let id = row.id;
                password = Some(row);
                id
            };
            let sealed = self.sealer.seal(&*self.env.entropy, holder, secret)?;
            batch.push(Write::Seal { id: holder, secret: sealed });
        }
        first.releases_link = plan.releases_link;
        first.base = record.observed.as_ref().map(|image| image.digest);
        record.desired = Some(first.intent_hash);
        Ok(Staged { first, password })
    }

    /// Stages a plan for somebody who waits, and marks it as in flight in the same commit.
    pub(crate) async fn stage_direct(
        &self,
        space: MutexGuard<'_, ()>,
        mut record: EntryRecord,
        plan: &Plan,
    ) -> Result<(LedgerRow, EntryRecord, Option<LedgerId>), RunError> {
        self.hold_lease().await?;
        let mut batch = self.strict();
        let Staged { mut first, password } =
            self.stage(&space, &mut batch, &mut record, plan, Origin::Direct, None).await?;
        first.move_to(LedgerState::Ready, self.now())?;
        first.begin(self.fence(), self.now())?;
        record.open = Some(first.id.sequence);
        let follows = password.as_ref().map(|row| row.id);
        batch.put_entry(record.clone());
        batch.put_row(first.clone());
        if let Some(row) = password {
            batch.put_row(row);
        }
        self.commit(batch).await?;
        self.recent.wrote(record.id);
        first.version += 1;
        record.version += 1;
        Ok((first, record, follows))
    }

    fn new_row(
        &self,
        record: &mut EntryRecord,
        kind: IntentKind,
        intent: Intent,
        origin: Origin,
        run: Option<&RunId>,
    ) -> LedgerRow {
        let id = LedgerId { entry: record.id, sequence: record.take_sequence() };
        let hash = intent_hash(&intent);
        let mut row = LedgerRow::new(id, intent, kind, origin, hash, self.now());
        row.run = run.cloned();
        row
    }
}

/// Returns the digest of the end state that an intent asks for.
pub(crate) fn intent_hash(intent: &Intent) -> provost_store::Digest {
    match intent {
        Intent::Modify { changes, wanted, .. } => hash_of(&(&changes.name, wanted, &changes.attributes)),
        other => hash_of(other),
    }
}
