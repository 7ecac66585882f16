"""Save: the trained numbers as an ONNX file, its tables and weights held as int8, the vocabulary inside its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from network import DILATIONS, PAIRS, PRIME
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Numbers = NDArray[np.float32]


def save(params: Mapping[str, Numbers], vocabulary: Mapping[str, int], out: Path) -> None:
    graph = _Graph()
    chars, pair = "chars", "pairs"
    table, scale = graph.table("table", params["chars"])
    near, near_scale = graph.table("near", params["pairs"])
    for name, first, last in (("before", [0], [-1]), ("after", [1], [1 << 30])):
        graph.add("Slice", [pair, graph.whole(f"{name}_from", first), graph.whole(f"{name}_to", last),
                            graph.whole(f"{name}_axis", [1])], name)  # fmt: skip
    graph.add("DequantizeLinear", [graph.add("Gather", [table, chars], "c8"), scale], "c")
    graph.add("DequantizeLinear", [graph.add("Gather", [near, "before"], "b8"), near_scale], "b")
    graph.add("DequantizeLinear", [graph.add("Gather", [near, "after"], "a8"), near_scale], "a")
    graph.add("Concat", ["c", "b", "a"], "seen", axis=2)
    graph.add("Greater", [chars, graph.whole("zero", 0)], "is_char")
    graph.add("Cast", ["is_char"], "mask_row", to=TensorProto.FLOAT)
    graph.add("Unsqueeze", ["mask_row", graph.whole("mask_axis", [1])], "mask")
    graph.add("MatMul", ["seen", graph.weight("in", params["in"])], "in_0")
    graph.add("Add", ["in_0", graph.plain("in_bias", params["in_bias"])], "in_1")
    graph.add("Transpose", [graph.add("Relu", ["in_1"], "in_2")], "in_3", perm=[0, 2, 1])
    held = graph.add("Mul", ["in_3", "mask"], "held")
    for i, dilation in enumerate(DILATIONS):
        weight = graph.weight(f"w{i}", params[f"conv{i}"])
        bias = graph.plain(f"bias{i}", params[f"conv{i}_bias"])
        graph.add("Conv", [held, weight, bias], f"conv{i}", dilations=[dilation], pads=[dilation, dilation])
        graph.add("Add", [held, graph.add("Relu", [f"conv{i}"], f"relu{i}")], f"sum{i}")
        held = graph.add("Mul", [f"sum{i}", "mask"], f"held{i}")
    graph.add("Transpose", [held], "back", perm=[0, 2, 1])
    graph.add("MatMul", ["back", graph.weight("out", params["out"])], "out_0")
    graph.add("Add", ["out_0", graph.plain("out_bias", params["out_bias"])], "logits")
    inputs = [
        helper.make_tensor_value_info(chars, TensorProto.INT64, ["rows", "length"]),
        helper.make_tensor_value_info(pair, TensorProto.INT64, ["rows", "one_more"]),
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["rows", "length", "labels"])]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "tagger", inputs, outputs, graph.held),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )
    helper.set_model_props(model, {"vocabulary": "".join(vocabulary), "pairs": str(PAIRS), "prime": str(PRIME)})
    onnx.checker.check_model(model)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(model.SerializeToString())


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.held: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: list[str], name: str, **how: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], **how))
        return name

    def plain(self, name: str, numbers: NDArray[np.generic]) -> str:
        self.held.append(numpy_helper.from_array(numbers, name))
        return name

    def whole(self, name: str, number: int | list[int]) -> str:
        return self.plain(name, np.array(number, dtype=np.int64))

    def table(self, name: str, numbers: Numbers) -> tuple[str, str]:
        """An int8 table and the name of its scale; rows are read from it before they become numbers."""
        held, scale = _int8(numbers)
        return self.plain(name, held), self.plain(f"{name}_scale", scale)

    def weight(self, name: str, numbers: Numbers) -> str:
        held, scale = self.table(f"{name}_int8", numbers)
        return self.add("DequantizeLinear", [held, scale], name)


def _int8(numbers: Numbers) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    scale = np.float32(max(float(np.abs(numbers).max()), 1e-8) / 127)
    return np.clip(np.round(numbers / scale), -127, 127).astype(np.int8), np.array(scale, dtype=np.float32)
