//! Rate limits: a burst, and a rate at which it recovers.

use clap::Args;
use std::{
    fmt,
    num::{NonZeroU32, NonZeroUsize},
    str::FromStr,
    time::Duration,
};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// How often somebody may do something: `burst` times at once, and then once more after each period `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How often at once.
    pub burst: NonZeroU32,
    /// The time after which one more is allowed.
    pub every: Duration,
}

/// What is limited. The names in kebab case are those of the flag.
#[derive(
    Clone, Copy, Debug, EnumString, Eq, Hash, IntoStaticStr, PartialEq, strum::Display, VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Limited {
    /// New accounts per network.
    Joins,
    /// Attempts to sign in per account and network.
    SignIns,
    /// Attempts to sign in per network, whatever the account.
    SignInsPerNetwork,
    /// Attempts to sign in per account, whatever the network. Browsers from which somebody has signed in to the account
    /// before are not among them.
    SignInsPerAccount,
    /// New rooms per person.
    Rooms,
    /// Changes of memberships per person.
    Memberships,
    /// Reports of messages per person.
    Reports,
    /// Begun uploads per person.
    Uploads,
    /// Posts, edits, deletions, reactions and custom events per person.
    Posts,
    /// The same for bots.
    BotPosts,
}

impl Limited {
    /// Returns the limit that holds unless another one is set.
    #[must_use]
    pub fn default_rate(self) -> Rate {
        match self {
            Self::Joins => Rate::new(20, 1, Unit::Minute),
            Self::SignIns => Rate::new(10, 1, Unit::Minute),
            Self::SignInsPerNetwork | Self::SignInsPerAccount => Rate::new(100, 10, Unit::Minute),
            Self::Rooms => Rate::new(20, 10, Unit::Hour),
            Self::Reports => Rate::new(10, 10, Unit::Hour),
            Self::Uploads => Rate::new(100, 100, Unit::Hour),
            Self::Memberships => Rate::new(200, 1, Unit::Second),
            Self::Posts => Rate::new(30, 5, Unit::Second),
            Self::BotPosts => Rate::new(100, 20, Unit::Second),
        }
    }
}

/// Settings of the rate limits.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Whether the rate limits hold (`on`), or not (`off`), as for benchmarks
    #[arg(
        long = "rate-limits",
        env = "BACKSCROLL_RATE_LIMITS",
        hide_env_values = true,
        value_name = "on|off",
        hide_possible_values = true,
        default_value_t
    )]
    pub switch: Switch,

    /// Another rate limit: a burst, and a rate at which it recovers, as in `posts=30,5/s`; may be given several times
    /// (in the variable: separated by spaces). The defaults are joins=20,1/min (per network), sign-ins=10,1/min
    /// (per account and network), sign-ins-per-network=100,10/min, sign-ins-per-account=100,10/min, and per person
    /// rooms=20,10/h memberships=200,1/s reports=10,10/h uploads=100,100/h posts=30,5/s (edits and reactions, too) bot-posts=100,20/s
    #[arg(
        long = "rate-limit",
        env = "BACKSCROLL_RATE_LIMIT",
        hide_env_values = true,
        value_name = "NAME=N,N/UNIT",
        value_delimiter = ' '
    )]
    pub others: Vec<OtherRate>,

    /// Maximum number of open streams of one person, and of one network of readers who have not signed in
    #[arg(long, env = "BACKSCROLL_MAX_STREAMS_PER_PERSON", hide_env_values = true, value_name = "N", default_value_t = STREAMS_MAX)]
    pub max_streams_per_person: NonZeroUsize,
}

/// The default: a few devices with some tabs each, and a bot or two.
const STREAMS_MAX: NonZeroUsize = NonZeroUsize::new(50).unwrap();

impl Default for Rates {
    fn default() -> Self {
        Self {
            switch: Switch::On,
            others: Vec::new(),
            max_streams_per_person: STREAMS_MAX,
        }
    }
}

impl Rates {
    /// Returns settings without limits.
    #[must_use]
    pub fn off() -> Self {
        Self {
            switch: Switch::Off,
            ..Self::default()
        }
    }

    /// Returns the greatest number of streams of one person.
    #[must_use]
    pub fn streams_max(&self) -> usize {
        match self.switch {
            Switch::On => self.max_streams_per_person.get(),
            Switch::Off => usize::MAX,
        }
    }

