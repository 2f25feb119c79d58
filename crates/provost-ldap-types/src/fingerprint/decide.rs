use super::condition::Facts;
use super::label::ServerLabel;
use super::rules::{RULES, Rule};
use super::version::version;
use crate::RootDse;
use crate::schema::Subschema;

/// How far a fingerprint can be trusted.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Confidence {
    /// Other servers may look the same: ask the operator.
    Low,
    /// One good mark, or several weak ones.
    Medium,
    /// Several marks agree, or one that nobody imitates.
    High,
}

impl Confidence {
    /// Returns the confidence of weights that add up to this.
    fn of_weight(weight: u32) -> Self {
        match weight {
            0..50 => Self::Low,
            50..80 => Self::Medium,
            _ => Self::High,
        }
    }

    /// Returns `low`, `medium` or `high`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A rule that fired.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Evidence {
    /// Number of the rule.
    pub rule: String,
    /// What was found.
    pub text: String,
    /// The server that the rule speaks for.
    pub label: ServerLabel,
    /// Weight of the rule, 0 to 100.
    pub weight: u32,
}

/// Which server it is, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Fingerprint {
    /// The kind of server.
    pub label: ServerLabel,
    /// Version of the product, where the server tells it, for FreeIPA that of its 389 DS; a text such as `2.4 or later`
    /// where marks only hint at it.
    pub version: Option<String>,
    /// How far the label can be trusted.
    pub confidence: Confidence,
    /// Rules that fired, the deciding one first; some may speak for other servers.
    pub evidence: Vec<Evidence>,
    /// A labelled relative whose profile suits a server without a label of its own.
    pub relative: Option<ServerLabel>,
}

impl Fingerprint {
    /// Puts the operator's word in place of the label; the evidence stays, with the operator's first.
    #[must_use]
    pub fn overruled(mut self, label: ServerLabel) -> Self {
        let text = format!("the operator says {label}; the rules say {}", self.label);
        self.evidence.insert(0, Evidence { rule: "operator".to_owned(), text, label, weight: 100 });
        self.label = label;
        self.confidence = Confidence::High;
        self.relative = None;
        self
    }

    /// Returns the label whose profile suits.
    #[must_use]
    pub fn profile_label(&self) -> ServerLabel {
        self.relative.unwrap_or(self.label)
    }
}

/// Says which server gave a root DSE.
///
/// The first rule of [`RULES`] that fires decides, one that refines it may correct it, and the weights of all rules
/// that speak for the result give the confidence. The port tells a global catalogue from its domain controller; the
/// schema decides where the root DSE is silent.
#[must_use]
pub fn fingerprint(root_dse: &RootDse, port: Option<u16>, subschema: Option<&Subschema>) -> Fingerprint {
    let facts = Facts { root_dse, port, subschema };
    let mut fired: Vec<(&Rule, String)> =
        RULES.iter().filter_map(|rule| Some((rule, rule.condition.holds(&facts)?))).collect();
    if let Some(at) = fired.iter().position(|(rule, _)| rule.decides()) {
        let decided = fired.remove(at);
        let refining = fired.iter().position(|(rule, _)| rule.refines.contains(&decided.0.number));
        let refined = refining.map(|at| fired.remove(at));
        if let Some((refined, _)) = &refined {
            // The same marks count once, though a rule that would decide may ask for them as well.
            fired.retain(|(rule, _)| (rule.number, rule.label) != (refined.number, refined.label));
        }
        // What was refined stays, also by a rule of its own number.
        fired.splice(0..0, refined.into_iter().chain([decided]));
    } else {
        fired.clear();
    }
    let decided = fired.first().map(|(rule, _)| *rule);
    let label = decided.map_or(ServerLabel::Unknown, |rule| rule.label);
    // A rule that refines says nothing unless the rule that it refines fired; its own number proves nothing.
    let numbers: Vec<&str> = fired.iter().filter(|(rule, _)| rule.decides()).map(|(rule, _)| rule.number).collect();
    fired.retain(|(rule, _)| rule.decides() || rule.refines.iter().any(|number| numbers.contains(number)));
    let weight = fired.iter().filter(|(rule, _)| rule.label == label).map(|(rule, _)| rule.weight).sum();
    let mut evidence: Vec<Evidence> = fired
        .into_iter()
        .map(|(rule, text)| Evidence { rule: rule.number.to_owned(), text, label: rule.label, weight: rule.weight })
        .collect();
    if evidence.is_empty() {
        let text = "no rule fits what the root DSE shows".to_owned();
        evidence.push(Evidence { rule: "19".to_owned(), text, label, weight: 0 });
    }
    Fingerprint {
        label,
        version: version(label, root_dse, subschema),
        confidence: Confidence::of_weight(weight),
        evidence,
        relative: decided.and_then(|rule| rule.relative),
    }
}
