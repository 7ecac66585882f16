"""Python old: what stands where in version 0 of openai-python, and what took its place."""

from __future__ import annotations

RESOURCES: dict[tuple[str, str], str] = {  # class and method -> path below the module or a client
    ("ChatCompletion", "create"): "chat.completions.create",
    ("Completion", "create"): "completions.create",
    ("Embedding", "create"): "embeddings.create",
    ("Moderation", "create"): "moderations.create",
    ("Image", "create"): "images.generate",
    ("Image", "create_edit"): "images.edit",
    ("Image", "create_variation"): "images.create_variation",
    ("Audio", "transcribe"): "audio.transcriptions.create",
    ("Audio", "translate"): "audio.translations.create",
    ("Model", "list"): "models.list",
    ("Model", "retrieve"): "models.retrieve",
    ("Model", "delete"): "models.delete",
    ("File", "create"): "files.create",
    ("File", "list"): "files.list",
    ("File", "retrieve"): "files.retrieve",
    ("File", "delete"): "files.delete",
    ("File", "download"): "files.content",
    ("FineTuningJob", "create"): "fine_tuning.jobs.create",
    ("FineTuningJob", "list"): "fine_tuning.jobs.list",
    ("FineTuningJob", "retrieve"): "fine_tuning.jobs.retrieve",
    ("FineTuningJob", "cancel"): "fine_tuning.jobs.cancel",
}
ASYNC = {
    "acreate": "create",
    "acreate_edit": "create_edit",
    "acreate_variation": "create_variation",
    "atranscribe": "transcribe",
    "atranslate": "translate",
    "alist": "list",
    "aretrieve": "retrieve",
    "adelete": "delete",
    "adownload": "download",
    "acancel": "cancel",
}
POSITIONAL = {"Audio": ("model", "file"), "Embedding": (), "ChatCompletion": ()}
KEYWORDS = {"engine": "model", "deployment_id": "model", "request_timeout": "timeout", "headers": "extra_headers"}
OF_CLIENT = {"api_key": "api_key", "api_base": "base_url", "organization": "organization"}  # a call's own client
ERRORS = {
    "InvalidRequestError": "BadRequestError",
    "Timeout": "APITimeoutError",
    "ServiceUnavailableError": "InternalServerError",
    "TryAgain": "InternalServerError",
    "PermissionError": "PermissionDeniedError",
    "InvalidAPIType": "OpenAIError",
    "SignatureVerificationError": "OpenAIError",
} | {name: name for name in ("OpenAIError", "APIError", "RateLimitError", "APIConnectionError", "AuthenticationError")}
FIELDS = frozenset(
    [
        "id",
        "object",
        "created",
        "model",
        "choices",
        "usage",
        "data",
        "index",
        "message",
        "delta",
        "text",
        "content",
        "role",
        "finish_reason",
        "logprobs",
        "embedding",
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "function_call",
        "tool_calls",
        "name",
        "arguments",
        "url",
        "b64_json",
        "results",
        "flagged",
        "categories",
        "category_scores",
        "status",
        "filename",
        "purpose",
        "bytes",
        "system_fingerprint",
    ]
)
HELPERS = {
    "get_embedding": """\
def get_embedding(text, engine="text-embedding-ada-002", **options):
    text = text.replace("\\n", " ")
    return openai.embeddings.create(input=[text], model=engine, **options).data[0].embedding
""",
    "get_embeddings": """\
def get_embeddings(list_of_text, engine="text-embedding-ada-002", **options):
    texts = [text.replace("\\n", " ") for text in list_of_text]
    return [row.embedding for row in openai.embeddings.create(input=texts, model=engine, **options).data]
""",
    "cosine_similarity": """\
def cosine_similarity(a, b):
    length = sum(x * x for x in a) ** 0.5 * sum(y * y for y in b) ** 0.5
    return sum(x * y for x, y in zip(a, b)) / length
""",
    "distances_from_embeddings": """\
def distances_from_embeddings(query_embedding, embeddings, distance_metric="cosine"):
    def size(a):
        return sum(x * x for x in a) ** 0.5

    measures = {
        "cosine": lambda a, b: 1 - sum(x * y for x, y in zip(a, b)) / (size(a) * size(b)),
        "L1": lambda a, b: sum(abs(x - y) for x, y in zip(a, b)),
        "L2": lambda a, b: sum((x - y) ** 2 for x, y in zip(a, b)) ** 0.5,
        "Linf": lambda a, b: max(abs(x - y) for x, y in zip(a, b)),
    }
    return [measures[distance_metric](query_embedding, embedding) for embedding in embeddings]
""",
    "indices_of_nearest_neighbors_from_distances": """\
def indices_of_nearest_neighbors_from_distances(distances):
    return sorted(range(len(distances)), key=lambda i: distances[i])
""",
}
