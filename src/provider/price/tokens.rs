//! By tokens: so much per million tokens of text and of images, in and out, images counting by quality and size. Such tables
//! are not monotone in area, so nothing is interpolated: what they lack has no price.
//!
//! A vendor may also publish a price per image that is not tokens times rate; both can be given, and `bill` says which is
//! billed.

use super::at::At;
use super::by_shape::{ByShape, by_shape};
use super::rates::{Cached, MILLION};
use super::{Amount, Rates, thinking};
use crate::spec::{self, Located, Mistake, Named};
use crate::units::{ImageSize, NotAQuantity, Usd};

spec::table! {
    /// Prices per million tokens.
    pub struct Spec {
        /// Per million tokens of the prompt.
        input_per_million: Amount,
        /// Per million tokens of the prompt where it is cached; without it, caching saves nothing on text.
        cached_per_million: Option<Amount>,
        /// Per million tokens of images that go in.
        input_image_per_million: Option<Amount>,
        /// Per million tokens of images that go in where they are cached; without it, caching saves nothing on them.
        cached_image_per_million: Option<Amount>,
        /// Tokens of one image that goes in: a number, or by size such as by_size = { "1024x1024" = 1120 }.
        input_image_tokens: Option<InputTokens>,
        /// Per million tokens of images that come out.
        output_per_million: Amount,
        /// Tokens of one image by quality, then size: { high = { "1024x1024" = 4160 } }. Where the list price is billed they may
        /// be left out, and then count against no limit of tokens.
        image_tokens: Option<ByShape<u32>>,
        /// Tokens of thinking or text on top.
        thinking: Option<thinking::Spec>,
        /// The published price per image by quality, then size.
        list_price: Option<ByShape<Amount>>,
        /// What is billed for an image that comes out.
        bill: Located<Bill> = "tokens",
    }
}

spec::choice! {
    /// Tokens of one image that goes in.
    pub enum InputTokens {
        /// By size: { "1024x1024" = 1120 }.
        by_size => BySize(Named<u32>),
        _ => Each(u32),
    }
}

spec::words! {
    /// What is billed for an image that comes out.
    pub enum Bill {
        /// Its tokens.
        "tokens" => Tokens,
        /// The published price per image.
        "list_price" => ListPrice,
    }
}

pub(super) fn build(spec: &Spec, at: &At<'_>) -> Result<Option<Rates>, Mistake> {
    let Some(tokens) = spec.tokens(at)? else { return Ok(None) };
    let Some(image) = spec.image(tokens, at)? else { return Ok(None) };
    let Some(input_tokens) = spec.input_tokens(at)? else { return Ok(None) };
    let input = |rate: &Amount| at.usd_times(rate, input_tokens.into(), MILLION);
    let image_input = spec.input_image_per_million.as_ref();
    let full = Rates {
        image,
        token: at.usd(&spec.input_per_million)?,
        input: image_input.map_or(Ok(Usd::ZERO), input)?,
        image_token: at.usd(&spec.output_per_million)?,
        image_tokens: tokens,
        request_tokens: input_tokens,
        thinking: spec.thinking.as_ref().map(|thinking| thinking.build(at)).transpose()?,
        ..Rates::default()
    };
    let cached = Cached {
        hit: 0,
        token: spec.cached_per_million.as_ref().map_or(Ok(full.token), |rate| at.usd(rate))?,
        input: spec.cached_image_per_million.as_ref().map_or(Ok(full.input), input)?,
    };
    let is_discounted = spec.cached_per_million.is_some() || spec.cached_image_per_million.is_some();
    Ok(Some(Rates { cached: is_discounted.then_some(cached), ..full }))
}

impl Spec {
    /// The qualities that are billed.
    pub(super) fn qualities(&self) -> Vec<&str> {
        match *self.bill {
            Bill::Tokens => self.image_tokens.iter().flat_map(Named::names).collect(),
            Bill::ListPrice => self.list_price.iter().flat_map(Named::names).collect(),
        }
    }

    /// Tokens of one image that comes out; `None` where the table that decides the price has none for it.
    fn tokens(&self, at: &At<'_>) -> Result<Option<u32>, Mistake> {
        let known = self.image_tokens.as_ref().map(|table| by_shape(table, at.shape)).transpose()?.flatten().copied();
        match (*self.bill, &self.image_tokens) {
            (Bill::ListPrice, _) => Ok(Some(known.unwrap_or(0))),
            (Bill::Tokens, Some(_)) => Ok(known),
            (Bill::Tokens, None) => {
                let mistake = Mistake::error(&self.bill.place, "a price by tokens needs the tokens of its images");
                let help = "give image_tokens, such as { high = { \"1024x1024\" = 4160 } }; or bill = \"list_price\"";
                Err(mistake.label("has no `image_tokens`").help(help))
            }
        }
    }

