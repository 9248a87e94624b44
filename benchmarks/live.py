"""The default job of the live lab: ours beside the script that a competent person writes with the usual libraries.

The script loops over the networks: torch.nn with torch.optim.Adam, torchattacks, torch.nn.utils.prune, and
LipSDP-Neuron in cvxpy with Clarabel. One thread each. What follows training is measured on the same weights, ours.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.peers import attack_loop, lipsdp, modules, natural, prune_loop, sdp_loop, train_loop
from benchmarks.table import Row, ratio
from explorer.frames import Frame
from explorer.labs.live import attack, compute, lipschitz, pruning, training
from explorer.labs.live.settings import LiveSettings
from explorer.measure.ascent import FULL
from explorer.nets.two_layer import Ensemble

WIDEST_SDP = 48  # Clarabel takes a second there and minutes at the next widths: beyond, neither side is timed
PEER_SECONDS = 60.0  # no further round of the peer when it would then take longer
TARGET = 20.0
CPU = torch.device("cpu")

Call = Callable[[], Any]


@dataclass(frozen=True)
class Job:
    """A run's settings, its points and untrained networks, and what our stream ended with."""

    settings: LiveSettings
    X: Tensor
    y: Tensor
    untrained: Ensemble
    trained: Ensemble
    tables: dict[str, dict[str, np.ndarray]]

    @classmethod
    def of(cls, settings: LiveSettings) -> "Job":
        last = whole(settings)
        trained, X, y = training.from_arrays(settings, last.arrays)
        return cls(settings, X, y, training.networks(settings, X.shape[1]), trained, last.tables)

    @property
    def narrow(self) -> list[int]:
        """The networks that both sides certify."""
        return [i for i, k in enumerate(self.trained.widths) if k <= WIDEST_SDP]

    def column(self, table: str, name: str) -> np.ndarray:
        """A column of one of our tables, networks x levels."""
        return self.tables[table][name].reshape(len(self.trained), -1)


def whole(settings: LiveSettings) -> Frame:
    """Everything the page gets: the film, every width certified, the last frame."""
    *_, last = compute.stream(settings, CPU, go_on)
    return last


def go_on() -> bool:
    """Nobody stops a benchmark."""
    return False


def ours(job: Job) -> dict[str, Call]:
    """Our parts, as the stream's last frame calls them; a certificate comes with the whole bracket."""
    s, X, y, mse = job.settings, job.X, job.y, torch.from_numpy(job.tables["lipschitz"]["mse"])

    def bracket(members: list[int]) -> object:
        nets = job.trained.select(members)
        options = {"tolerance": s.tolerance, "seed": s.seed, "warm": None, "effort": FULL, "stop": go_on}
        return lipschitz.measure(nets, X, mse[members], **options)

    return {
        "training": lambda: list(training.train(s, job.untrained, X, y, go_on)),
        "certificates": lambda: bracket(job.narrow),
        "attack": lambda: attack.measure(job.trained, X, y, s, steps=s.attack_steps, stop=go_on),
        "pruning": lambda: pruning.measure(job.trained, X, y, s),
        "other certificates": lambda: bracket([i for i in range(len(job.trained)) if i not in job.narrow]),
        "whole": lambda: whole(s),
    }


def peer(job: Job) -> dict[str, Call]:
    """The same parts with the usual libraries, and the certificates once more by the smaller problem."""
    s, X, y, nets = job.settings, job.X, job.y, modules(job.trained)
    narrow = [nets[i] for i in job.narrow]
    eps, kept = job.column("attack", "eps")[0].tolist(), job.column("pruning", "kept")[0].tolist()
    return {
        "training": lambda: train_loop(job.untrained, X, y, s.tolerance, s.max_steps),
        "certificates": lambda: sdp_loop(narrow, lipsdp),
        "natural": lambda: sdp_loop(narrow, natural),
        "attack": lambda: attack_loop(nets, X, y, eps, norm=s.norm, steps=s.attack_steps),
        "pruning": lambda: prune_loop(nets, X, y, kept),
    }


