"""Other gateways that the reader has installed, for their rows in bench/gateway.py."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

KEY = "sk-bench"


def peers(folder: Path, port: int, upstream: int) -> dict[str, tuple[list[str], dict[str, str], str, str, str]]:
    """Other gateways that the reader has: command, environment, headers, model, path that answers when it is ready."""
    found = {}
    if litellm := shutil.which("litellm"):
        (folder / "litellm.yaml").write_text(
            f"model_list:\n- model_name: mock\n  litellm_params: {{model: openai/mock, "
            f"api_base: 'http://127.0.0.1:{upstream}/v1', api_key: sk-x}}\n"
            f"general_settings: {{master_key: {KEY}}}\nlitellm_settings: {{telemetry: false}}\n"
        )
        words = [litellm, "--config", str(folder / "litellm.yaml"), "--host", "127.0.0.1", "--port", str(port)]
        env = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION", "LITELLM_LOG": "ERROR"}
        found["LiteLLM"] = (words, env, "", "mock", "/health/liveliness")
    if ferrogw := shutil.which("ferrogw"):
        (folder / "ferrogw.yaml").write_text("strategy:\n  mode: single\ntargets:\n  - virtual_key: openai\n")
        env = {
            "OPENAI_API_KEY": "sk-x",
            "OPENAI_BASE_URL": f"http://127.0.0.1:{upstream}",
            "GATEWAY_CONFIG": str(folder / "ferrogw.yaml"),
            "MASTER_KEY": KEY,
            "PORT": str(port),
            "LOG_LEVEL": "error",
            "RATE_LIMIT_RPS": "1000000",
            "RATE_LIMIT_BURST": "1000000",
        }
        found["ferrogw"] = ([ferrogw, "serve"], env, "", "gpt-4o", "")
    portkey, node = os.environ.get("BENCH_PORTKEY", ""), shutil.which("node")
    if portkey and node:
        headers = f"x-portkey-provider: openai\r\nx-portkey-custom-host: http://127.0.0.1:{upstream}/v1\r\n"
        env = {"NODE_ENV": "production", "TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost"}
        found["Portkey"] = ([node, portkey, f"--port={port}", "--headless"], env, headers, "mock", "")
    return found
