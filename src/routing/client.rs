//! The seam between engine and strategy: what a client hears, sees and does.

use crate::model::{Cause, ClassId, DeploymentId, Guarded, ShapeId, Stage, Status};
use crate::random::{Block, Key, Purpose};
use crate::units::{SimDuration, SimTime, Usd};

use super::health::Checks;
use super::note::Note;
use super::{Migration, Quotes};

/// A request as the client knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Its number among the requests under way: a later one has it again when this one is over.
    pub number: u32,
    /// Its class.
    pub class: ClassId,
    /// What it is for.
    pub stage: Stage,
    /// How many images.
    pub images: u8,
    /// Tokens of the prompt.
    pub tokens: u32,
    /// What the images are to be like.
    pub shape: ShapeId,
    /// 64 random bits of the user who asks: the same for all requests of a journey.
    pub user: u64,
    /// 64 random bits of the prompt, the same for equal prompts.
    pub prompt: u64,
    /// The category of the prompt, 0 for an ordinary one. Like the two below it is worked out only where a client
    /// [reads prompts](Client::reads_prompts) or a provider does. How well a client knows it is its own affair: it must say how
    /// often its classifier errs.
    pub category: u8,
    /// The prompt of the repertoire for which an image that was made before would do.
    pub template: Option<u16>,
    /// Whether it is the first request of its journey, so that its user has seen no image yet.
    pub first: bool,
}

impl Ask {
    /// A final of one image, of which nothing else is known.
    pub const PLAIN: Self = Self {
        number: 0,
        class: ClassId(0),
        stage: Stage::Final,
        images: 1,
        tokens: 0,
        shape: ShapeId(0),
        user: 0,
        prompt: 0,
        category: 0,
        template: None,
        first: false,
    };
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The request arrived.
    Arrived,
    /// An attempt was sent into a race, and did not end at once.
    Sent,
    /// The attempt under way ended.
    Ended(Ended),
    /// The time waited for has come.
    Due,
}

/// How an attempt ended, as the client sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Where the client sent it: its own name for it, also where that led to a successor.
    pub deployment: DeploymentId,
    /// Which deployment made what was delivered, as the answer says; of no meaning where nothing was.
    pub by: DeploymentId,
    /// What the answer said.
    pub status: Status,
    /// What it said about trying again.
    pub retry_after: Option<SimDuration>,
    /// Whether it looked like a success: HTTP 200, and no image. A client that does not count images hands it on.
    pub empty: bool,
    /// Whether the user would accept the images; `true` for a client that checks none. Only a checker that says how often it
    /// errs may look at it.
    pub pleases: bool,
    /// Of an attempt in a race: its target, and when it was sent.
    pub race: Option<(u8, SimTime)>,
}

/// What the client does about it. Two words of memory: it is handed back by every decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Sends an attempt now.
    Attempt {
        /// Where to.
        deployment: DeploymentId,
        /// How long it waits for the answer.
        timeout: SimDuration,
    },
    /// Sends an attempt now, beside any others that are under way for the same request, and decides what to do meanwhile when it
    /// hears [`Heard::Sent`]. The first that delivers wins: when the request is over, the others are called off.
    Race {
        /// Where to.
        deployment: DeploymentId,
        /// How long it waits for the answer.
        timeout: SimDuration,
        /// What it calls the attempt when it hears of its end.
        target: u8,
    },
    /// Does nothing: other attempts are under way, or the client will wake the request itself ([`Client::woken`]).
    Hold,
    /// Hands out images that were made before.
    Serve {
        /// Where they were made.
        by: DeploymentId,
        /// Whether they are of another prompt, and nothing its user would accept.
        wrong: bool,
    },
    /// Waits; it will hear [`Heard::Due`], unless something else happens to the request before.
    Wait(SimDuration),
    /// Hands the images to the user.
    Deliver,
    /// Tells the user that there will be none, and why.
    GiveUp(Status),
}

/// What a real client could know of one deployment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sight {
    /// Until when the deployment has asked this client to stay away: the latest moment of all its retry-afters.
    pub retry_after_until: SimTime,
    /// What the request would cost there, as far as the client knows; only for a client that goes by prices.
    pub price: Usd,
}

/// What a real client could know: nothing here comes from inside a provider.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The time.
    pub now: SimTime,
    /// What it knows of deployments; [`sight`](Self::sight) is how a router reads it.
    pub known: &'a Known,
}

