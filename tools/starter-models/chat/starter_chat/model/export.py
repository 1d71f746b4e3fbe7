"""The trained model as llama.cpp loads it: tensors under its names, tokenizer and chat template included."""
import numpy as np
from torch import Tensor

from starter_chat.model.chat_template import CHAT_TEMPLATE
from starter_chat.model.gguf import ALIGNMENT, BOOL, F32, I32, STRING, U32, Metadata, write_gguf
from starter_chat.model.shape import ModelShape
from starter_chat.model.transformer import Model
from starter_chat.tokenizer.pieces import BOS_ID, IM_END_ID, PADDING_ID, UNKNOWN_ID, Piece

MOSTLY_F16 = 1      # general.file_type


def export_gguf(path: str, model: Model, pieces: list[Piece], note: str) -> None:
    """`note` ends the file's description."""
    write_gguf(path, _metadata(model.shape, pieces, note), _tensors(model))


def _metadata(shape: ModelShape, pieces: list[Piece], note: str) -> Metadata:
    return [
        ("general.architecture", STRING, "llama"),
        ("general.name", STRING, "starter-chat"),
        ("general.type", STRING, "model"),
        ("general.description", STRING,
         "Tiny chat model for tests, trained from scratch on generated text. " + note),
        ("general.file_type", U32, MOSTLY_F16),
        ("general.alignment", U32, ALIGNMENT),
        ("general.languages", STRING, ["en", "fr", "ru"]),
        ("llama.context_length", U32, shape.context),
        ("llama.embedding_length", U32, shape.width),
        ("llama.block_count", U32, shape.layers),
        ("llama.feed_forward_length", U32, shape.ffn),
        ("llama.attention.head_count", U32, shape.heads),
        ("llama.attention.head_count_kv", U32, shape.kv_heads),
        ("llama.attention.layer_norm_rms_epsilon", F32, shape.norm_epsilon),
        ("llama.rope.dimension_count", U32, shape.head_width),
        ("llama.rope.freq_base", F32, shape.rope_base),
        ("llama.vocab_size", U32, len(pieces)),
        ("tokenizer.ggml.model", STRING, "llama"),
        ("tokenizer.ggml.pre", STRING, "default"),
        ("tokenizer.ggml.tokens", STRING, [piece.text for piece in pieces]),
        ("tokenizer.ggml.scores", F32, [piece.score for piece in pieces]),
        ("tokenizer.ggml.token_type", I32, [piece.kind for piece in pieces]),
        ("tokenizer.ggml.bos_token_id", U32, BOS_ID),
        ("tokenizer.ggml.eos_token_id", U32, IM_END_ID),
        ("tokenizer.ggml.eot_token_id", U32, IM_END_ID),
        ("tokenizer.ggml.unknown_token_id", U32, UNKNOWN_ID),
        ("tokenizer.ggml.padding_token_id", U32, PADDING_ID),
        ("tokenizer.ggml.add_bos_token", BOOL, False),
        ("tokenizer.ggml.add_eos_token", BOOL, False),
        ("tokenizer.ggml.add_space_prefix", BOOL, False),
        ("tokenizer.chat_template", STRING, CHAT_TEMPLATE),
    ]


def _tensors(model: Model) -> dict[str, np.ndarray]:
    """Tensors by llama.cpp's names, float32, for RMS norm and interleaved RoPE."""
    shape = model.shape
    kv_width = shape.kv_heads * shape.head_width
    embeddings = _array(model.emb)
    tensors = {
        "token_embd.weight": embeddings - embeddings.mean(1, keepdims=True),
        "output_norm.weight": _array(model.norm),
    }
    for i, block in enumerate(model.blocks):
        q, k, v = np.split(_array(block.qkv.weight), [shape.width, shape.width + kv_width])
        gate, up = np.split(_array(block.gate_up.weight), [shape.ffn])
        tensors.update({
            f"blk.{i}.attn_norm.weight": _array(block.norm1),
            f"blk.{i}.ffn_norm.weight": _array(block.norm2),
            f"blk.{i}.attn_q.weight": _interleaved(q, shape.heads),
            f"blk.{i}.attn_k.weight": _interleaved(k, shape.kv_heads),
            f"blk.{i}.attn_v.weight": v,
            f"blk.{i}.attn_output.weight": _centred(_array(block.wo.weight)),
            f"blk.{i}.ffn_gate.weight": gate,
            f"blk.{i}.ffn_up.weight": up,
            f"blk.{i}.ffn_down.weight": _centred(_array(block.down.weight)),
        })
    return tensors


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().cpu().float().numpy()


def _interleaved(weight: np.ndarray, heads: int) -> np.ndarray:
    """Rows of each head in the order (first half, second half) -> in the order of pairs (2 i, 2 i + 1)."""
    rows, columns = weight.shape
    halves = weight.reshape(heads, 2, rows // heads // 2, columns)
    return halves.transpose(0, 2, 1, 3).reshape(rows, columns)


def _centred(weight: np.ndarray) -> np.ndarray:
    """What is added to the residual stream, with its mean over the stream's width taken out."""
    return weight - weight.mean(0, keepdims=True)
