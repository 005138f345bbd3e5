//! How a workload is written in a scenario.

use super::ArrivalsSpec;
use super::recorded::{TimeUnit, Zero};
use crate::dist::LawSpec;
use crate::model::Service;
use crate::spec::{self, Located, Named};
use crate::units::{ImageSize, Share, SimDuration};

spec::names! {
    /// The name of a class of the workload.
    pub struct ClassName: "class";
}

spec::table! {
    /// Who asks for which images, when.
    pub struct WorkloadSpec {
        /// When journeys arrive; this or `recorded`.
        arrivals: Option<ArrivalsSpec>,
        /// Recorded traffic; this or `arrivals`.
        recorded: Option<RecordedSpec>,
        /// Share of the journeys that are kept, drawn for each by itself: those kept at a lower share are among those kept at a
        /// higher one, at the same times and with the same luck.
        keep: Share = "100%",
        /// Kinds of requests.
        classes: Located<Named<ClassSpec>>,
        /// How users go on after a request; without it, every arrival is one request, and that is all.
        journey: Option<JourneySpec>,
        /// Which prompts repeat, and of what kind they are; without it, none repeats and all are ordinary.
        prompts: Option<PromptsSpec>,
    }
}

spec::table! {
    /// Which prompts repeat, and of what kind they are.
    pub struct PromptsSpec {
        /// Share of journeys that start from a prompt of the repertoire. In public prompt logs 13 % to 25 % of the prompts
        /// are exact repeats (DiffusionDB, 2022).
        repeats: Located<Share> = "0%",
        /// Share of repeats that an image made before would serve; the others want another image of the same prompt. Assumed:
        /// most do, so that 0.5 % to 5 % of the requests could be served from a cache; up to 25 % where prompts are made
        /// from templates.
        cacheable: Share = "10%",
        /// How popular the prompts of the repertoire are; without it, 1000 prompts with a Zipf exponent of 1 (assumed).
        popularity: Option<Located<PopularitySpec>>,
        /// Shares of the categories of prompts that content filters tell apart, by name; the rest is ordinary.
        categories: Option<Named<Share>>,
    }
}

spec::choice! {
    /// How popular the prompts of a repertoire are.
    pub enum PopularitySpec {
        /// In proportion to a power of their rank.
        zipf => Zipf(ZipfSpec),
        /// All alike.
        uniform => Uniform(RepertoireSpec),
        /// By weight: { cat = 3, dog = 1 }.
        weights => Weights(Located<Named<f64>>),
    }
}

spec::table! {
    /// The k-th prompt is asked for in proportion to 1 / k^exponent.
    pub struct ZipfSpec {
        /// How many prompts there are, 1 to 65 535.
        prompts: u32,
        /// The exponent, 0 to 100: 0 for all alike. 0.3 fits 5000 prompts of DiffusionDB; 1 is assumed.
        exponent: f64 = 1.0,
    }
}

spec::table! {
    /// A number of prompts.
    pub struct RepertoireSpec {
        /// How many prompts there are, 1 to 65 535.
        prompts: u32,
    }
}

spec::table! {
    /// One kind of requests.
    pub struct ClassSpec {
        /// Its share of the arrivals; all shares make 100 %. Not needed for a single class.
        share: Option<Located<Share>>,
        /// The size of its images.
        size: ImageSize,
        /// The quality of its images, in the provider's words.
        quality: String = "standard",
        /// Images per request: a number, or `weights = { "1" = "70%", "4" = "30%" }`.
        n: Located<CountSpec> = 1,
        /// Tokens of the prompt.
        prompt_tokens: Located<LawSpec<u32>> = 0,
        /// Steps of generation, for models that price them.
        steps: Option<u32>,
        /// Images that go in, 0 to 255: to be edited, or as a reference.
        input_images: Located<u32> = 0,
        /// The size of images that go in; without it, that of those that come out.
        input_size: Option<ImageSize>,
        /// The class of service.
        service: Service = "standard",
        /// What is asked for on top, by the names of the models' surcharges, such as `["search"]`; a name that stands twice
        /// counts twice.
        extras: Option<Vec<String>>,
    }
}

spec::words! {
    /// A class of service.
    for Service {
        /// At once, at the list price.
        "standard" => Standard,
        /// Some time within a day or so.
        "batch" => Batch,
        /// When there is room.
        "flex" => Flex,
        /// Before others.
        "priority" => Priority,
    }
}

spec::choice! {
    /// A number of images.
    pub enum CountSpec {
        /// Drawn by weight: { "1" = "70%", "4" = "30%" }.
        weights => Weights(Located<Named<Share>>),
        _ => Fixed(u32),
    }
}

