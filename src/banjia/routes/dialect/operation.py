"""Operation: the closed vocabulary in which a provider file says how its dialect departs from OpenAI's.

Every class is one operation, named by `op` in the file. They hold data only; the sibling modules apply them.
"""

from __future__ import annotations

from typing import Any, Literal

from banjia.routes.record import Evident, Record
from banjia.text import Text

Loss = Literal["none", "soft", "hard"]
Upstream = Literal["refuses", "ignores", "unknown"]


class Test(Record, rename={"is_": "is", "not_": "not"}, frozen=True, kw_only=True):
    """One test on a request; all that is stated must hold.

    `path` has dots and `[]` for every item of a list. `thinking` tests whether the model would think on this request.
    """

    __test__ = False

    path: str = ""
    is_: tuple[Any, ...] = ()
    not_: tuple[Any, ...] = ()
    present: bool | None = None
    kind: Literal["object", "array", "string", "number"] | None = None
    above: float | None = None
    below: float | None = None
    lacks_word: str = ""  # no message text holds this word, whatever the case
    thinking: bool | None = None


class Op(Evident, tag_field="op", frozen=True, kw_only=True):
    """What every operation may say beside its own arguments."""

    on: tuple[str, ...] = ("chat",)  # chat, completions, embeddings, responses
    models: tuple[str, ...] = ()  # globs; facts per model beat facts per provider on the same field
    bases: tuple[str, ...] = ()  # globs of base URLs on which alone it acts; such a fact beats those for all bases
    when: tuple[Test, ...] = ()
    loss: Loss | None = None  # None: what the class says
    upstream: Upstream = "unknown"  # what the vendor does with the untouched request
    note: Text | None = None


# ---- request: parameters


class Rename(Op, tag="rename", frozen=True, kw_only=True):
    field: str
    to: str


class Drop(Op, tag="drop", frozen=True, kw_only=True):
    field: str
    same_as_absent: tuple[Any, ...] = ()  # values that say nothing: dropped without a warning


class Clamp(Op, tag="clamp", frozen=True, kw_only=True):
    """Keeps a number inside a range, or a list or object within `max_items` entries."""

    field: str
    min: float | None = None
    max: float | None = None
    min_open: bool = False
    max_open: bool = False
    nudge: float = 0.01
    max_items: int | None = None


class Scale(Op, tag="scale", frozen=True, kw_only=True):
    field: str
    source: tuple[float, float]
    target: tuple[float, float]


class Fix(Op, tag="fix", frozen=True, kw_only=True):
    """The vendor takes one value only; a field that is absent stays absent."""

    field: str
    value: Any


class Default(Op, tag="default", frozen=True, kw_only=True):
    """Sends OpenAI's default where the vendor's own differs."""

    field: str
    value: Any


class MapValue(Op, tag="map_value", frozen=True, kw_only=True):
    """`object` as a key stands for any object; a single value where a list is wanted is wrapped by `wrap`."""

    field: str
    map: dict[str, Any] = {}  # noqa: RUF012  (msgspec copies empty defaults)
    wrap: bool = False


class Reject(Op, tag="reject", frozen=True, kw_only=True):
    field: str
    unless: tuple[Any, ...] = ()
    status: int = 400
    code: str = "unsupported_parameter"
    message: Text | None = None


class Fanout(Op, tag="fanout", frozen=True, kw_only=True):
    """More than `max` answers are had by several calls."""

    field: str = "n"
    max: int = 1


class Inject(Op, tag="inject", frozen=True, kw_only=True):
    path: str
    value: Any


class Conditional(Op, tag="conditional", frozen=True, kw_only=True):
    then: tuple[RequestOp, ...] = ()
    otherwise: tuple[RequestOp, ...] = ()


# ---- request: messages and tools


class RoleRewrite(Op, tag="role_rewrite", frozen=True, kw_only=True):
    map: dict[str, str]


class MergeSystem(Op, tag="merge_system", frozen=True, kw_only=True):
    """Several system messages become one at the head, or text before the first user message."""

    position: Literal["head", "first-user"] = "head"


class EnsureMessage(Op, tag="ensure_message", frozen=True, kw_only=True):
    """At least one message of that role; `always` adds it beside those that are there."""

    role: str
    content: str = ""
    always: bool = False


class FlattenParts(Op, tag="flatten_parts", frozen=True, kw_only=True):
    """A list of text parts becomes a string; a message with other parts is left alone."""

    join: str = "\n"
    roles: tuple[str, ...] = ()


