"""Writes GGUF version 3 files."""
import struct

import numpy as np

# types of metadata values
U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
STRUCT_FORMATS = {U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}
# types of tensors
TENSOR_F32, TENSOR_F16 = 0, 1

ALIGNMENT = 32      # bytes

# key, type, value; a list is written as an array of that type
Metadata = list[tuple[str, int, object]]


def write_gguf(path: str, metadata: Metadata, tensors: dict[str, np.ndarray]) -> None:
    """Matrices are stored as F16, vectors as F32."""
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(metadata))
    for key, kind, value in metadata:
        head += _value(STRING, key)
        if isinstance(value, list):
            head += struct.pack("<IIQ", ARRAY, kind, len(value)) + b"".join(_value(kind, item) for item in value)
        else:
            head += struct.pack("<I", kind) + _value(kind, value)
    blobs, offset = [], 0
    for name, tensor in tensors.items():
        is_matrix = tensor.ndim > 1
        head += _value(STRING, name) + struct.pack("<I", tensor.ndim)
        # GGUF names the fastest varying dimension first, numpy last.
        head += struct.pack(f"<{tensor.ndim}Q", *reversed(tensor.shape))
        head += struct.pack("<IQ", TENSOR_F16 if is_matrix else TENSOR_F32, offset)
        blob = _padded(np.ascontiguousarray(tensor, dtype="<f2" if is_matrix else "<f4").tobytes())
        blobs.append(blob)
        offset += len(blob)
    with open(path, "wb") as file:
        file.write(_padded(head))
        for blob in blobs:
            file.write(blob)


def _value(kind: int, value: object) -> bytes:
    if kind == STRING:
        text = value.encode("utf-8")
        return struct.pack("<Q", len(text)) + text
    return struct.pack(STRUCT_FORMATS[kind], value)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % ALIGNMENT)
