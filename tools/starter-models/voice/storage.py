"""Smaller ONNX files: weights kept in 8 bits, other constants in 16, made float32 again when the model is loaded.

Only storage: the runtime folds these nodes away before the first run, so sums are done in float32 throughout.
"""
import numpy as np
import onnx
from onnx import helper, numpy_helper

SMALLEST = 2048  # numbers: below it, nothing is gained
OUTPUT_AXIS = {"Conv": 0, "MatMul": 1}  # of a weight, by what it is used in
KEPT_PRECISE = "vocoder."  # its matrices are transforms, not learned weights


def compress(model: onnx.ModelProto) -> None:
    graph = model.graph
    axes = {node.input[1]: OUTPUT_AXIS[node.op_type] for node in graph.node if node.op_type in OUTPUT_AXIS}
    restoring: list[onnx.NodeProto] = []
    for stored in list(graph.initializer):
        values = numpy_helper.to_array(stored)
        if stored.data_type != onnx.TensorProto.FLOAT or values.size < SMALLEST:
            continue
        graph.initializer.remove(stored)
        if stored.name in axes and not stored.name.startswith(KEPT_PRECISE):
            restoring += _in_8_bits(graph, stored.name, values, axes[stored.name])
        else:
            restoring += _in_16_bits(graph, stored.name, values)
    nodes = restoring + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)


def _in_8_bits(graph: onnx.GraphProto, name: str, values: np.ndarray, axis: int) -> list[onnx.NodeProto]:
    """One scale for each output channel."""
    others = tuple(i for i in range(values.ndim) if i != axis)
    scale = np.maximum(np.abs(values).max(others, keepdims=True) / 127.0, 1e-12).astype(np.float32)
    small, scales, restored = f"{name}.int8", f"{name}.scale", f"{name}.float"
    graph.initializer.append(numpy_helper.from_array(np.rint(values / scale).astype(np.int8), small))
    graph.initializer.append(numpy_helper.from_array(scale, scales))
    return [
        helper.make_node("Cast", [small], [restored], to=onnx.TensorProto.FLOAT),
        helper.make_node("Mul", [restored, scales], [name]),
    ]


def _in_16_bits(graph: onnx.GraphProto, name: str, values: np.ndarray) -> list[onnx.NodeProto]:
    small = f"{name}.float16"
    graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), small))
    return [helper.make_node("Cast", [small], [name], to=onnx.TensorProto.FLOAT)]
