"""Which precision training computes in. Import it after torch's threads are set (`common.process.prepare`)."""
from pathlib import Path

import torch

CPU = Path("/proc/cpuinfo")
# torch 1.13 also computes in bfloat16 where the processor has no instructions for it, many times slower than in single.
HAS_BFLOAT16 = CPU.exists() and any(flag in CPU.read_text() for flag in ("avx512_bf16", "amx_bf16"))


def mixed() -> torch.autocast:
    """Half of the work in bfloat16 where that is faster, else single precision throughout."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=HAS_BFLOAT16)
