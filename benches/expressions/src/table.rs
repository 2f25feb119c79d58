use std::fmt::Write as _;

use crate::side::{AnySide, Failure};

/// The times of all sides, one list for each side, of the same rounds.
#[derive(Debug)]
pub struct Times {
    names: Vec<&'static str>,
    /// For each side the nanoseconds a user of each round.
    rounds: Vec<Vec<f64>>,
}

impl Times {
    /// Measures the sides in rounds. Each round runs each side once over all users; every other round goes backwards, and each
    /// begins with another side, so that what disturbs the machine hits all of them alike.
    ///
    /// # Errors
    ///
    /// When an expression fails for a user.
    pub fn measure(sides: &mut [Box<dyn AnySide + '_>], users: usize, rounds: usize) -> Result<Self, Failure> {
        let count = sides.len();
        let mut times = Self {
            names: sides.iter().map(|side| side.name()).collect(),
            rounds: vec![Vec::with_capacity(rounds); count],
        };
        for round in 0..rounds {
            for step in 0..count {
                let at = (round / 2 + step) % count;
                let at = if round % 2 == 0 { at } else { count - 1 - at };
                if let (Some(side), Some(list)) = (sides.get_mut(at), times.rounds.get_mut(at)) {
                    list.push(side.time()?.as_secs_f64() * 1e9 / users as f64);
                }
            }
        }
        Ok(times)
    }

    /// Writes a line for each side: the median with the quartiles around it, and what it takes in times of each baseline.
    ///
    /// A ratio is the median of the ratios of the rounds.
    #[must_use]
    pub fn table(&self, baselines: &[&str]) -> String {
        let mut text = format!("{:<28}{:>10}  {:<17}", "", "ns a user", "quartiles");
        baselines.iter().for_each(|baseline| text.push_str(&format!("{:>24}", format!("times {baseline}"))));
        for (name, list) in self.names.iter().zip(&self.rounds) {
            let [low, middle, high] = [0.25, 0.5, 0.75].map(|part| quantile(list, part));
            let _ = write!(text, "\n{name:<28}{middle:>10.0}  {:<17}", format!("{low:.0} to {high:.0}"));
            for baseline in baselines {
                let ratio = self.ratio(name, baseline).map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
                let _ = write!(text, "{ratio:>24}");
            }
        }
        text
    }

    /// Returns how many times as long as `baseline` a side takes; `None` if one of them is not there.
    #[must_use]
    pub fn ratio(&self, name: &str, baseline: &str) -> Option<f64> {
        let list = |name: &str| {
            let at = self.names.iter().position(|held| *held == name)?;
            self.rounds.get(at)
        };
        let (ours, theirs) = (list(name)?, list(baseline)?);
        let ratios: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        Some(quantile(&ratios, 0.5))
    }
}

fn quantile(list: &[f64], part: f64) -> f64 {
    let mut sorted = list.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len().saturating_sub(1) as f64 * part).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}
