"""The three graphs that transformers.js expects of an Idefics3 model, around the trained modules."""
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from vision.decoder import Decoder
from vision.encoder import VisionEncoder
from vision.shape import HEAD_WIDTH, HEADS, LAYERS, SIDE, WIDTH

OPSET = 14
Axes = dict[str, dict[int, str]]


class VisionGraph(nn.Module):
    def __init__(self, encoder: VisionEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pixel_values: Tensor, pixel_attention_mask: Tensor) -> Tensor:
        """[batch, images, 3, SIDE, SIDE] to [batch * images, IMAGE_TOKENS, WIDTH]."""
        features = self.encoder(pixel_values.flatten(0, 1))
        # The mask changes nothing, but an input that is not used would be dropped from the graph.
        return features + 0.0 * pixel_attention_mask.flatten(0, 1).float().mean((1, 2)).view(-1, 1, 1)


class DecoderGraph(nn.Module):
    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(
        self,
        inputs_embeds: Tensor,
        attention_mask: Tensor,
        position_ids: Tensor,
        num_logits_to_keep: Tensor,
        *past: Tensor,
    ) -> tuple[Tensor, ...]:
        """`past` and what follows the logits are each layer's keys and values in turn; 0 logits to keep means all."""
        caches = list(zip(past[::2], past[1::2]))
        keys = torch.arange(attention_mask.shape[1])
        queries = torch.arange(inputs_embeds.shape[1]) + past[0].shape[2]
        earlier = (keys.unsqueeze(0) <= queries.unsqueeze(1)).unsqueeze(0).unsqueeze(0)
        visible = earlier & (attention_mask > 0).unsqueeze(1).unsqueeze(1)
        decoded = self.decoder(inputs_embeds, position_ids, visible, caches)
        logits = self.decoder.logits(decoded.states[:, -num_logits_to_keep:])
        return logits, *(tensor for cache in decoded.present for tensor in cache)


def export_embedding(embedding: nn.Embedding, path: Path) -> None:
    axes = {0: "batch_size", 1: "sequence_length"}
    _export(embedding, (torch.zeros(1, 5, dtype=torch.long),), path, {"input_ids": axes}, {"inputs_embeds": axes})


def export_vision(encoder: VisionEncoder, path: Path) -> None:
    axes = {0: "batch_size", 1: "num_images"}
    example = torch.randn(1, 2, 3, SIDE, SIDE), torch.ones(1, 2, SIDE, SIDE, dtype=torch.bool)
    inputs = {"pixel_values": axes, "pixel_attention_mask": axes}
    _export(VisionGraph(encoder), example, path, inputs, {"image_features": {0: "num_tiles"}})


def export_decoder(decoder: Decoder, path: Path) -> None:
    """Also the first step runs through this one graph, with a cache of length zero."""
    names = [f"{layer}.{part}" for layer in range(LAYERS) for part in ("key", "value")]
    batch, past, new = 2, 3, 4
    example = (
        torch.randn(batch, new, WIDTH),
        torch.ones(batch, past + new, dtype=torch.long),
        torch.arange(past, past + new).repeat(batch, 1),
        torch.tensor(1),
        *(torch.randn(batch, HEADS, past, HEAD_WIDTH) for _ in names),
    )
    tokens, every = {0: "batch_size", 1: "sequence_length"}, {0: "batch_size", 1: "total_sequence_length"}
    inputs = {"inputs_embeds": tokens, "attention_mask": every, "position_ids": tokens, "num_logits_to_keep": {}}
    inputs |= {f"past_key_values.{name}": {0: "batch_size", 2: "past_sequence_length"} for name in names}
    outputs = {"logits": {0: "batch_size", 1: "logits_length"}}
    outputs |= {f"present.{name}": {0: "batch_size", 2: "total_sequence_length"} for name in names}
    _export(DecoderGraph(decoder), example, path, inputs, outputs)


def _export(module: nn.Module, example: tuple[Tensor, ...], path: Path, inputs: Axes, outputs: Axes) -> None:
    torch.onnx.export(
        module.eval(),
        example,
        path,
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_axes={**inputs, **outputs},
        opset_version=OPSET,
    )
    onnx.checker.check_model(str(path))
    found = [value.name for value in onnx.load(path).graph.input]
    assert found == list(inputs), f"{path.name} has the inputs {found}"
