"""Reads the exported graphs back into the training modules, so that training can go on without its checkpoints.

The exporter keeps most parameters' names. It folds the others into constants without a name of use, but names the node
that uses each after the module: `/condition/readout/key/MatMul` multiplies with the transposed weight of
`condition.readout.key`, `/down.0/norm/Mul` with the weight of `down.0.norm`.
"""
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper

from image.autoencoder import Autoencoder
from image.models.diffusion import Diffusion
from image.paths import EXPORTED

ROLES = {"MatMul": "weight", "Mul": "weight", "Add": "bias", "Conv": "weight"}


def load_diffusion(model: Diffusion, folder: Path = EXPORTED) -> None:
    """Parts that the exported graphs do not have keep their first values."""
    load_graph(model.unet, folder / "unet" / "model.onnx")
    load_graph(model.text_encoder, folder / "text_encoder" / "model.onnx")


def load_autoencoder(model: Autoencoder, folder: Path = EXPORTED) -> None:
    load_graph(model.decoder, folder / "vae_decoder" / "model.onnx")
    load_graph(model.encoder, folder / "vae_encoder" / "model.onnx")
    # The exported normalisation is folded into the convolution before it, so here it must change nothing.
    model.encoder.unit.running_mean.zero_()
    model.encoder.unit.running_var.fill_(1 - model.encoder.unit.eps)


def load_graph(module: torch.nn.Module, path: Path) -> None:
    parameters = dict(module.named_parameters())
    missing = set(parameters)
    for name, value in read_parameters(path, set(parameters)):
        if name not in missing:
            continue
        parameters[name].data.copy_(value.reshape(parameters[name].shape))
        missing.remove(name)
    print(f"{path.parent.name}: {len(parameters) - len(missing)} parameters read, new: {', '.join(sorted(missing))}")


def read_parameters(path: Path, known: set[str]):
    """(name, value) of each constant in the graph that is a parameter."""
    graph = onnx.load(str(path)).graph
    constants = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in graph.initializer}
    for name in known & constants.keys():
        yield name, constants.pop(name)
    for node in graph.node:
        for position, name in enumerate(node.input):
            if name not in constants or node.op_type not in ROLES:
                continue
            role = "bias" if node.op_type == "Conv" and position == 2 else ROLES[node.op_type]
            value = constants[name].t() if node.op_type == "MatMul" else constants[name]
            if f"{module_of(node.name)}.{role}" in known:
                yield f"{module_of(node.name)}.{role}", value


def module_of(node: str) -> str:
    """`/blocks.0/feed/feed.0/MatMul` to `blocks.0.feed.0`: a module in a list repeats the list's name."""
    parts = node.split("/")[1:-1]
    return ".".join(part for part, after in zip(parts, [*parts[1:], ""]) if not after.startswith(part + "."))
