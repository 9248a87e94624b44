"""Every panel on a GPU, and on the pretended one where there is none."""

from collections.abc import Iterator, Mapping

import numpy as np
import pytest
import torch

from explorer.frames import FINISHED, Cell, Columns, Frame
from explorer.labs import Lab, Panel, labs
from explorer.runtime.stream import stream
from explorer.settings import Settings
from explorer.train import adam
from tests.labs import parts
from tests.pretended_gpu import GPU, PretendedGPU

PANELS = {(lab.name, panel.slug): (lab, panel) for lab in labs() for panel in lab.panels}
TRAINED = ("law", "trained")
OTHERWISE: list[tuple[tuple[str, str], dict[str, object]]] = [  # ways through a panel that its defaults do not take
    (("live", "overview"), {"trainer": "gauss-newton"}),
    (("live", "overview"), {"family": "tanh"}),
    (("live", "overview"), {"family": "polynomial", "p": 2}),
    (TRAINED, {"batch_norm": "on"}),
    (TRAINED, {"penalty": "path-norm"}),
    (TRAINED, {"start": "grouped", "widths": (4, 6)}),
]
EVERY = [(*PANELS[name], more) for name, more in [*((name, {}) for name in PANELS), *OTHERWISE]]
each_run = pytest.mark.parametrize(
    ("lab", "panel", "changes"),
    EVERY,
    ids=["-".join([lab.name, panel.slug, *(str(value) for value in more.values())]) for lab, panel, more in EVERY],
)


@pytest.fixture(scope="module", autouse=True)
def small_parts() -> Iterator[None]:
    with parts.small():
        yield


def small(lab: Lab, panel: Panel, changes: Mapping[str, object]) -> Settings:
    named = {"panel": panel.slug} if len(lab.panels) > 1 else {}
    return lab.settings.make(**named | panel.small | changes)


def run(lab: Lab, settings: Settings, device: torch.device, kept: Mapping[str, Columns]) -> list[Frame | Cell]:
    return [found for found in stream(lab, settings, device, lambda: False, dict(kept)) if found is not None]


def columns(found: list[Frame | Cell]) -> Iterator[tuple[str, np.ndarray]]:
    """All numbers of a run, with their names."""
    for at, each in enumerate(found):
        tables = {each.name: each.arrays} if isinstance(each, Cell) else {**each.tables, "arrays": each.arrays}
        for name, table in tables.items():
            for column, values in table.items():
                yield f"{at}: {name}.{column}", np.asarray(values)


@each_run
def test_a_panel_mixes_no_devices(
    lab: Lab, panel: Panel, changes: Mapping[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From nothing, and from what an earlier run has left; with the CPU's numbers."""
    monkeypatch.setattr(adam, "CHECK_ON_GPU", 1)  # where that is larger, some networks take a few steps more
    settings, cpu = small(lab, panel, changes), torch.device("cpu")
    here = run(lab, settings, cpu, {})
    cells = {each.name: each.arrays for each in here if isinstance(each, Cell)}
    arrays = here[-1].arrays
    lends = bool(panel.settings.measures)  # its finished run is where another measurement starts
    for kept in [{}, *([cells] if cells else []), *([{FINISHED: arrays}] if lends else [])]:
        wanted = run(lab, settings, cpu, kept) if kept else here
        with PretendedGPU():
            found = run(lab, settings, GPU, kept)
        for (name, mine), (_, other) in zip(columns(found), columns(wanted), strict=True):
            if mine.dtype.kind == "f":  # tensors of other strides are summed in another order
                np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-6, err_msg=name)
            else:
                np.testing.assert_array_equal(mine, other, err_msg=name)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@each_run
def test_twice_the_same_bits(lab: Lab, panel: Panel, changes: Mapping[str, object]) -> None:
    settings, card = small(lab, panel, changes), torch.device("cuda")
    for (name, mine), (_, other) in zip(
        columns(run(lab, settings, card, {})), columns(run(lab, settings, card, {})), strict=True
    ):
        np.testing.assert_array_equal(mine, other, err_msg=name)
