"""Reads the exported graphs back into the modules they were made of, so that training can go on without a checkpoint.

The export folds batch norm into the convolutions; `load_exported` takes it apart again with pictures' statistics.
"""
import json
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from vision.model import VisionModel
from vision.tokenizer import Tokenizer

GRAPHS = {"vision_encoder": "encoder", "decoder_model_merged": "decoder"}


def exported_tokenizer(folder: Path) -> Tokenizer:
    merges = json.loads((folder / "tokenizer.json").read_text())["model"]["merges"]
    return Tokenizer([tuple(pair) for pair in merges])


def load_exported(model: VisionModel, folder: Path, pictures: Tensor) -> None:
    """Everything but the auxiliary heads, which are not exported. The model computes what the graphs compute."""
    weights: dict[str, Tensor] = {}
    for name, part in GRAPHS.items():
        weights |= _weights(onnx.load(str(folder / "onnx" / f"{name}.onnx")).graph, part)
    embedding = onnx.load(str(folder / "onnx" / "embed_tokens.onnx")).graph.initializer[0]
    weights["decoder.embedding.weight"] = _tensor(embedding)
    del weights["decoder.weight"]  # the output layer, which is the embedding again
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert not unexpected, f"not in the model: {unexpected}"
    left = [name for name in missing if name.split(".")[0] in GRAPHS.values() and not _is_batch_norm(model, name)]
    assert not left, f"not in the graphs: {left}"
    folded = {name: bias for name, bias in weights.items() if _is_batch_norm(model, name)}
    _measure(model, folded, pictures)


def _weights(graph: onnx.GraphProto, part: str) -> dict[str, Tensor]:
    """By parameter name. Constants that the exporter has renamed are known by the node that uses them."""
    constants = {constant.name: constant for constant in graph.initializer}
    found = {}
    for node in graph.node:
        for place, name in enumerate(node.input):
            if name not in constants:
                continue
            value = _tensor(constants[name])
            if node.op_type == "Conv":
                owner = _module(node.name)
                # A convolution's bias is what is left of the batch norm that stood behind it.
                found[f"{owner}.weight" if place == 1 else f"{owner[:-1]}1.bias"] = value
            elif node.op_type == "MatMul":
                owner = _module(node.name)
                found[f"{owner}.weight" if owner else f"{part}.weight"] = value.t()
            else:
                found[name] = value
    return found


def _module(node: str) -> str:
    """`/encoder/convolutions/convolutions.3/first/first.0/Conv` to `encoder.convolutions.3.first.0`."""
    path: list[str] = []
    for step in node.strip("/").split("/")[:-1]:
        # A step into a list repeats the list's name: `convolutions`, then `convolutions.3`.
        path = [*path[:-1], step] if path and step.startswith(path[-1] + ".") else [*path, step]
    return ".".join(path)


def _tensor(constant: onnx.TensorProto) -> Tensor:
    return torch.from_numpy(numpy_helper.to_array(constant).copy())


def _is_batch_norm(model: VisionModel, name: str) -> bool:
    owner = name.rpartition(".")[0]
    return isinstance(model.get_submodule(owner), nn.BatchNorm2d)


@torch.no_grad()
def _measure(model: VisionModel, biases: dict[str, Tensor], pictures: Tensor) -> None:
    """Gives every batch norm the statistics it would have had, with a scale that undoes them in evaluation."""
    norms = [(model.get_submodule(name.rpartition(".")[0]), bias) for name, bias in biases.items()]
    for norm, bias in norms:
        norm.running_mean.zero_(), norm.running_var.fill_(1 - norm.eps)
        norm.weight.fill_(1.0), norm.bias.copy_(bias)
    seen: dict[nn.Module, Tensor] = {}
    hooks = [norm.register_forward_pre_hook(lambda norm, inputs: seen.update({norm: inputs[0]})) for norm, _ in norms]
    model.encoder.eval()
    model.encoder(pictures)
    model.encoder.train()
    for hook in hooks:
        hook.remove()
    for norm, bias in norms:
        variance, mean = torch.var_mean(seen[norm], (0, 2, 3))
        norm.running_mean.copy_(mean), norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt()), norm.bias.copy_(bias + mean)
