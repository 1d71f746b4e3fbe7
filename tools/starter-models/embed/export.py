"""Writes `models/starter/starter-embed/`: the ONNX file, the configuration and the tokenizer.

    python3 -m embed.export
"""
import json

import onnx
import torch

from embed.network import Encoder
from embed.settings import EXPORT, Shape
from embed.tokenizer.files import special_tokens_map, tokenizer_config, tokenizer_json
from embed.tokenizer.wordpiece import PAD
from embed.train import CHECKPOINT

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
OUTPUT = "last_hidden_state"
OPSET = 14


def main() -> None:
    state = torch.load(CHECKPOINT)
    shape = Shape(**state["shape"])
    encoder = Encoder(shape)
    encoder.load_state_dict(state["encoder"])
    (EXPORT / "onnx").mkdir(parents=True, exist_ok=True)
    export_onnx(encoder.eval())
    _write_json("config.json", bert_config(shape))
    _write_json("tokenizer.json", tokenizer_json(state["pieces"]))
    _write_json("tokenizer_config.json", tokenizer_config(shape.max_position_embeddings))
    _write_json("special_tokens_map.json", special_tokens_map())
    size = sum(path.stat().st_size for path in EXPORT.rglob("*") if path.is_file())
    print(f"wrote {EXPORT}: {size} bytes, step {state['step']}, {state['done']:.0%} of its training")


def export_onnx(encoder: Encoder) -> None:
    path = EXPORT / "onnx/model.onnx"
    example = torch.ones(2, 7, dtype=torch.long)
    axes = {0: "batch_size", 1: "sequence_length"}
    torch.onnx.export(
        encoder, (example, example, example * 0), str(path), input_names=INPUTS, output_names=[OUTPUT],
        dynamic_axes={name: axes for name in [*INPUTS, OUTPUT]}, opset_version=OPSET,
    )
    onnx.checker.check_model(str(path))
    # The exporter drops inputs that the graph does not use, and transformers.js feeds all three.
    assert [node.name for node in onnx.load(str(path)).graph.input] == INPUTS


def bert_config(shape: Shape) -> dict[str, object]:
    return {
        "architectures": ["BertModel"], "model_type": "bert", "vocab_size": shape.vocab_size,
        "hidden_size": shape.hidden_size, "num_hidden_layers": shape.num_hidden_layers,
        "num_attention_heads": shape.num_attention_heads, "intermediate_size": shape.intermediate_size,
        "max_position_embeddings": shape.max_position_embeddings, "type_vocab_size": shape.type_vocab_size,
        "hidden_act": "gelu", "position_embedding_type": "rotary", "pad_token_id": PAD,
    }


def _write_json(name: str, content: object) -> None:
    (EXPORT / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
