"""Requests in OpenAI's words, as hypothesis makes them up."""

from hypothesis import strategies as st

ROLES = st.sampled_from(["system", "developer", "user", "assistant"])
TEXTS = st.text(alphabet="ab json", max_size=12)
PARTS = st.one_of(
    st.builds(lambda t: {"type": "text", "text": t}, TEXTS),
    st.just({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}),
)
MESSAGES = st.lists(
    st.one_of(
        st.builds(lambda r, t: {"role": r, "content": t}, ROLES, TEXTS),
        st.builds(lambda r, t: {"role": r, "content": t, "name": "n"}, ROLES, TEXTS),
        st.builds(lambda p: {"role": "user", "content": p}, st.lists(PARTS, max_size=3)),
    ),
    min_size=1,
    max_size=5,
)
TOOL = {"type": "function", "function": {"name": "f", "strict": True, "parameters": {"type": "object"}}}
REQUESTS = st.builds(
    lambda messages, more: {"model": "m", "messages": messages, **more},
    MESSAGES,
    st.fixed_dictionaries(
        {},
        optional={
            "temperature": st.one_of(st.integers(0, 2), st.floats(0, 2)),
            "top_p": st.floats(0, 1),
            "n": st.integers(1, 5),
            "max_tokens": st.integers(1, 9000),
            "max_completion_tokens": st.integers(1, 9000),
            "frequency_penalty": st.floats(-2, 2),
            "presence_penalty": st.floats(-2, 2),
            "logit_bias": st.just({"1": 5}),
            "logprobs": st.booleans(),
            "seed": st.integers(),
            "stop": st.one_of(TEXTS, st.lists(TEXTS, max_size=4)),
            "stream": st.booleans(),
            "stream_options": st.just({"include_usage": True}),
            "response_format": st.sampled_from(
                [
                    {"type": "text"},
                    {"type": "json_object"},
                    {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}},
                ]
            ),
            "tools": st.just([TOOL]),
            "tool_choice": st.sampled_from(
                ["none", "auto", "required", {"type": "function", "function": {"name": "f"}}]
            ),
            "parallel_tool_calls": st.booleans(),
            "reasoning_effort": st.sampled_from(["none", "minimal", "low", "medium", "high", "xhigh", "odd"]),
            "user": TEXTS,
            "service_tier": st.just("auto"),
        },
    ),
)