class PartRewrite(Op, tag="part_rewrite", frozen=True, kw_only=True):
    part: str
    action: Literal["reject", "drop", "data-uri", "bare-base64", "set"]
    set: dict[str, Any] = {}  # noqa: RUF012  (paths inside the part, filled where absent)
    message: Text | None = None


class StripField(Op, tag="strip_field", frozen=True, kw_only=True):
    fields: tuple[str, ...]  # paths, as `messages[].name`


class SchemaRewrite(Op, tag="schema_rewrite", frozen=True, kw_only=True):
    """Rewrites tool schemas and response_format schemas."""

    inline_defs: bool = False
    drop_strict: bool = False
    unsupported: tuple[str, ...] = ()


# ---- request: reasoning


class ReasoningControl(Op, tag="reasoning_control", frozen=True, kw_only=True):
    """OpenAI's effort words as the vendor says them: each word is a set of paths to fill."""

    field: str = "reasoning_effort"
    efforts: dict[str, dict[str, Any]] = {}  # noqa: RUF012
    off: dict[str, Any] | None = None  # None: it cannot be switched off
    on_by_default: bool = True
    token_allowance: int = 0  # added to a small cap where thinking stays on
    rounds: tuple[str, ...] = ()  # effort words that run as another strength than asked


class ReasoningReplay(Op, tag="reasoning_replay", frozen=True, kw_only=True):
    """Earlier assistant turns must carry their reasoning back; the gateway keeps it."""

    field: str = "reasoning_content"
    needed: Literal["with-tools", "always", "whole-message", "template"] = "with-tools"
    blank: str = ""  # what the vendor takes where none was kept; "": it takes none


class EmulateJsonSchema(Op, tag="emulate_json_schema", frozen=True, kw_only=True):
    base: Literal["json_object", "prompt"] = "json_object"


class EmulateTools(Op, tag="emulate_tools", frozen=True, kw_only=True): ...


class ForceTool(Op, tag="force_tool", frozen=True, kw_only=True):
    """A forced tool is asked for as `send`, or not at all; the gateway sees to it that it is called."""

    send: Literal["auto", "required", "absent"] = "auto"
    only_named: bool = False
    keep_one_tool: bool = False


class ForceStream(Op, tag="force_stream", frozen=True, kw_only=True): ...


# ---- request: embeddings


class BatchSplit(Op, tag="batch_split", frozen=True, kw_only=True):
    max_items: int | None = None
    max_tokens_per_item: int | None = None
    max_tokens_total: int | None = None


class EncodeBase64(Op, tag="encode_base64", frozen=True, kw_only=True):
    """The vendor answers with numbers; base64 is made at the gateway."""


class Detokenize(Op, tag="detokenize", frozen=True, kw_only=True):
    """The vendor takes text only; token ids are turned back with this vocabulary."""

    vocabulary: str = "cl100k_base"


class Dims(Op, tag="dims", frozen=True, kw_only=True):
    allowed: tuple[int, ...] = ()
    up_to: int | None = None
    default: int | None = None
    send: bool = True  # False: the vendor knows no such field; another width is refused


class VectorShape(Op, tag="vector_shape", frozen=True, kw_only=True):
    """Embeddings in the vendor's own form: where the texts go, and where vectors and tokens stand in its answer."""

    texts: str = "input"
    as_parts: bool = False  # each text as a part of content
    add: dict[str, Any] = {}  # noqa: RUF012
    vectors: str  # one vector, or a list of them
    tokens: str = ""


# ---- answers


class FieldMove(Op, tag="field_move", rename={"from_": "from"}, frozen=True, kw_only=True):
    """Inside a message or a delta. `as_list`: a single object becomes a list of one.

    `join`: of a list of objects the texts under that name become one text; the list itself stays, for the next turn.
    """

    from_: str
    to: str
    as_list: bool = False
    join: str = ""


class TagSplit(Op, tag="tag_split", frozen=True, kw_only=True):
    open: str = "<think>"
    close: str = "</think>"
    to: str = "reasoning_content"
    from_start: bool = False  # the prompt ended in the opening tag: an answer begins with thoughts


class FinishMap(Op, tag="finish_map", frozen=True, kw_only=True):
    """Finish reasons; those under `errors` mean that the answer broke off."""

    map: dict[str, str] = {}  # noqa: RUF012
    errors: tuple[str, ...] = ()


class ToolIndexRepair(Op, tag="tool_index_repair", frozen=True, kw_only=True):
    """Tool fragments come without a usable index or id; the usual form, which all answers get, puts that right."""


