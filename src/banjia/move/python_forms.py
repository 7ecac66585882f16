"""Python forms: which constructor takes the address under which keyword, by the scan rule that knows it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from banjia.move.address import AZURE_VARIABLE, OPENAI_VARIABLE
from banjia.scan.finding import Finding


@dataclass(frozen=True, slots=True)
class Form:
    """`keyword` is the one to write; `others` are synonyms that may stand there already."""

    keyword: str
    others: tuple[str, ...] = ()
    azure: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        return (self.keyword, *self.others)

    @property
    def variable(self) -> str:
        return AZURE_VARIABLE if self.azure else OPENAI_VARIABLE


SDK = Form("base_url")
CHAIN = Form("base_url", ("openai_api_base",))
OLD_CHAIN = Form("openai_api_base", ("base_url",))  # before langchain-openai that was its only name
AZURE = Form("azure_endpoint", ("base_url", "openai_api_base"), azure=True)
INDEX = Form("api_base")
HAYSTACK = Form("api_base_url")

CHAINED = ("ChatOpenAI", "OpenAI", "OpenAIChat", "OpenAIEmbeddings", "OpenAIModerationChain")
FORMS: dict[str, dict[str, Form]] = {
    "py-openai-client": {
        "OpenAI": SDK,
        "AsyncOpenAI": SDK,
        "Client": SDK,
        "AsyncClient": SDK,
        "AzureOpenAI": AZURE,
        "AsyncAzureOpenAI": AZURE,
    },
    "py-langchain-openai-client": dict.fromkeys(CHAINED, CHAIN)
    | dict.fromkeys(("AzureChatOpenAI", "AzureOpenAI", "AzureOpenAIEmbeddings"), AZURE),
    "py-langchain-client": dict.fromkeys(CHAINED, OLD_CHAIN)
    | dict.fromkeys(("AzureChatOpenAI", "AzureOpenAI"), AZURE)
    | {"init_chat_model": SDK, "init_embeddings": SDK},
    "py-llamaindex-client": dict.fromkeys(("OpenAI", "OpenAIEmbedding", "OpenAIResponses"), INDEX)
    | dict.fromkeys(("AzureOpenAI", "AzureOpenAIEmbedding"), AZURE),
    "py-haystack-client": dict.fromkeys(
        (
            "OpenAIChatGenerator",
            "OpenAIGenerator",
            "OpenAIResponsesChatGenerator",
            "OpenAITextEmbedder",
            "OpenAIDocumentEmbedder",
        ),
        HAYSTACK,
    ),
    "py-autogen-client": {"OpenAIChatCompletionClient": SDK},
    "py-pydantic-ai-client": {"OpenAIProvider": SDK},
    "py-crewai-client": {"LLM": SDK},
    "py-dspy-client": {"LM": INDEX},
    "py-magentic-client": {"OpenaiChatModel": SDK},
}
NAMED = ("gpt-", "openai/", "openai:", "text-embedding-", "chatgpt-", "o1", "o3", "o4")  # what only OpenAI sells


def form(finding: Finding, name: str, call: ast.Call) -> Form | None:
    """The form of one construction; of a class for many vendors only where the model named there is OpenAI's."""
    found = FORMS.get(finding.rule, {}).get(name)
    if found is None or finding.provider in {"openai", "azure_openai", "relay"}:
        return found
    if finding.provider != "any":
        return None
    literals = [v.value for v in (*call.args, *(k.value for k in call.keywords)) if isinstance(v, ast.Constant)]
    names = [v for v in literals if isinstance(v, str)]
    return found if any(v == "openai" or v.startswith(NAMED) for v in names) else None
