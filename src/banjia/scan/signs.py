"""Signs: the words by which the readers of code tell what a call, a name or a text is about."""

from __future__ import annotations

import re

from banjia.scan.often import Often
from banjia.scan.syntax.node import Node

TALK = Often(
    r"(?:^|\.)(?:e?print|e?println|printf|Println|Printf|Print|puts|echo|warn|warning|debug|info|error|log|exception|critical|"
    r"fatal|trace|Fatal|Fatalf|Errorf|WriteLine|Write|alert|secho|success|toast|notify|perror|showError|markdown|caption)$|"
    r"(?i:^|\.)(?:logger|log|logging|console)\.\w+$|^(?:new )?\w*(?:Error|Exception)$"
)
# A link to a page that people read: where a key is made, what it costs.
LINK = Often(
    r"(?i)(?:help_?(?:text|message)|message|tooltip|placeholder|description|desc|tips?)$|(?:key|docs?|console|site|page|home|register|sign_?up|login|pricing|help|web|avatar|logo|icon|get_?key|token)s?"
    r"[-_]?(?:url|link|uri|href)s?$"
)
HELP = frozenset(
    {
        "help",
        "description",
        "title",
        "message",
        "label",
        "placeholder",
        "epilog",
        "tooltip",
        "hint",
        "docstring",
        "error",
        "msg",
        "detail",
        "summary",
        "helpText",
        "help_text",
        "caption",
        "metavar",
        "homepage",
        "href",
        "docs",
        "documentation",
        "site",
    }
)
SEND = Often(
    r"(?:^|\.)(?:post|get|put|delete|patch|request|fetch|open|urlopen|Request|NewRequest|NewRequestWithContext|url|uri|axios|ajax|got|"
    r"PostAsync|GetAsync|SendAsync|PostAsJsonAsync|postForObject|postForEntity|exchange|curl_init|file_get_contents|curl_setopt|"
    r"stream|Post|Get|create_connection|WebSocketApp|WebSocket|fetchEventSource|EventSource|post_json|Uri|URL|ws_connect|connect|"
    r"ofetch|\$fetch|ky|superagent|send|newCall|HttpRequestMessage|HttpPost|HttpGet|asyncPost|client_post|aiohttp_post)$"
)
BASE_SETTER = re.compile(
    r"(?i)^(?:with_?)?(?:api_?)?(?:base_?(?:url|path|uri)?|host|endpoint|server_?url|api_?host|api_?url|azure_?endpoint|"
    r"open_?ai_?api_?base|custom_?base_?url|api_?base(?:_?url)?|base_?address)$"
)
FLOWS = re.compile(
    r"(?i)key|token|secret|base|url|uri|endpoint|host|model|deployment|version|organi[sz]ation|engine|credential|region"
)
KEYED = re.compile(r"(?i)(?:api_?key|access_?token|secret_?key|api_?secret|secret_?id|\bkey|auth_?token|\btoken)s?$")
MODELED = re.compile(r"(?i)model|engine|deployment|\bllm|encoding|name$|chat_?type|bot_?type|provider")
LOOSE_MODEL = re.compile(
    r"^(?:gpt-?[345]?|chatgpt|o[134]-?|claude-?|gemini-?|davinci|curie|babbage|ada|ernie-?|qwen-?|glm-?|chatglm|deepseek-?|moonshot-?|text-embedding-?|dall-?e|whisper)$"
)
LOOSE_VENDOR = (
    ("gpt", "openai"),
    ("chatgpt", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("claude", "anthropic"),
    ("gemini", "google_gemini_api"),
    ("ernie", "baidu_qianfan"),
    ("qwen", "alibaba_bailian"),
    ("glm", "zhipu"),
    ("chatglm", "zhipu"),
    ("deepseek", "deepseek"),
    ("moonshot", "moonshot"),
)
COMPARE = frozenset({"==", "!=", "===", "!==", "in", "not in", "not"})
TESTS = re.compile(
    r"(?:^|\.)(?:startswith|startsWith|includes|contains|Contains|StartsWith|HasPrefix|indexOf|endswith|endsWith|equals|Equals|starts_with|start_with|include|str_contains|str_starts_with|equalsIgnoreCase|match|test|has_prefix|match\?|=~|start_with\?|include\?)$"
)
WIDTHS = {"1536": "openai", "3072": "openai"}
WIDE = re.compile(r"(?i)dim|embed|vec|width|zeros|ones|rand|pack|flat|index|shape|\bsize")
# A name of the environment; a bare `model` or `api_key` is an entry of the program's own settings.
ENV_LIKE = re.compile(r"[A-Z]{2}|[:.]")
PROXY_NAME = re.compile(
    r"(?i)^(?:https?_?proxy|all_?proxy|(?:socks5?_?|(?:open_?ai|llm|gpt|chatgpt|ai|api)_?)?prox(?:y|ies)(?:_?(?:url|host|port|addr))?)$"
)
READS = re.compile(
    r"(?i)(?:conf|config|configuration|settings?|env|environ|environment|secrets|propert\w+|options|section|viper|prefs|preferences)"
    r"(?:\.\w+)?$|(?:getproperty|getstring|getsection|getvalue|get_secret\w*|get_conf\w*|get_setting\w*|get_option|getconfig\w*|"
    r"(?:get|read|load|fetch|find|resolve|require)_?\w*(?:key|secret|token|credentials?|settings?|conf|config|env|prop|property|option|param|value))$"
)
# A table that one function hands to the next: what stands in it under a setting's name was read elsewhere.
PASSED = re.compile(r"(?i)^(?:(?:self|this)\.)?(?:context|ctx|request|req|payload|body|kwargs|event|scope)(?:\.get)?$")
SECRET_LIKE = re.compile(
    r"^(?:sk|fk|sb|sess|pk)-[A-Za-z0-9_\-]{12,}$|^AKID[A-Za-z0-9]{13,}$"
    # Long, of letters and digits; where signs part it, no word stands in it.
    r"|^(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])(?:[A-Za-z0-9]{32,}|(?!.*[a-z]{7})[A-Za-z0-9_\-+/]{32,})={0,2}$"
)
KEY_NAME = re.compile(r"(?i)(?:(?:^|[_.\-])(?:ak|sk)|key|secret(?:[-_]?id)?|token|password|credentials?)(?:[-_]?\d+)?$")

SHARED = frozenset({"key-openai", "key-sk-32"})  # shapes of keys that more than one vendor gives out

VENDOR_WORDS = (
    ("azure", "azure_openai"),
    ("anthropic", "anthropic"),
    ("claude", "anthropic"),
    ("deepseek", "deepseek"),
    ("moonshot", "moonshot"),
    ("kimi", "moonshot"),
    ("dashscope", "alibaba_bailian"),
    ("qwen", "alibaba_bailian"),
    ("zhipu", "zhipu"),
    ("chatglm", "zhipu"),
    ("minimax", "minimax"),
    ("baichuan", "baichuan"),
    ("mistral", "mistral"),
    ("perplexity", "foreign_aggregator"),
    ("together", "foreign_aggregator"),
    ("fireworks", "foreign_aggregator"),
    ("cerebras", "foreign_aggregator"),
    ("cohere", "foreign_aggregator"),
    ("groq", "foreign_aggregator"),
    ("bedrock", "aws_bedrock"),
    ("gemini", "google_gemini_api"),
    ("stepfun", "stepfun"),
    ("bigmodel", "zhipu"),
    ("grok", "xai"),
    ("/xai/", "xai"),
    ("_xai", "xai"),
    ("openrouter", "foreign_aggregator"),
    ("siliconflow", "siliconflow"),
    ("volc", "volcengine_ark"),
    ("doubao", "volcengine_ark"),
    ("hunyuan", "tencent"),
    ("linkai", "cn_aggregators"),
    ("link_ai", "cn_aggregators"),
)


def chain(node: Node) -> str:
    """`client.chat.completions.create` through calls, indexes and awaits."""
    if node.kind == "name":
        return node.text
    if node.kind == "member":
        base = chain(node.kids[0])
        return f"{base}.{node.text}" if base else node.text
    if node.kind in ("call", "index") and node.kids:
        return chain(node.kids[0])
    return ""
