"""A whole training run: vocabulary, training loop, GGUF file."""
import math
import os
import time
from dataclasses import asdict

import torch
from torch.nn import functional as F

from starter_chat.model.export import export_gguf
from starter_chat.model.transformer import Model
from starter_chat.tokenizer.tokenizer import Tokenizer
from starter_chat.training.accuracy import accuracy
from starter_chat.training.batches import batches, collate
from starter_chat.training.muon import Muon
from starter_chat.training.settings import TrainingSettings
from starter_chat.training.vocabulary import learn_tokenizer

WARM_UP_STEPS = 150
LEAST_LEARNING_RATE = 1e-6
LARGEST_GRADIENT_NORM = 1.0
INTERIM_SEED, INTERIM_CONVERSATIONS = 77, 250
FINAL_SEED, FINAL_CONVERSATIONS = 78, 1500


def train(settings: TrainingSettings) -> None:
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    vocabulary_file = os.path.join(os.path.dirname(os.path.abspath(settings.out)), "vocab.json")
    tokenizer = learn_tokenizer(settings.seed, settings.vocabulary, vocabulary_file)
    model = Model(settings.shape, len(tokenizer.pieces))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    print(f"{parameters / 1e6:.2f} M parameters, {'bf16' if settings.bf16 else 'f32'}", flush=True)
    run = _Run(settings, model, tokenizer)
    run.train()
    run.report(f"final {run.step} steps;", FINAL_SEED, FINAL_CONVERSATIONS)
    run.save_checkpoint()
    export_gguf(settings.out, model, tokenizer.pieces,
                f"seed {settings.seed}, {run.step} steps, {run.tokens_seen / 1e6:.1f} M tokens")
    print("wrote", settings.out, os.path.getsize(settings.out), "bytes", flush=True)


class _Run:
    def __init__(self, settings: TrainingSettings, model: Model, tokenizer: Tokenizer):
        self.settings = settings
        self.model = model
        self.tokenizer = tokenizer
        matrices = [parameter for parameter in model.blocks.parameters() if parameter.dim() > 1]
        in_blocks = matrices if settings.optimizer == "muon" else []
        self.muon = Muon(in_blocks)
        decayed = [model.emb] if in_blocks else [model.emb, *matrices]
        vectors = [parameter for parameter in model.parameters() if parameter.dim() == 1]
        self.adamw = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": .1}, {"params": vectors, "weight_decay": 0.}],
            lr=settings.learning_rate, betas=(.9, .95), eps=1e-8, foreach=True)
        self.data = batches(tokenizer, settings.seed + 1, settings.tokens, settings.shape.context)
        self.step = 0
        self.tokens_seen = 0
        self.losses: list[float] = []       # since the last line of the log

    def train(self) -> None:
        start = time.time()
        while (done := self._share_done(start)) < 1:
            learning_rate = self._learning_rate(done)
            self._take_step(learning_rate)
            if self.step % self.settings.log_every == 0:
                self._log(learning_rate, time.time() - start)
            if self.step % self.settings.eval_every == 0:
                self.report("   ", INTERIM_SEED, INTERIM_CONVERSATIONS)
                self.save_checkpoint()

    def _share_done(self, start: float) -> float:
        if self.settings.steps:
            return self.step / self.settings.steps
        return (time.time() - start) / (60 * self.settings.minutes)

    def _learning_rate(self, done: float) -> float:
        """Warm-up by steps, then a cosine down to almost nothing; `done` is the share of the run that lies behind."""
        warm_up = min(1, (self.step + 1) / WARM_UP_STEPS)
        return self.settings.learning_rate * warm_up * (.5 + .5 * math.cos(math.pi * done)) + LEAST_LEARNING_RATE

    def _take_step(self, learning_rate: float) -> None:
        for group in self.adamw.param_groups:
            group["lr"] = learning_rate
        for _ in range(self.settings.accumulate):
            ids, pick, target = collate(next(self.data))
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.settings.bf16):
                logits = self.model(ids, pick)
            loss = F.cross_entropy(logits.float(), target)
            (loss / self.settings.accumulate).backward()
            self.losses.append(float(loss))
            self.tokens_seen += ids.numel()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), LARGEST_GRADIENT_NORM)
        self.adamw.step()
        self.muon.step(learning_rate)
        # This leaves the gradients of Muon's matrices in place, to be added to at the next step and bounded by the
        # clipping: an oversight that the published weights were trained with, kept so that they can be reproduced.
        self.adamw.zero_grad(set_to_none=True)
        self.step += 1

    def _log(self, learning_rate: float, seconds: float) -> None:
        loss = sum(self.losses) / len(self.losses)
        self.losses.clear()
        print(f"step {self.step} loss {loss:.4f} lr {learning_rate:.5f} {self.tokens_seen / 1e6:.2f} M tokens "
              f"{self.tokens_seen / seconds:.0f} tok/s {seconds / 60:.1f} min", flush=True)

    def report(self, heading: str, seed: int, conversations: int) -> None:
        shares = accuracy(self.model, self.tokenizer, seed, conversations)
        print(heading, "  ".join(f"{skill} {share:.2f}" for skill, share in shares.items()), flush=True)

    def save_checkpoint(self) -> None:
        if self.settings.checkpoint:
            torch.save({"model": self.model.state_dict(), "pieces": [tuple(piece) for piece in self.tokenizer.pieces],
                        "shape": asdict(self.settings.shape), "step": self.step}, self.settings.checkpoint)
