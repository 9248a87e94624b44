"""What every panel's settings declare that a run needs, beside what it takes; one process, one thread, once each."""

import ctypes
import gc
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from benchmarks.table import Row
from explorer.labs import Lab, Panel, labs
from explorer.settings import Settings

FACTOR = 4.0  # as long, or as much memory, as declared: the most that is allowed
#: What no network keeps, by the name of the field: then training takes every step it may, which is what is declared.
NEVER = {"tolerance": 1e-30, "cross_entropy": 1e-4}
CPU = torch.device("cpu")
PROC = Path("/proc/self")

#: What a panel is run with; where there is nothing, with its starting values. Half a minute is the most that one takes.
GIVEN: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "live overview": ({}, {"trainer": "gauss-newton"}),
    "law overview": ({"n": 400, "d": 4, "widths": (2, 4, 8, 16, 32, 64)},),  # too narrow to fit, most of them
    "law ladder": ({"n": 1000, "d": 200, "k": 1000, "max_steps": 300},),
    "law trained": (
        {"seeds": 1},
        {"seeds": 1, "trainer": "gauss-newton", "n": 600, "d": 20, "widths": (20, 40, 80)},
        {"seeds": 1, "start": "grouped", "max_steps": 1000},
    ),
    "law heat-map": ({"seeds": 1},),
    "law proxy": ({}, {"n": 400, "d": 400, "widths": (32,), "max_steps": 300}),
    "law noise": ({"seeds": 1},),
    "prunability league": ({"nets": 16, "max_epochs": 60},),
    "prunability population": ({"nets": 16, "max_epochs": 60},),
    "prunability tolerance": ({"nets": 16, "max_epochs": 60},),
}


@dataclass(frozen=True)
class Taken:
    """Seconds of one core, and bytes at the peak beyond those before; NaN where the system does not tell."""

    seconds: float
    bytes: float


def taken(lab: Lab, settings: Settings) -> Taken:
    """One run."""
    before, start = _forget(), time.process_time()
    for _ in lab.stream(settings, CPU, lambda: False):
        pass
    return Taken(time.process_time() - start, _told("VmHWM") - before)


def rows(rounds: int) -> Iterator[Row]:
    """Every panel of every lab, however many rounds: a run is long, and the factor is a wide one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for lab in labs():
            for panel in lab.panels:
                taken(lab, panel.settings.make(**panel.small))  # warm
                for given in GIVEN.get(f"{lab.name} {panel.slug}", ({},)):
                    yield compared(lab, panel, given)
    finally:
        torch.set_num_threads(threads)


def compared(lab: Lab, panel: Panel, given: Mapping[str, Any]) -> Row:
    """The row of one panel with these settings; where networks are trained until they fit, as if none ever did."""
    trains = NEVER.keys() & panel.settings.fields()
    settings = panel.settings.make(**given | {name: NEVER[name] for name in trains})
    declared, found = settings.work(), taken(lab, settings)
    memory = found.bytes / declared.bytes
    agreement = "memory is not told here" if math.isnan(memory) else f"memory {memory:.1f}x of what is declared"
    detail = {"declared": vars(declared), "taken": vars(found)}
    if trains:
        stopping = taken(lab, panel.settings.make(**given))
        agreement += f"; {stopping.seconds / declared.seconds:.2f}x as long where networks that fit stop"
        detail["stopping"] = vars(stopping)
    said = ", ".join(f"{name} {'/'.join(map(str, v)) if isinstance(v, tuple) else v}" for name, v in given.items())
    return Row(
        name=f"{lab.name} {panel.slug}{f': {said}' if said else ''}{', none fits' if trains else ''}",
        peer="what its settings declare",
        ratio=found.seconds / declared.seconds,
        target=FACTOR,
        slower=True,
        agreement=agreement,
        agrees=not memory > FACTOR,
        detail=detail,
    )


def _forget() -> float:
    """The bytes that are held now, of which freed ones have been given back; the peak starts anew. On Linux alone."""
    if (refs := PROC / "clear_refs").exists():
        gc.collect()
        if hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
            libc.malloc_trim(0)
        refs.write_text("5")  # proc(5): resets the peak
    return _told("VmRSS")


def _told(name: str) -> float:
    if not (status := PROC / "status").exists():
        return float("nan")
    (line,) = (line for line in status.read_text().splitlines() if line.startswith(name))
    return float(line.split()[1]) * 1024