    /// What one image that comes out costs; `None` where it has no list price and that is billed.
    fn image(&self, tokens: u32, at: &At<'_>) -> Result<Option<Usd>, Mistake> {
        match (*self.bill, &self.list_price) {
            (Bill::Tokens, _) => at.usd_times(&self.output_per_million, tokens.into(), MILLION).map(Some),
            (Bill::ListPrice, Some(list)) => by_shape(list, at.shape)?.map(|price| at.usd(price)).transpose(),
            (Bill::ListPrice, None) => {
                Err(Mistake::error(&self.bill.place, "there is no `list_price` to bill").label("needs a list price"))
            }
        }
    }

    /// Tokens of all images that go in; `None` where there are some and nothing says what they cost.
    fn input_tokens(&self, at: &At<'_>) -> Result<Option<u32>, Mistake> {
        let Some(inputs) = at.shape.inputs else { return Ok(Some(0)) };
        let each = match self.input_image_tokens.as_ref().filter(|_| self.input_image_per_million.is_some()) {
            None => None,
            Some(InputTokens::Each(tokens)) => Some(*tokens),
            Some(InputTokens::BySize(sizes)) => of_size(sizes, inputs.size)?,
        };
        Ok(each.map(|tokens| tokens.saturating_mul(inputs.count.into())))
    }
}