class UsageMove(Op, tag="usage_move", rename={"from_": "from"}, frozen=True, kw_only=True):
    """Usage that rides elsewhere becomes the last chunk, with empty choices, as OpenAI sends it."""

    from_: tuple[str, ...] = ("usage",)  # also `choices[0].usage`


class DropKeepalive(Op, tag="drop_keepalive", frozen=True, kw_only=True):
    """Comments between events and blank lines before a body."""


class FirstChunkRole(Op, tag="first_chunk_role", frozen=True, kw_only=True): ...


class EmptyChoices(Op, tag="empty_choices", frozen=True, kw_only=True):
    """Chunks without choices that carry neither usage nor an error: kept, or dropped as annotation."""

    policy: Literal["drop", "keep"] = "drop"


class ErrorIn200(Op, tag="error_in_200", frozen=True, kw_only=True):
    """A body that is an error although HTTP says 200."""

    path: str
    ok: tuple[Any, ...] = (0,)


# ---- errors


class Match(Record, rename={"not_": "not"}, frozen=True, kw_only=True):
    """Which error is meant; all that is stated must hold, one of each list."""

    http: tuple[int, ...] = ()
    code: tuple[str, ...] = ()
    code_prefix: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    message: tuple[str, ...] = ()  # parts of the message, whatever the case
    path: str = ""  # where a numeric code stands in the body
    value: tuple[int, ...] = ()
    not_: tuple[int, ...] = ()


class Canonical(Record, frozen=True, kw_only=True):
    """The error as OpenAI would send it."""

    http: int
    type: str
    code: str | None = None


class ErrorMap(Evident, frozen=True, kw_only=True):
    """An error of the vendor, what it is in OpenAI's words, and whether asking again can help."""

    when: Match
    to: Canonical
    retry: bool = False
    safety: bool = False  # a refusal by the vendor's content check
    note: Text | None = None


class Safety(Evident, frozen=True, kw_only=True):
    """How a refusal by content check looks on the wire."""

    signal: Text
    when: Literal["before-output", "during-output", "either"] = "either"


class SynthModels(Op, tag="synth_models", frozen=True, kw_only=True):
    """The vendor has no model list; the catalogue answers."""


class ModelAlias(Op, tag="model_alias", frozen=True, kw_only=True):
    """Names that the vendor answers with another model."""

    map: dict[str, str]


class Path(Op, tag="path", frozen=True, kw_only=True):
    """Paths that differ from OpenAI's, by operation, from the base URL on; `{model}` stands for the model name."""

    map: dict[str, str]


RequestOp = (
    Rename | Drop | Clamp | Scale | Fix | Default | MapValue | Reject | Fanout | Inject | Conditional | RoleRewrite
    | MergeSystem | EnsureMessage | FlattenParts | PartRewrite | StripField | SchemaRewrite | ReasoningControl
    | ReasoningReplay | EmulateJsonSchema | EmulateTools | ForceTool | ForceStream | BatchSplit | EncodeBase64
    | Detokenize | Dims | VectorShape
)  # fmt: skip
AnswerOp = (
    FieldMove | TagSplit | FinishMap | ToolIndexRepair | UsageMove | DropKeepalive | FirstChunkRole | EmptyChoices
    | ErrorIn200
)  # fmt: skip
CatalogueOp = SynthModels | ModelAlias | Path


class Dialect(Record, frozen=True, kw_only=True):
    """All departures of one provider. Order of work: messages and parameters as listed; answers in reverse."""

    request: tuple[RequestOp, ...] = ()
    answer: tuple[AnswerOp, ...] = ()
    errors: tuple[ErrorMap, ...] = ()
    safety: tuple[Safety, ...] = ()
    catalogue: tuple[CatalogueOp, ...] = ()
    supported: tuple[str, ...] = ()  # chat parameters the vendor lists as supported; () = not listed


DEFAULT_LOSS: dict[type, Loss] = {
    Drop: "soft", Clamp: "soft", Scale: "none", Fix: "soft", MapValue: "soft", Fanout: "hard", PartRewrite: "soft",
    EmulateJsonSchema: "hard", EmulateTools: "hard", ForceTool: "hard", Detokenize: "soft", Reject: "hard",
    MergeSystem: "soft", ForceStream: "none",
}  # fmt: skip


def loss_of(op: Op) -> Loss:
    """The loss a file states, or what the class of operation means."""
    if op.loss is None and isinstance(op, PartRewrite) and op.action in ("reject", "drop"):
        return "hard"
    return op.loss or DEFAULT_LOSS.get(type(op), "none")
