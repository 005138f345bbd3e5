//! Recorded traffic as it is replayed.

use jiff::tz::TimeZone;

use super::Open;
use super::shapes::Shapes;
use crate::model::{ClassId, ShapeId};
use crate::spec::{Located, Mistake};
use crate::units::{SimDuration, SimTime};
use crate::workload::recorded::{self, Mapping, Row, StatusFilter, TimeFormat, TokenColumn};
use crate::workload::spec::{ClassColumn, Each, TimeSpec};
use crate::workload::{RecordedSpec, Recording, Replay, Span, WorkloadSpec};

/// A recording must cover this part of the horizon; a night or a weekend without traffic may be missing at its end (assumed).
const LEAST_SPAN: f64 = 0.9;

/// More different sizes than this in one file are a wrong column.
const MOST_SHAPES: usize = 10_000;

impl RecordedSpec {
    pub(super) fn build(
        &self,
        workload: &WorkloadSpec,
        span: &Span,
        shapes: &mut Shapes,
        open: Open<'_>,
    ) -> Result<(Replay, Recording), Mistake> {
        let mapping = self.mapping(workload, span)?;
        let wrong = |what: String| Mistake::error(&self.file.place, format!("{} {what}", &**self.file)).label("this recording");
        let input = open(&self.file).map_err(|e| wrong(format!("cannot be opened: {e}")))?;
        let mut shape = |class: ClassId, size: &str, quality: &str| -> Result<ShapeId, String> {
            let (_, class) = workload.classes.0.get(class.index()).ok_or("there is no class")?;
            let size =
                if size.is_empty() { class.size } else { size.parse().map_err(|e: crate::units::NotAQuantity| e.to_string())? };
            let quality = if quality.is_empty() { class.quality.clone() } else { quality.to_owned() };
            if shapes.len() >= MOST_SHAPES {
                return Err(format!("more than {MOST_SHAPES} different sizes and qualities"));
            }
            Ok(shapes.id(class.shape(size, quality).map_err(|mistake| mistake.what)?))
        };
        let (rows, account) = recorded::read(input, &mapping, &mut shape).map_err(|e| wrong(e.to_string()))?;
        let each = self.each.unwrap_or(if workload.journey.is_some() { Each::Session } else { Each::Row });
        if each == Each::Session && self.user.is_none() {
            let help = "give the column of the user, or each = \"row\" if every row is a journey of its own";
            let what = "sessions cannot be told without the column of the user";
            return Err(Mistake::error(&self.file.place, what).label("of this recording").help(help));
        }
        let sessions = (each == Each::Session).then(|| recorded::sessions(&rows, self.session_gap));
        let known = (0..shapes.len() as u16).map(ShapeId);
        let drafts = known.map(|shape| shapes.draft(shape, workload.journey.as_ref())).collect();
        if rows.span().as_secs_f64() < LEAST_SPAN * span.horizon.as_secs_f64() {
            let what = format!("covers {}, and the horizon is {}", roughly(rows.span()), span.horizon);
            let help = "set the horizon to what was recorded: the rest would count as time without traffic";
            return Err(wrong(what).help(help));
        }
        let starts = |index: usize| sessions.as_ref().is_none_or(|sessions| sessions.starts(index));
        let starting = rows.rows().iter().enumerate().filter(|(index, _)| starts(*index)).map(|(_, row)| *row);
        let end = SimTime::START + span.horizon;
        let (before, after): (Vec<Row>, Vec<Row>) = starting.partition(|row| row.time() < end);
        let (journeys, after_horizon) = ((before.len() + after.len()) as u64, after.len() as u64);
        let replay = Replay::new(before.into(), self.time.quantum, drafts, end);
        Ok((replay, Recording { account, journeys, after_horizon }))
    }

    fn mapping(&self, workload: &WorkloadSpec, span: &Span) -> Result<Mapping, Mistake> {
        let [delimiter] = *self.delimiter.as_bytes() else {
            return Err(Mistake::error(&self.delimiter.place, "the delimiter is a single byte").label("one byte"));
        };
        let time_zone = match &self.time.time_zone {
            None => span.start.time_zone().clone(),
            Some(name) => TimeZone::get(name)
                .map_err(|_| Mistake::error(&name.place, format!("unknown time zone \"{}\"", &**name)).label("no such zone"))?,
        };
        Ok(Mapping {
            delimiter,
            time_format: time_format(&self.time)?,
            time_zone,
            user: self.user.clone(),
            n: self.n.clone(),
            size: self.size.clone(),
            quality: self.quality.clone(),
            class: class_of(self.class.as_ref(), workload)?,
            tokens: self.tokens.as_ref().map(|t| TokenColumn { name: t.column.clone(), chars_per_token: t.chars_per_token }),
            status: self.status.as_ref().map(|s| StatusFilter { name: s.column.clone(), keep: s.keep.clone() }),
            ..Mapping::new(self.time.column.clone(), TimeFormat::Pattern(String::new()), ClassId(0))
        })
    }
}

fn time_format(time: &Located<TimeSpec>) -> Result<TimeFormat, Mistake> {
    match (&time.format, time.unit) {
        (Some(pattern), None) => Ok(TimeFormat::Pattern(pattern.clone())),
        (None, Some(unit)) => Ok(TimeFormat::Number { unit, zero: time.zero }),
        _ => {
            let help = r#"format = "%Y-%m-%d %H:%M:%S" for dates, unit = "s", "ms", "us" or "ns" for numbers"#;
            Err(Mistake::error(&time.place, "a time takes either `format` or `unit`").label("never guessed").help(help))
        }
    }
}

fn class_of(column: Option<&ClassColumn>, workload: &WorkloadSpec) -> Result<recorded::Classes, Mistake> {
    let id = |name: &str| ClassId(workload.classes.position(name).unwrap_or(0) as u16);
    let Some(column) = column else {
        if workload.classes.len() > 1 {
            let what = "recorded traffic of several classes needs the column of the class";
            let help = "give [workload.recorded.class] with `column` and `of`";
            return Err(Mistake::error(&workload.classes.place, what).label("several classes").help(help));
        }
        return Ok(recorded::Classes::All(ClassId(0)));
    };
    Ok(recorded::Classes::Column {
        name: column.column.clone(),
        of: column.of.iter().map(|(text, class)| (text.to_string(), id(class.as_str()))).collect(),
        otherwise: column.otherwise.as_ref().map(|class| id(class.as_str())),
    })
}

/// To a tenth of the largest unit that fits.
fn roughly(span: SimDuration) -> String {
    let seconds = span.as_secs_f64();
    let (unit, of) =
        [("d", 86_400.0), ("h", 3_600.0), ("min", 60.0)].into_iter().find(|(_, of)| seconds >= *of).unwrap_or(("s", 1.0));
    format!("{:.1}{unit}", seconds / of)
}