fn of_size(sizes: &Named<u32>, wanted: ImageSize) -> Result<Option<u32>, Mistake> {
    for (name, tokens) in sizes {
        let wrong = |e: NotAQuantity| Mistake::error(&name.place, e.to_string()).label("not a size");
        if name.parse::<ImageSize>().map_err(wrong)? == wanted {
            return Ok(Some(*tokens));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use crate::model::{Inputs, Shape};
    use crate::provider::price::invoice::{price, shape, size, tariff, usage, usd};

    /// gpt-image-1, high, 1024x1024 (4160 tokens at 40 USD per million) with a prompt of 50 tokens at 5 USD per million:
    /// 0.1664 + 0.00025 USD. Source: the vendor's price list as of 2026-11-22.
    #[test]
    fn a_hand_computed_invoice_line() {
        let text = r#"price.tokens = { input_per_million = "5 USD", output_per_million = "40 USD", image_tokens.high = { "1024x1024" = 4160 } }"#;
        let price = tariff(text, shape("1024x1024", "high"));
        assert_eq!(price.of(&usage(1, 50)), usd("0.16665"));
        assert_eq!(price.input_part(&usage(1, 50)), usd("0.00025"));
        assert_eq!(price.tokens(&usage(1, 50)), 4210);
    }

    /// gpt-image-2: text in 5, cached 1.25; image in 8, cached 2; image out 30 USD per million (OpenAI's list, facts of
    /// 2026-11-22); its token table as far as it is known (community.openai.com). Tokens of an image that goes in: assumed.
    const GPT_IMAGE_2: &str = r#"
[price.tokens]
input_per_million = "5 USD"
cached_per_million = "1.25 USD"
input_image_per_million = "8 USD"
cached_image_per_million = "2 USD"
input_image_tokens = 1000
output_per_million = "30 USD"
image_tokens.high = { "1024x1024" = 7024, "1536x1024" = 5488, "1792x1024" = 5063, "3584x2048" = 12329 }
"#;

    /// Two images of 7024 tokens, two images in of 1000, 200 tokens of text: 0.42144 + 0.016 + 0.001 USD. All of the input
    /// cached: 0.42144 + 0.004 + 0.00025 USD.
    #[test]
    fn five_rates_make_one_invoice() {
        let inputs = Some(Inputs { count: 2, size: size("1024x1024") });
        let with_inputs = || Shape { inputs, ..shape("1024x1024", "high") };
        let full = tariff(GPT_IMAGE_2, with_inputs());
        assert_eq!((full.of(&usage(2, 200)), full.input_part(&usage(2, 200))), (usd("0.43844"), usd("0.017")));
        assert_eq!(full.tokens(&usage(2, 200)), 200 + 2000 + 2 * 7024);
        let cached = tariff(&format!("adjust.cached_input = \"100%\"\n{GPT_IMAGE_2}"), with_inputs());
        assert_eq!((cached.of(&usage(2, 200)), cached.input_part(&usage(2, 200))), (usd("0.42569"), usd("0.00425")));
        let unpriced = GPT_IMAGE_2.replace("input_image_tokens = 1000", "");
        assert_eq!(price(&unpriced, with_inputs()).expect("valid"), None, "images that go in are not free by omission");
    }

    /// Whatever luck an attempt has with cached input and thinking, it costs no less than the least, and some cost just that.
    #[test]
    fn luck_makes_nothing_cheaper_than_the_least() {
        let thinking = "thinking = { per_million = \"12 USD\", tokens = 300 }\n";
        for hit in ["0%", "40%", "100%"] {
            let text = format!("adjust.cached_input = \"{hit}\"\n{GPT_IMAGE_2}{thinking}");
            let price = tariff(&text, shape("1024x1024", "high"));
            let lucky = (0..200_u64).map(|luck| crate::provider::Usage { bits: luck.wrapping_mul(0x9E37_79B9_7F4A_7C15), ..usage(2, 200) });
            let (all, inputs): (Vec<_>, Vec<_>) = lucky.map(|usage| (price.of(&usage), price.input_part(&usage))).unzip();
            let least = (price.least(&usage(2, 200)), price.least_input(&usage(2, 200)));
            assert_eq!((all.into_iter().min(), inputs.into_iter().min()), (Some(least.0), Some(least.1)), "{hit}");
        }
        let spread = GPT_IMAGE_2.to_owned() + &thinking.replace("tokens = 300", "tokens.uniform = { low = 100, high = 500 }");
        let least = tariff(&spread, shape("1024x1024", "high")).least(&usage(1, 0));
        assert_eq!(least, usd("0.21072") + usd("0.0012"));
    }

    /// A larger image may be cheaper, so no size stands for another: between two sizes there is no price.
    #[test]
    fn the_token_table_is_not_monotone_in_area() {
        let of = |size: &str| price(GPT_IMAGE_2, shape(size, "high")).expect("valid").map(|tariff| tariff.of(&usage(1, 0)));
        assert_eq!((of("1024x1024"), of("1536x1024")), (Some(usd("0.21072")), Some(usd("0.16464"))));
        assert_eq!((of("1792x1024"), of("3584x2048")), (Some(usd("0.15189")), Some(usd("0.36987"))));
        assert_eq!((of("1280x1024"), of("1024x1536")), (None, None));
    }

    /// "high" at 1024x1024 is 7024 tokens on gpt-image-2 and 1756 on gpt-image-2.5, where "max" is 7024, at the same price
    /// of a token: a quarter of the bill under the same name (tokens.csv of the facts of 2026-11-22).
    #[test]
    fn quality_names_are_not_comparable_across_versions() {
        let newer = GPT_IMAGE_2.replace("high = { \"1024x1024\" = 7024,", "max = { \"1024x1024\" = 7024 }\nimage_tokens.high = { \"1024x1024\" = 1756,");
        let of = |text: &str, quality: &str| tariff(text, shape("1024x1024", quality)).of(&usage(1, 0));
        assert_eq!(of(&newer, "high") * 4, of(GPT_IMAGE_2, "high"));
        assert_eq!(of(&newer, "max"), of(GPT_IMAGE_2, "high"));
        assert_eq!(price(GPT_IMAGE_2, shape("1024x1024", "max")).expect("valid"), None);
    }

    /// gpt-image-1-mini: 272, 1056 and 4160 tokens at 8 USD per million are 0.002176, 0.008448 and 0.03328 USD; published are
    /// 0.005, 0.011 and 0.036 (OpenAI's model page, facts of 2026-11-22). Text in 2 USD per million.
    #[test]
    fn list_prices_are_not_always_tokens_times_rate() {
        let text = |bill: &str| {
            let tokens = r#"image_tokens = { low = { "1024x1024" = 272 }, medium = { "1024x1024" = 1056 }, high = { "1024x1024" = 4160 } }"#;
            let list = r#"list_price = { low = { "1024x1024" = "0.005 USD" }, medium = { "1024x1024" = "0.011 USD" }, high = { "1024x1024" = "0.036 USD" } }"#;
            format!("[price.tokens]\ninput_per_million = \"2 USD\"\noutput_per_million = \"8 USD\"\n{tokens}\n{list}\nbill = \"{bill}\"")
        };
        let of = |bill: &str, quality: &str| tariff(&text(bill), shape("1024x1024", quality)).of(&usage(1, 0));
        assert_eq!(["low", "medium", "high"].map(|quality| of("tokens", quality)), ["0.002176", "0.008448", "0.03328"].map(usd));
        assert_eq!(["low", "medium", "high"].map(|quality| of("list_price", quality)), ["0.005", "0.011", "0.036"].map(usd));
        let billed = tariff(&text("list_price"), shape("1024x1024", "high"));
        assert_eq!(billed.tokens(&usage(1, 10)), 4170, "limits count tokens whatever is billed");
    }

    /// Where the list price is billed, the tokens of an image are not needed: they cost nothing and count against no limit. Where
    /// they are billed they are.
    #[test]
    fn a_list_price_needs_no_tokens() {
        let text = "[price.tokens]\ninput_per_million = \"2 USD\"\noutput_per_million = \"8 USD\"\n\
             list_price.low = { \"1024x1024\" = \"0.005 USD\" }\nbill = \"list_price\"";
        let low = tariff(text, shape("1024x1024", "low"));
        assert_eq!((low.of(&usage(2, 100)), low.tokens(&usage(2, 100))), (usd("0.0102"), 100));
        assert_eq!(price(text, shape("1024x1024", "high")).expect("valid"), None);
        let billed = price(&text.replace("bill = \"list_price\"", ""), shape("1024x1024", "low")).expect_err("no tokens");
        assert_eq!(billed.what, "a price by tokens needs the tokens of its images");
    }
}