spec::table! {
    /// One user's series of requests towards one accepted image: drafts until one is accepted, then perhaps a final.
    pub struct JourneySpec {
        /// Drafts at most, 1 to 255.
        rounds: Located<u32>,
        /// Probability that an accepted draft asks for a final.
        final_share as "final": Share = "0%",
        /// Size of drafts; without it, that of the class.
        draft_size: Option<ImageSize>,
        /// Quality of drafts; without it, that of the class.
        draft_quality: Option<String>,
        /// Steps of drafts; without it, those of the class.
        draft_steps: Option<u32>,
        /// Class of service of drafts; without it, that of the class.
        draft_service: Option<Service>,
        /// Time between seeing a result and the next request.
        think_time: Located<LawSpec<SimDuration>>,
        /// Probability that asking again changes the prompt. Measured on one image service: prompts change in 72.5 % of
        /// consecutive requests (GenTD26 trace, 2024).
        new_prompt: Share = "72.5%",
        /// What the user does after a lost request; without it, gives up.
        after_error: Option<AfterErrorSpec>,
    }
}

spec::table! {
    /// What the user does after a lost request.
    pub struct AfterErrorSpec {
        /// Probability of trying again.
        again: Share,
        /// How often at most, 1 to 100.
        at_most: Located<u32>,
    }
}

spec::table! {
    /// Recorded traffic: a CSV file, plain or gzipped, with a header.
    pub struct RecordedSpec {
        /// The file, relative to the scenario.
        file: Located<String>,
        /// Which rows start a journey; without it, sessions where there are journeys, and all rows otherwise.
        each: Option<Each>,
        /// A user's request after a longer pause starts a new session. 30 minutes is customary.
        session_gap: SimDuration = "30min",
        /// The byte between cells.
        delimiter: Located<String> = ",",
        /// The time of the request.
        time: Located<TimeSpec>,
        /// The column that tells users apart.
        user: Option<String>,
        /// The column of the number of images; without it, the class decides.
        n: Option<String>,
        /// The column of the size; without it, the class decides.
        size: Option<String>,
        /// The column of the quality; without it, the class decides.
        quality: Option<String>,
        /// The column of the class; without it, there must be a single class.
        class: Option<ClassColumn>,
        /// The column of the prompt's length; without it, the class decides.
        tokens: Option<TokensSpec>,
        /// Which rows count, by their status; without it, all.
        status: Option<StatusSpec>,
    }
}

spec::words! {
    /// Which rows start a journey.
    pub enum Each {
        /// The first row of each session: a user's requests without a long pause. The later ones are simulated.
        "session" => Session,
        /// Every row.
        "row" => Row,
    }
}

spec::table! {
    /// The time of a recorded request.
    pub struct TimeSpec {
        /// The column.
        column: String,
        /// Its strptime pattern, such as "%Y-%m-%d %H:%M:%S%.f"; this or `unit`.
        format: Option<String>,
        /// The unit of a number; this or `format`.
        unit: Option<TimeUnit>,
        /// What the number zero means.
        zero: Zero = "unknown",
        /// The zone of times without an offset; without it, the scenario's.
        time_zone: Option<Located<String>>,
        /// The tick of the recording's clock: rows of one tick are spread over it at random.
        quantum: SimDuration = "0s",
    }
}

spec::words! {
    /// A unit of time.
    for TimeUnit {
        /// Seconds.
        "s" => Seconds,
        /// Milliseconds.
        "ms" => Millis,
        /// Microseconds.
        "us" => Micros,
        /// Nanoseconds.
        "ns" => Nanos,
    }
}

spec::words! {
    /// What the number zero means.
    for Zero {
        /// 1970-01-01T00:00:00Z.
        "epoch" => Epoch,
        /// Only differences count.
        "unknown" => Unknown,
    }
}

spec::table! {
    /// The column of the class.
    pub struct ClassColumn {
        /// The column.
        column: String,
        /// The class of each of its texts.
        of: Named<ClassName>,
        /// The class of all other texts; without it, such rows are reported as bad.
        otherwise: Option<ClassName>,
    }
}

spec::table! {
    /// The column of the prompt's length.
    pub struct TokensSpec {
        /// The column.
        column: String,
        /// Where it counts characters: how many make a token.
        chars_per_token: Option<f64>,
    }
}

spec::table! {
    /// Which rows count.
    pub struct StatusSpec {
        /// The column.
        column: String,
        /// The texts that count; rows with another are skipped and counted.
        keep: Vec<String>,
    }
}