    /// Returns a limit; `None` if there is none. Of several settings, the last one holds.
    #[must_use]
    pub fn rate(&self, limited: Limited) -> Option<Rate> {
        let others = self.others.iter().rev();
        let mut others = others.filter(|other| other.limited == limited);
        let rate = others.next().map(|other| other.rate);
        (self.switch == Switch::On).then(|| rate.unwrap_or_else(|| limited.default_rate()))
    }
}

/// Whether something is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    /// On.
    #[default]
    On,
    /// Off.
    Off,
}

impl fmt::Display for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::On => "on",
            Self::Off => "off",
        })
    }
}

/// A limit that differs from the default, such as `posts=30,5/s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherRate {
    limited: Limited,
    rate: Rate,
}

impl FromStr for OtherRate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, rate) = text.split_once('=').ok_or(FORM)?;
        let limited = name.parse().map_err(|_| {
            let names: Vec<&str> = Limited::VARIANTS.iter().map(Into::into).collect();
            format!(
                "there is no limit {name}; the limits are {}",
                names.join(", ")
            )
        })?;
        let rate = Rate::parse(rate).ok_or(FORM)?;
        Ok(Self { limited, rate })
    }
}

const FORM: &str = "a name, a burst, and a rate per s, min or h, as in posts=30,5/s";

/// The unit of time of a rate.
#[derive(Clone, Copy, Debug)]
enum Unit {
    Second,
    Minute,
    Hour,
}

impl Unit {
    const fn duration(self) -> Duration {
        match self {
            Self::Second => Duration::from_secs(1),
            Self::Minute => Duration::from_mins(1),
            Self::Hour => Duration::from_hours(1),
        }
    }
}

impl Rate {
    /// Returns the rate of `count` per unit after a burst. Zero counts as one.
    fn new(burst: u32, count: u32, unit: Unit) -> Self {
        Self {
            burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN),
            every: unit.duration() / count.max(1),
        }
    }

    /// Parses a burst and a rate, such as `30,5/s`.
    fn parse(text: &str) -> Option<Self> {
        let (burst, rate) = text.split_once(',')?;
        let (count, unit) = rate.split_once('/')?;
        let unit = match unit {
            "s" => Unit::Second,
            "min" => Unit::Minute,
            "h" => Unit::Hour,
            _ => return None,
        };
        Some(Self::new(parse_count(burst)?, parse_count(count)?, unit))
    }
}

/// Parses a number between 1 and a million, above which nothing would be limited.
fn parse_count(text: &str) -> Option<u32> {
    let count = text.parse().ok()?;
    (1..=1_000_000).contains(&count).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(others: &[&str]) -> Rates {
        Rates {
            switch: Switch::On,
            others: others.iter().map(|text| text.parse().unwrap()).collect(),
            ..Rates::default()
        }
    }

    #[test]
    fn a_limit_is_a_burst_and_a_rate() {
        let rates = rates(&["posts=30,5/s", "rooms=1,10/h", "posts=7,2/min"]);
        let of = |limited| {
            let Rate { burst, every } = rates.rate(limited).unwrap();
            (burst.get(), every)
        };
        assert_eq!(of(Limited::Posts), (7, Duration::from_secs(30)));
        assert_eq!(of(Limited::Rooms), (1, Duration::from_mins(6)));
        assert_eq!(of(Limited::Joins), (20, Duration::from_mins(1)));
        assert_eq!(of(Limited::BotPosts), (100, Duration::from_millis(50)));
        assert_eq!(Rates::off().rate(Limited::Posts), None);
    }

    #[test]
    fn what_is_no_limit_is_refused_with_an_example_or_the_names() {
        for text in [
            "",
            "posts",
            "posts=5",
            "posts=5,1",
            "posts=0,1/s",
            "posts=1,0/s",
            "posts=-1,1/s",
            "posts=1,1/d",
            "posts=1,1.5/s",
            "posts=1000001,1/s",
        ] {
            let refused = text.parse::<OtherRate>().unwrap_err();
            assert!(refused.contains("posts=30,5/s"), "{text}: {refused}");
        }
        let refused = "lies=1,1/s".parse::<OtherRate>().unwrap_err();
        assert!(
            refused.contains("rooms, memberships, reports, uploads, posts, bot-posts"),
            "{refused}"
        );
    }
}
