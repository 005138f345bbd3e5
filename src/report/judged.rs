//! Gates within `summary.json`.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::gate::{Judgement, Judgements, Kind, Mode};

use super::gates::why;

/// All gates of a run.
pub(super) struct Judged<'a>(pub(super) &'a Judgements);

impl Serialize for Judged<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let judgements = self.0;
        let [passed, failed, undecided] = judgements.counts();
        let mut map = serializer.serialize_map(None)?;
        let mode = match judgements.mode {
            Mode::Interval => "interval",
            Mode::Point => "point",
        };
        map.serialize_entry("mode", mode)?;
        map.serialize_entry("passed", &passed)?;
        map.serialize_entry("failed", &failed)?;
        map.serialize_entry("undecided", &undecided)?;
        map.serialize_entry("all", &judgements.all.iter().map(One).collect::<Vec<_>>())?;
        map.end()
    }
}

struct One<'a>(&'a Judgement);

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let judgement = self.0;
        let gate = &judgement.gate;
        let [low, high] = judgement.ends;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &gate.name)?;
        map.serialize_entry("condition", &gate.text)?;
        map.serialize_entry("strategy", &judgement.strategy)?;
        map.serialize_entry("other", &judgement.other)?;
        map.serialize_entry("metric", gate.metric.key())?;
        map.serialize_entry("verdict", judgement.verdict.word())?;
        map.serialize_entry("reason", &Some(why(judgement)).filter(|why| !why.is_empty()))?;
        map.serialize_entry("figure", &low)?;
        if low != high {
            map.serialize_entry("if_billed", &high)?;
        }
        map.serialize_entry("relation", gate.relation.sign())?;
        map.serialize_entry("limit", &judgement.limit)?;
        map.serialize_entry("unit", unit(gate.kind()))?;
        map.end()
    }
}

const fn unit(kind: Kind) -> &'static str {
    match kind {
        Kind::Usd => "usd",
        Kind::Share => "share",
        Kind::Points => "share_difference",
        Kind::Ratio => "ratio",
        Kind::Number => "number",
        Kind::Seconds => "s",
        Kind::Days => "day",
    }
}