/// What a client knows of deployments.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// One sight per deployment, by id.
    pub sights: Box<[Sight]>,
    /// Where what is sent to each deployment goes now, by id, since the client has moved to successors; empty where all goes
    /// where it is sent.
    pub leads: Box<[DeploymentId]>,
    /// Its own attempts under way, by the deployment that it sent them to.
    pub in_flight: Box<[u32]>,
    /// Whether its last health check failed, by the deployment that was checked; empty where none is made.
    pub failing: Box<[bool]>,
}

impl Known {
    /// Where what is sent to this deployment goes.
    #[inline]
    pub fn lead(&self, deployment: DeploymentId) -> DeploymentId {
        self.leads.get(deployment.index()).copied().unwrap_or(deployment)
    }
}

impl View<'_> {
    /// Whether this deployment has asked this client to stay away until later.
    #[inline]
    pub fn is_busy(&self, deployment: DeploymentId) -> bool {
        self.sight(deployment).retry_after_until > self.now
    }

    /// How many attempts of this client are under way there.
    #[inline]
    pub fn in_flight(&self, deployment: DeploymentId) -> u32 {
        self.known.in_flight[deployment.index()]
    }

    /// Whether the last health check failed of where an attempt sent to this deployment would go now.
    #[inline]
    pub fn fails_checks(&self, deployment: DeploymentId) -> bool {
        self.known.failing.get(self.known.lead(deployment).index()).copied().unwrap_or(false)
    }

    /// What is known of where an attempt sent to this deployment would go now.
    #[inline]
    pub fn sight(&self, deployment: DeploymentId) -> &Sight {
        &self.known.sights[self.known.lead(deployment).index()]
    }
}

/// The draws that belong to the client at one attempt: the router's coin and the jitter of the wait before it.
///
/// They are keyed by request and attempt, and made only when asked for.
#[derive(Debug, Clone, Copy)]
pub struct Luck {
    block: Block,
    made: bool,
    tossed: bool,
    // As wide as the block's words: a narrower number makes the block lie between their boundaries, and every copy stall.
    // Its upper half says how often the client has refused the request an attempt by itself.
    attempt: u32,
    key: Key,
    request: u64,
}

const COIN: usize = 2;
const JITTER: usize = 3;

/// The number of the attempts of a recording, which has all draws itself. No other attempt has it.
const RECORDED: u32 = 0xFFFF;

impl Luck {
    /// The luck of the attempt with this number, from 0, of this request.
    #[inline]
    pub const fn new(key: Key, request: u64, attempt: u16) -> Self {
        Self { block: [0; 4], made: false, tossed: false, attempt: attempt as u32, key, request }
    }

    /// The same, for an attempt whose block has been made.
    #[inline]
    pub const fn known(key: Key, request: u64, attempt: u16, block: Block) -> Self {
        Self { block, made: true, tossed: false, attempt: attempt as u32, key, request }
    }

    /// The whole block of the attempt; the provider has its other half.
    #[inline]
    pub fn block(&mut self) -> &Block {
        if !self.made {
            self.block = self.key.block(self.request, u64::from(self.attempt & 0xFFFF));
            self.made = true;
        }
        &self.block
    }

    /// From now on the draws of another try to begin this attempt, after the client has refused it by itself so many times: all
    /// but those of the provider are independent of the draws before.
    pub const fn again(&mut self, refused: u16) {
        if self.attempt & 0xFFFF != RECORDED {
            self.attempt = self.attempt & 0xFFFF | (refused as u32) << 16;
        }
    }

    /// The block that the client's own draws are from.
    #[inline]
    fn own(&mut self) -> Block {
        if self.attempt >> 16 == 0 { *self.block() } else { self.key.block(self.request, u64::from(self.attempt)) }
    }

    /// What is drawn at this attempt: the provider's half of the block, and the client's own.
    pub fn draws(&mut self) -> Block {
        let ([first, second, ..], [.., coin, jitter]) = (*self.block(), self.own());
        [first, second, coin, jitter]
    }

    /// 32 uniform bits for the choice of a deployment.
    #[inline]
    pub fn coin(&mut self) -> u32 {
        self.tossed = true;
        self.own()[COIN]
    }

    /// The luck of a choice that is already known: of a recording.
    pub const fn of_coin(coin: u32) -> Self {
        let key = Key::new(0, 0, Purpose::Attempt);
        let mut block = [0; 4];
        block[COIN] = coin;
        Self { block, made: true, tossed: false, attempt: RECORDED, key, request: 0 }
    }

    /// Whether the coin has been looked at.
    pub const fn was_tossed(&self) -> bool {
        self.tossed
    }

