//! The names of providers in public price files, and ours.

/// LiteLLM's `litellm_provider`, Portkey's file names, the ids of genai-prices; and the name in our price books.
const PROVIDERS: [(&str, &str); 24] = [
    ("azure_ai", "azure-ai"),
    ("azure-openai", "azure"),
    ("azure-openai-v1", "azure"),
    ("bedrock", "aws-bedrock"),
    ("aws", "aws-bedrock"),
    ("black_forest_labs", "black-forest-labs"),
    ("dashscope", "alibaba-model-studio"),
    ("qwencloud", "alibaba-model-studio"),
    ("qwen_ai_platform", "alibaba-model-studio"),
    ("fal_ai", "fal"),
    ("fal-ai", "fal"),
    ("fireworks_ai", "fireworks"),
    ("fireworks-ai", "fireworks"),
    ("gemini", "google-gemini-api"),
    ("google", "google-gemini-api"),
    ("open-ai", "openai"),
    ("runwayml", "runway"),
    ("stability-ai", "stability"),
    ("together-ai", "together"),
    ("together_ai", "together"),
    ("vertex_ai", "google-vertex"),
    ("vertex_ai-language-models", "google-vertex"),
    ("vertex-ai", "google-vertex"),
    ("x-ai", "xai"),
];

/// Our name of a provider.
pub(super) fn provider(name: &str) -> &str {
    PROVIDERS.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| *ours)
}

/// Prefixes of model names that say no more than the provider does.
const PREFIXES: [&str; 12] = [
    "vertex_ai/",
    "gemini/",
    "azure/",
    "azure_ai/",
    "bedrock/",
    "fal_ai/",
    "fal-ai/",
    "aiml/",
    "openai/",
    "xai/",
    "recraft/",
    "stability/",
];

/// A model's name without what its provider says already.
pub(super) fn model(provider_name: &str, name: &str) -> String {
    let ours = provider(provider_name);
    let mut rest = name;
    // First the provider as the file names it, then what is left of it in the model's own name.
    for own in [format!("{provider_name}/"), format!("{}/", provider_name.trim_end_matches("-language-models"))] {
        rest = rest.strip_prefix(own.as_str()).unwrap_or(rest);
    }
    for prefix in PREFIXES {
        if provider(prefix.trim_end_matches('/')) == ours {
            rest = rest.strip_prefix(prefix).unwrap_or(rest);
        }
    }
    format!("{ours}/{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_once() {
        assert_eq!(model("vertex_ai-language-models", "vertex_ai/gemini-3-pro-image"), "google-vertex/gemini-3-pro-image");
        assert_eq!(model("fal_ai", "fal_ai/fal-ai/flux/dev"), "fal/flux/dev");
        assert_eq!(model("fal_ai", "fal_ai/openai/gpt-image-2"), "fal/openai/gpt-image-2");
        assert_eq!(model("openai", "gpt-image-2"), "openai/gpt-image-2");
        assert_eq!(model("databricks", "databricks/databricks-gpt-image-1"), "databricks/databricks-gpt-image-1");
    }
}
