"""The process that training runs in. Imports no torch: the settings have to be there before torch is loaded."""
import os
import re
import sys

MEMORY_SETTINGS = {
    "MALLOC_MMAP_THRESHOLD_": "8589934592",
    "MALLOC_TRIM_THRESHOLD_": "17179869184",
    "MALLOC_TOP_PAD_": "268435456",
    "MALLOC_ARENA_MAX": "1",
}
TUNED = "STARTER_TUNED"


def cpu_flags() -> set[str]:
    """What the CPU can do, as Linux names it; empty where that is not known."""
    try:
        with open("/proc/cpuinfo") as file:
            flags = re.search(r"^flags\s*:(.*)$", file.read(), re.MULTILINE)
    except OSError:
        return set()
    return set(flags[1].split()) if flags else set()


def restart_tuned(flags: set[str]) -> None:
    """Start over with an allocator that keeps its memory: four times faster here, no page faults per tensor."""
    if os.environ.get(TUNED) == "1":
        return
    settings = {**MEMORY_SETTINGS, TUNED: "1"}
    if "avx512f" in flags:
        settings["ATEN_CPU_CAPABILITY"] = "avx512"
    os.execve(sys.executable, [sys.executable] + sys.argv, {**os.environ, **settings})
