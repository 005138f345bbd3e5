//! A stand-in for the declaration of the workload.

use crate::dist::LawSpec;
use crate::spec::{self, Located, Named};
use crate::units::{ImageSize, Rate, Share, SimDuration};

spec::table! {
    /// Who asks for which images, when.
    pub struct WorkloadSpec {
        /// When journeys arrive.
        arrivals: Arrivals,
        /// Kinds of requests.
        classes: Located<Named<ClassSpec>>,
        /// What users do.
        journey: Option<JourneySpec>,
    }
}

spec::table! {
    /// One kind of requests.
    pub struct ClassSpec {
        /// Its share of the arrivals.
        share: Option<Located<Share>>,
        /// The size of its images.
        size: ImageSize,
        /// Tokens of the prompt.
        prompt_tokens: Located<LawSpec<u32>> = 0,
    }
}

spec::table! {
    /// One user's series of requests.
    pub struct JourneySpec {
        /// Drafts at most, 1 to 255.
        rounds: Located<u32>,
        /// Probability that an accepted draft asks for a final.
        final_share as "final": Share = "0%",
        /// Time between seeing a result and the next request.
        think_time: Located<LawSpec<SimDuration>>,
    }
}

spec::choice! {
    /// How journeys arrive.
    pub enum Arrivals {
        /// At even distances.
        constant => Constant(RateSpec),
        /// At random.
        poisson => Poisson(RateSpec),
    }
}

spec::table! {
    /// A rate.
    pub struct RateSpec {
        /// Journeys per time.
        rate: Rate,
    }
}
