"""How this process trains on a CPU: threads, memory, seed and the time it may take. Import it before torch."""
import os
import random
import sys
import time

# glibc gives big tensors back to the system after every step and asks again; the page faults cost more than the sums.
ALLOCATOR = {"MALLOC_TRIM_THRESHOLD_": "8589934592", "MALLOC_MMAP_THRESHOLD_": "8589934592"}


def prepare(threads: int = 1) -> None:
    """Starts this process again with the allocator's settings, once, and sets torch's threads."""
    if any(os.environ.get(name) != value for name, value in ALLOCATOR.items()):
        os.environ.update(ALLOCATOR)
        os.environ["OMP_NUM_THREADS"] = str(threads)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    import torch

    torch.set_num_threads(threads)


def seed_all(seed: int) -> None:
    import numpy
    import torch

    random.seed(seed)
    numpy.random.seed(seed)
    torch.manual_seed(seed)


class Budget:
    """The minutes a training run may take, in processor time of one thread: waiting for a core costs nothing."""

    def __init__(self, minutes: float, threads: int = 1) -> None:
        self.seconds = minutes * 60 * threads
        self.started = time.process_time()

    def used(self) -> float:
        """How much is used up, 0 to 1."""
        return min(1.0, (time.process_time() - self.started) / self.seconds)

    def spent(self) -> bool:
        return self.used() >= 1.0
