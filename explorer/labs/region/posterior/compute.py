"""Panel: one perturbation for all images against an average over a posterior, beside one sample and a MAP network."""

from collections.abc import Generator, Iterator

import numpy as np
import torch

from explorer.frames import FINISHED, Cell, Frame, Kept
from explorer.labs import Stop
from explorer.labs.region.base import Data
from explorer.labs.region.posterior import AVERAGE, MAP, PosteriorSettings
from explorer.labs.region.posterior.drawn import Drawn, draw, from_arrays, to_arrays
from explorer.labs.region.posterior.measured import Attacker, Rows, whole
from explorer.labs.walks import Progress
from explorer.nets.averaged import Averaged

TURN = 1000  # steps of the run that a repetition counts for
DRAWN = 0.6  # share of them that drawing samples counts for
TELL = 20  # iterations of a walk between two frames
QUICK = 3  # rounds of a first search
SOON = 32  # samples, at most, whose average is looked at while chains walk


def stream(
    settings: PosteriorSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Repetition by repetition: MAP, a walk, with first looks at what there is in the first one; then the searches.

    With the arrays of a finished run of equal training nothing is drawn.
    """
    kept, data = kept or {}, Data.read(settings, device)
    total, arrays, done = TURN * settings.seeds, dict[str, np.ndarray](), Rows()

    def frame(turn: int, share: float, rows: Rows, note: str, *, last: bool = False) -> Frame:
        if settings.seeds > 1:
            note = f"seed {turn + 1} of {settings.seeds}: {note}"
        return Frame(int((turn + share) * TURN), total, rows.tables(), dict(arrays) if last else {}, note)

    for turn in range(settings.seeds):
        attacker, looked = Attacker(settings, data, turn, stop), Rows()
        if FINISHED in kept:
            drawn: Drawn | None = from_arrays(settings, turn, kept[FINISHED], device)
        else:
            drawn, told = None, 0
            steps = draw(settings, data, turn, device, stop, kept)
            while True:
                try:
                    now = next(steps)
                except StopIteration as ended:
                    drawn = ended.value
                    break
                if not isinstance(now, Progress):
                    yield now
                    continue
                told += 1
                if not turn and (now.maps or (now.samples and len(now.samples) <= SOON)):
                    new = yield from first_look(attacker, now)
                    if new is None:
                        return
                    looked = new if now.maps else looked.with_rows(new)
                elif told % TELL:
                    yield None
                    continue
                yield frame(turn, DRAWN * now.share, done.with_rows(looked), now.note)
        if drawn is None:
            return
        found: Rows | None = None
        before = done.with_rows(Rows(carried=[row for row in looked.carried if row["found_for"][0] == AVERAGE]))
        measuring, part = whole(attacker, drawn), 0
        while True:
            try:
                found = next(measuring)
            except StopIteration as ended:
                found = ended.value
                break
            if found is None:
                yield None
                continue
            part += 1
            share = DRAWN + (1 - DRAWN) * part / (3 + len(settings.counts))
            yield frame(turn, share, before.with_rows(found), "perturbations are sought")
        if found is None or stop():
            return
        done = done.with_rows(found)
        arrays |= to_arrays(settings, turn, drawn)
        yield frame(turn, 1, done, "all perturbations tried", last=turn == settings.seeds - 1)


def first_look(attacker: Attacker, now: Progress) -> Generator[None, None, Rows | None]:
    """A short search against the first MAP network as it is now, or the average of the samples so far."""
    rows = Rows()
    if now.maps:
        one = now.maps.take(torch.tensor([0], device=attacker.data.X.device))
        made = yield from attacker.sought(MAP, one, rows, rounds=QUICK)
    else:
        assert now.samples
        made = yield from attacker.sought(AVERAGE, Averaged(now.samples), rows, len(now.samples), QUICK)
    return None if made is None else rows
