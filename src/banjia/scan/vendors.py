"""Vendors: the words by which settings and model names say whose service is meant."""

from __future__ import annotations

import re

VENDOR_VALUES = {
    "google": "google_gemini_api",
    "google_genai": "google_gemini_api",
    "vertex_ai": "google_vertex",
    "vertexai": "google_vertex",
    "bedrock": "aws_bedrock",
    "tongyi": "alibaba_bailian",
    "bailian": "alibaba_bailian",
    "wenxin": "baidu_qianfan",
    "qianfan": "baidu_qianfan",
    "volcengine_maas": "volcengine_ark",
    "volcengine": "volcengine_ark",
    "doubao": "volcengine_ark",
    "hunyuan": "tencent",
    "spark": "iflytek_spark",
    "minimax": "minimax",
    "baichuan": "baichuan",
    "mistral": "mistral",
    "mistralai": "mistral",
    "cohere": "foreign_aggregator",
    "groq": "foreign_aggregator",
    "openrouter": "foreign_aggregator",
    "siliconflow": "siliconflow",
    "stepfun": "stepfun",
    "yi": "lingyiwanwu",
    "xai": "xai",
    "x": "xai",
    "ollama": "ollama",
    "xinference": "xinference",
    "openai_api_compatible": "any",
    "open_ai": "openai",
    "openai": "openai",
    "chatgpt": "openai",
    "azure": "azure_openai",
    "azure_openai": "azure_openai",
    "azureopenai": "azure_openai",
    "anthropic": "anthropic",
    "claude": "anthropic",
    "dashscope": "alibaba_bailian",
    "qwen": "alibaba_bailian",
    "zhipu": "zhipu",
    "zhipuai": "zhipu",
    "deepseek": "deepseek",
    "moonshot": "moonshot",
    "kimi": "moonshot",
    "glm": "zhipu",
    "bigmodel": "zhipu",
    "ernie": "baidu_qianfan",
    "ark": "volcengine_ark",
    "siliconcloud": "siliconflow",
    "step": "stepfun",
    "grok": "xai",
    "together": "foreign_aggregator",
    "fireworks": "foreign_aggregator",
    "perplexity": "foreign_aggregator",
    "replicate": "foreign_aggregator",
    "gemini": "google_gemini_api",
    "openai_chat": "openai",
}


def vendor_of_model(name: str) -> str | None:
    """The vendor before a model's name, as routers write it: `openai/gpt-4o`, `openai:gpt-4o`."""
    found = re.match(r"([A-Za-z][\w\-]+)[/:][\w.\-/:]+$", name)
    vendor = VENDOR_VALUES.get(found[1].lower().replace("-", "_")) if found else None
    return None if vendor == "any" else vendor
