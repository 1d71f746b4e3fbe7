"""One training run: its budget, its learning rate, its checkpoints and its log."""
import math
from pathlib import Path

import torch
from torch import nn

from common.process import Budget

SAVE_EVERY = 200  # steps


class Run:
    """Progress over the budget, from 0 to 1, across restarts."""

    def __init__(
        self, path: Path, models: dict[str, nn.Module], optimizer: torch.optim.Optimizer, minutes: float, resume: bool
    ) -> None:
        """`models["model"]` is the one that learns."""
        self.path, self.models, self.optimizer = path, models, optimizer
        self.done, self.step = 0.0, 0
        if resume and path.exists():
            state = torch.load(path)
            for name, part in self._parts().items():
                part.load_state_dict(state[name])
            self.done, self.step = state["done"], state["step"]
        self.budget = Budget(minutes * (1 - self.done))

    def _parts(self) -> dict:
        return {**self.models, "optimizer": self.optimizer}

    def progress(self) -> float:
        left = 1 - self.done
        return self.done + left * self.budget.used() if left > 0 else 1.0

    def goes_on(self, peak_rate: float, warm_up: int) -> bool:
        """Sets the next step's rate: a linear rise, then half a cosine down to zero at the budget's end."""
        progress = self.progress()
        rate = peak_rate * min(1.0, (self.step + 1) / warm_up) * (0.5 + 0.5 * math.cos(math.pi * progress))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        return progress < 1

    def descend(self, loss: torch.Tensor) -> None:
        """One step of the optimiser; saves now and then."""
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.models["model"].parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        if self.step % SAVE_EVERY == 0:
            self.save()

    def save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        state = {name: part.state_dict() for name, part in self._parts().items()}
        torch.save({**state, "done": self.progress(), "step": self.step}, self.path.with_suffix(".part"))
        self.path.with_suffix(".part").replace(self.path)


class Log:
    """Prints the means of what it is given."""

    def __init__(self, title: str, every: int) -> None:
        self.title, self.every = title, every
        self.values: dict[str, list[float]] = {}

    def add(self, run: Run, **values: torch.Tensor) -> None:
        """Each value is a number or a list of them."""
        for name, value in values.items():
            self.values.setdefault(name, []).extend(value.detach().flatten().tolist())
        if run.step % self.every == 0:
            means = ", ".join(f"{name} {sum(all_) / max(1, len(all_)):.4f}" for name, all_ in self.values.items())
            print(f"{self.title} step {run.step}: {means}, used {run.progress():.3f}", flush=True)
            self.values.clear()