def compare(job: Job, theirs: dict[str, np.ndarray]) -> dict[str, tuple[str, bool]]:
    """What was compared, with its number, and whether it agrees, part by part."""
    limit, seeds, narrow = job.settings.tolerance, job.settings.seeds, job.narrow
    found, given = (mse.reshape(seeds, -1).mean(0) for mse in (job.tables["lipschitz"]["mse"], theirs["training"]))
    away = float(np.where((found <= limit) & (given <= limit), 0, np.abs(found / given - 1)).max())
    upper = job.tables["lipschitz"]["upper"][narrow]
    looser = {form: float((upper / theirs[form]).max()) for form in ("certificates", "natural")}
    more = job.column("attack", "success") - theirs["attack"]
    least, single = float(more.mean(0).min()), float(more.min())
    loss = job.column("pruning", "loss")
    off = float((np.abs(loss - theirs["pruning"]) / np.maximum(1, np.abs(loss))).max())
    success = f"success at every eps {least:+.4f} or more, of one network {single:+.4f} or more"
    return {
        "training": (f"mse per width: both fit, or {away:.1e} apart at most", away <= 0.1),
        **{form: (f"ours over cvxpy's at most {most:.6f}", most <= 1.001) for form, most in looser.items()},
        "attack": (success, least >= -1e-6),
        "pruning": (f"losses at most {off:.1e} apart", off <= 1e-6),
    }


PARTS = {  # what, and the peer
    "training": ("live: training", "loop over torch.nn, torch.optim.Adam (fused)"),
    "certificates": (f"live: certificates, k <= {WIDEST_SDP}", "loop over cvxpy, LipSDP-Neuron, Clarabel"),
    "natural": (f"live: certificates, k <= {WIDEST_SDP}", "loop over cvxpy, the smaller dual problem, Clarabel"),
    "attack": ("live: attack curves", "loop over torchattacks.PGDL2"),
    "pruning": ("live: pruning curves", "loop over torch.nn.utils.prune"),
}
SCRIPT = ("training", "certificates", "attack", "pruning")


def rows(rounds: int) -> Iterator[Row]:
    """A row a part, then the whole twice: the parts one after another, and our stream with its film.

    The peer certifies the widths up to 48 only, ours all of them, so that both ratios of the whole are on the low side.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        job = Job.of(LiveSettings.make())
        our_calls, peer_calls = ours(job), peer(job)
        our_seconds: dict[str, list[float]] = {part: [] for part in our_calls}
        peer_seconds: dict[str, list[float]] = {part: [] for part in peer_calls}
        theirs: dict[str, np.ndarray] = {}
        for _ in range(rounds):
            spent = sum(map(sum, peer_seconds.values()))
            if spent + spent / max(1, len(peer_seconds["training"])) > PEER_SECONDS:
                break
            for part, call in peer_calls.items():
                theirs[part], seconds = timed(call)
                peer_seconds[part].append(seconds)
                for ours_part, ours_call in our_calls.items():  # after every part, so that both see the same minutes
                    our_seconds[ours_part].append(timed(ours_call)[1])
        agreements = compare(job, theirs)
        for part, (name, library) in PARTS.items():
            mine = our_seconds["certificates" if part == "natural" else part]
            yield _row(name, library, mine, peer_seconds[part], None, *agreements[part])
        script = added(peer_seconds, SCRIPT)
        smaller = added(peer_seconds, ["natural" if part == "certificates" else part for part in SCRIPT])
        agrees = all(agrees for _, agrees in agreements.values())
        for name, mine in {
            "live: all parts, every width certified": added(our_seconds, [*SCRIPT, "other certificates"]),
            "live: whole job, its film too": our_seconds["whole"],
        }.items():
            text = f"as the parts; {ratio(mine, smaller):.1f}x when cvxpy gets the smaller problem"
            yield _row(name, "the four loops", mine, script, TARGET, text, agrees)
    finally:
        torch.set_num_threads(threads)


def timed(call: Call) -> tuple[Any, float]:
    """What a call gives, and its wall-clock seconds."""
    start = time.perf_counter()
    found = call()
    return found, time.perf_counter() - start


def added(seconds: dict[str, list[float]], parts: Sequence[str]) -> list[float]:
    """Seconds of the named parts together, round by round."""
    return [sum(turns) for turns in zip(*(seconds[part] for part in parts), strict=True)]


def _row(
    name: str, library: str, ours: list[float], peer: list[float], target: float | None, agreement: str, agrees: bool
) -> Row:
    detail = {"ours_s": median(ours), "peer_s": median(peer), "our_rounds": len(ours), "peer_rounds": len(peer)}
    return Row(name, library, ratio(ours, peer), target, agreement, agrees, detail)