    /// 64 further uniform bits, by number: those of other numbers, attempts and requests are independent of them.
    #[inline]
    pub fn more(&self, number: u32) -> u64 {
        let part = u64::from(self.attempt) | (u64::from(number) + 1) << 32;
        let [low, high, ..] = self.key.block(self.request, part);
        u64::from(high) << 32 | u64::from(low)
    }

    /// 64 uniform bits of the request, by number: the same at all of its attempts.
    #[inline]
    pub fn of_request(&self, number: u32) -> u64 {
        // No attempt has this number: attempts are counted in 16 bits.
        let part = u64::from(u32::MAX) | (u64::from(number) + 1) << 32;
        let [low, high, ..] = self.key.block(self.request, part);
        u64::from(high) << 32 | u64::from(low)
    }

    /// A block of the replication, for what happens to a client whatever is asked of it: the same for all requests, by what it
    /// is for (below 2^63) and number.
    pub fn of_client(&self, what: u64, number: u64) -> Block {
        // No request has this number: those of requests are below 2^57.
        self.key.block(1 << 63 | what, number)
    }

    /// 32 uniform bits for the wait before the attempt.
    #[inline]
    pub fn jitter(&mut self) -> u32 {
        self.own()[JITTER]
    }
}

/// Everything the client decides, as the engine knows it.
pub trait Client {
    /// What it remembers of a request between events.
    type Memo: Copy + Default + std::fmt::Debug;

    /// What it remembers beyond requests: health of deployments, samples, budgets.
    type State: Clone + std::fmt::Debug;

    /// What it remembers at the start, with so many deployments in the market.
    fn state(&self, deployments: usize) -> Self::State;

    /// Forgets everything and keeps the memory.
    fn reset(&self, state: &mut Self::State);

    /// What it does now. `luck` is that of the next attempt. It must end every request after finitely many attempts.
    fn next(
        &self,
        heard: &Heard,
        ask: &Ask,
        memo: &mut Self::Memo,
        state: &mut Self::State,
        view: &View<'_>,
        luck: &mut Luck,
    ) -> Action;

    /// The deployments that finals of this class may be sent to, by the client's own names for them.
    fn finals(&self, class: ClassId) -> &[DeploymentId];

    /// Whether it may send anything to this deployment of its own accord.
    fn may_use(&self, deployment: DeploymentId) -> bool;

    /// How it moves to successors of what is shut down; `None`: never.
    fn migration(&self) -> Option<&Migration> {
        None
    }

    /// How it learns prices; `None`: it always knows them.
    fn quotes(&self) -> Option<Quotes> {
        None
    }

    /// The health checks that it makes; `None`: none.
    fn checks(&self) -> Option<Checks> {
        None
    }

    /// Whether it looks at prompts: at which they are, and of which category.
    fn reads_prompts(&self) -> bool {
        false
    }

    /// Whether it looks at images before it hands them on.
    fn checks_images(&self) -> bool {
        false
    }

    /// Whether it hands on what is delivered, whatever it is, and remembers nothing of it: then it is not asked.
    fn hands_on(&self) -> bool {
        false
    }

    /// The rules that have fired since they were last taken, where it notes them.
    fn notes<'s>(&self, _state: &'s mut Self::State) -> Option<&'s mut Vec<Note>> {
        None
    }

    /// Whether it ever wakes requests itself.
    fn wakes(&self) -> bool {
        false
    }

    /// A request on hold that goes on now, by its number: it will hear [`Heard::Due`]. Asked after every event until there is none.
    fn woken(&self, _state: &mut Self::State) -> Option<u32> {
        None
    }

    /// What it runs itself costs over a whole replication of such a length: tells each amount with its cause.
    fn own_costs(&self, _state: &Self::State, _horizon: SimDuration, _tell: &mut dyn FnMut(Cause, Usd)) {}

    /// Whether one of its budgets was reached between the sending of an attempt of this request, to this deployment by the client's
    /// own name, and its end now. `sent` is given for an attempt in a race.
    fn saw_late(
        &self,
        _state: &Self::State,
        _ask: &Ask,
        _deployment: DeploymentId,
        _sent: Option<SimTime>,
        _now: SimTime,
    ) -> bool {
        false
    }

    /// What became of its budgets, as far as it knows; `None` where it keeps none.
    fn guarded(&self, _state: &Self::State) -> Option<Guarded> {
        None
    }

    /// Whether it looks at prices at all.
    fn goes_by_price(&self) -> bool {
        false
    }
}
