//! The columns, each with the versions that have it. Those of the specification come first: the mandatory ones, in the order of the
//! alphabet, then others; columns whose names begin with `x_` are our own.

use std::borrow::Cow;

use super::Focus;
use super::line::Line;
use crate::report::tables::{Cell, Column, Kind};

/// A column of one version or of all.
pub(super) struct FocusColumn {
    pub(super) column: Column,
    pub(super) of: for<'r> fn(&Line<'r>) -> Cell<'r>,
    only: Option<Focus>,
}

impl FocusColumn {
    /// Whether a version has it.
    pub(super) fn is_in(&self, version: Focus) -> bool {
        self.only.is_none_or(|only| only == version)
    }
}

type Of = for<'r> fn(&Line<'r>) -> Cell<'r>;

const fn text(name: &'static str, meaning: &'static str, of: Of) -> FocusColumn {
    FocusColumn { column: Column::new(name, Kind::Text, meaning), of, only: None }
}

const fn usd(name: &'static str, meaning: &'static str, of: Of) -> FocusColumn {
    FocusColumn { column: Column::new(name, Kind::Usd, meaning), of, only: None }
}

const fn decimal(name: &'static str, meaning: &'static str, of: Of) -> FocusColumn {
    FocusColumn { column: Column::perhaps(name, Kind::Usd, meaning), of, only: None }
}

const fn only(version: Focus, mut column: FocusColumn) -> FocusColumn {
    column.only = Some(version);
    column
}

const fn perhaps(name: &'static str, meaning: &'static str, of: Of) -> FocusColumn {
    FocusColumn { column: Column::perhaps(name, Kind::Text, meaning), of, only: None }
}

fn owned<'a>(text: &str) -> Cell<'a> {
    Cell::Text(Cow::Owned(text.to_owned()))
}

#[rustfmt::skip]
pub(super) static COLUMNS: [FocusColumn; 42] = [
    usd("BilledCost", "what is billed for certain: the mean over all replications", |l| l.of.mean.into()),
    text("BillingAccountId", "`simulated-` and the scenario's name", |l| Cell::Text(Cow::Owned(format!("simulated-{}", l.manifest.scenario)))),
    text("BillingAccountName", "the scenario's title", |l| l.title.trim().into()),
    text("BillingCurrency", "USD", |_| "USD".into()),
    text("BillingPeriodEnd", "the end of the month in which the day begins, in the scenario's time zone", |l| owned(&l.month[1])),
    text("BillingPeriodStart", "its start", |l| owned(&l.month[0])),
    text("ChargeCategory", "Usage; Purchase for standing charges, money that expired and work on connecting a provider; Credit for what is given back", |l| l.category().into()),
    perhaps("ChargeClass", "always empty: nothing is corrected", |_| Cell::Nothing),
    text("ChargeDescription", "the cause and the payee in words", |l| Cell::Text(Cow::Owned(l.description()))),
    text("ChargePeriodEnd", "the end of the day, or of the horizon", |l| owned(&l.day[1])),
    text("ChargePeriodStart", "its start: days are 24 hours, from the scenario's start on", |l| owned(&l.day[0])),
    usd("ContractedCost", "as BilledCost: what is billed is at contracted prices", |l| l.of.mean.into()),
    usd("EffectiveCost", "as BilledCost: nothing is amortised", |l| l.of.mean.into()),
    only(Focus::V1_4, perhaps("HostProviderName", "who makes the model; empty where no model is sold", |l| l.seller.maker.into())),
    only(Focus::V1_2, text("InvoiceId", "the invoice that it would stand on: `simulated-`, scenario, strategy, issuer and month", |l| Cell::Text(Cow::Owned(l.invoice())))),
    text("InvoiceIssuerName", "who bills: the gateway, if there is one, or else the provider", |l| l.seller.seller.into()),
    usd("ListCost", "what it would have been at the prices of the list", |l| l.list_cost().into()),
    decimal("PricingQuantity", "how many were billed per replication (deliveries at another price than the list's: how many were delivered); empty for a credit", |l| l.quantity().into()),
    perhaps("PricingUnit", "Requests, or Units of what no request causes", |l| l.unit().into()),
    only(Focus::V1_2, text("ProviderName", "as InvoiceIssuerName", |l| l.seller.seller.into())),
    only(Focus::V1_2, text("PublisherName", "who makes the model; where no model is sold, as InvoiceIssuerName", |l| l.seller.maker.unwrap_or(l.seller.seller).into())),
    text("ServiceCategory", "AI and Machine Learning; Other for one's own", |l| l.service()[0].into()),
    text("ServiceName", "the model; else whose terms it is about", |l| l.seller.service.into()),
    only(Focus::V1_4, text("ServiceProviderName", "as InvoiceIssuerName", |l| l.seller.seller.into())),
    text("ChargeFrequency", "Usage-Based; of purchases Recurring (standing charges) or One-Time", |l| l.frequency().into()),
    decimal("ConsumedQuantity", "as PricingQuantity, of usage alone", |l| l.quantity().filter(|_| l.category() == "Usage").into()),
    perhaps("ConsumedUnit", "as PricingUnit, of usage alone", |l| l.unit().filter(|_| l.category() == "Usage").into()),
    decimal("ContractedUnitPrice", "ContractedCost by PricingQuantity, where their product is exact: a single price; otherwise empty", |l| l.unit_price(l.of.mean).into()),
    decimal("ListUnitPrice", "ListCost by PricingQuantity, likewise", |l| l.unit_price(l.list_cost()).into()),
    text("ServiceSubcategory", "Generative AI; AI Platforms where no model is sold; Other (Other) for one's own", |l| l.service()[1].into()),
    text("SubAccountId", "the strategy: their sum means nothing", |l| l.strategy.into()),
    text("SubAccountName", "the strategy", |l| l.strategy.into()),
    text("x_Simulated", "true: none of this was ever billed", |_| "true".into()),
    text("x_Scenario", "the scenario's name", |l| l.manifest.scenario.as_str().into()),
    text("x_Strategy", "the strategy", |l| l.strategy.into()),
    text("x_SpendcastVersion", "the program's version", |l| l.manifest.version.as_str().into()),
    text("x_SimRunId", "the hash of the plan, as in `manifest.json`", |l| l.manifest.plan_hash.as_str().into()),
    text("x_Seed", "the seed", |l| Cell::Text(Cow::Owned(l.manifest.seed.to_string()))),
    text("x_Replications", "how many replications the means are of", |l| Cell::Text(Cow::Owned((l.manifest.replications[1] - l.manifest.replications[0]).to_string()))),
    text("x_Cause", "the cause, as in the table `charges`", |l| l.of.cause.name().into()),
    usd("x_UnknownCost", "what comes to BilledCost if all that nobody knows to be billed is billed", |l| l.of.unknown.into()),
    usd("x_SumOfReplications", "BilledCost summed over all replications, exact, where the mean is rounded half to even to the picodollar", |l| l.of.total.into()),
];
