"""Panel: every measure of one network's Lipschitz constant, from the data to the product of norms."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explorer.data import formats, networks, npz
from explorer.fields import Choice
from explorer.labs import Panel
from explorer.labs.affordable import over_budget
from explorer.labs.costs import adam, together
from explorer.labs.law.settings import Degree, Points, Width
from explorer.labs.law.tables import LADDER
from explorer.labs.mixins import Training
from explorer.nets.families import families, lacking
from explorer.settings import Problem, SettingsError, Work

#: What has no effect, by network: an own one comes with its data and its weights.
UNUSED: Mapping[str, frozenset[str]] = {
    "trained": frozenset(),
    "grouped": frozenset({"family", "p", "init", "tolerance", "max_steps"}),
    "random": frozenset({"tolerance", "max_steps"}),
    "own": frozenset({"n", "d", "data", "k", "init", "tolerance", "max_steps"}),
}


#: Family and degree of what a file may state as its activation; None: any.
STATED: Mapping[str, tuple[str, int | None]] = {"relu": ("rectified", 1), "tanh": ("tanh", None)}
DEEP = (
    "More than one hidden layer: gradients are measured at the data, at random points and in a search, and from above "
    "the product of the layers' norms holds; certificate, slope box and ECLipsE-Fast are for one hidden layer."
)


class LadderSettings(Points, Width, Degree, Training):
    """One network: trained on n points of R^d, built, random, or somebody's own."""

    accepts = formats.ENDINGS
    upload = "network"

    network = Choice(
        "trained",
        options=lambda: ("trained", "grouped", "random"),
        also=networks.NAME.pattern,
        label="network",
        doc="trained as in the live lab, the grouped construction, random, or the name an own network got when read.",
    )
    family = Choice("rectified", options=families, label="activation", doc="rectified: max(0, t)^p; polynomial: t^p.")

    @property
    def own(self) -> bool:
        """Whether the network is somebody's own."""
        return networks.NAME.fullmatch(self.network) is not None

    @classmethod
    def take_in(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """`network` may be a file or its bytes in one of the forms of `formats`: it is kept, named by its content.

        The activation that the file states, if it does, comes with it, unless another is asked for.
        """
        source = raw.get("network")
        if not npz.is_file(source):
            return dict(raw)
        try:
            name = networks.ingest(source, networks.folder())
            stated = networks.load(name, networks.folder()).activation
        except (ValueError, OSError) as error:
            shown = str(source) if isinstance(source, str | os.PathLike) else f"<{type(source).__name__}>"
            raise SettingsError([Problem("network", shown, str(error))]) from None
        family, degree = STATED.get(stated, ("", None))
        implied = {"family": family} if family else {}
        return implied | ({"p": degree} if degree else {}) | {**raw, "network": name}

    def files(self) -> tuple[Path, ...]:
        return (networks.folder() / f"{self.network}.npz",) if self.own else ()

    def remarks(self) -> list[str]:
        """How own networks were read, what is assumed of their activation, and what cannot be measured of them."""
        if not self.own:
            return []
        try:
            found = networks.load(self.network, networks.folder())
        except (ValueError, OSError):  # they were there when these settings were checked
            return []
        if found.activation:
            activation = f"The file states its activation: {self._psi()}."
        else:
            others = [name for name in families() if name != self.family]
            activation = (
                f"The file does not state its activation: {self._psi()} is assumed. Another one is chosen with the "
                f"settings activation (family = {' or '.join(others)}) and p."
            )
        return [*found.said, activation, *([DEEP] if found.deep else [])]

    def _psi(self) -> str:
        """The activation in words."""
        if self.family == "rectified":
            return "ReLU, max(0, t)" if self.p == 1 else f"max(0, t)^{self.p}"
        return f"t^{self.p}" if self.family == "polynomial" else self.family

    def conflicts(self) -> list[Problem]:
        found = []
        if module := lacking(self.family):
            found.append(
                Problem("family", self.family, f"its module {module} cannot be found", self.param.family.default)
            )
        if self.network == "grouped" and -(-self.n // self.k) > self.d:
            least = -(-self.n // self.d)
            found.append(Problem("k", self.k, f"use k >= {least}: a group is of at most d = {self.d} points", least))
        if self.own:
            found += self._own_conflicts()
        return found or over_budget(self, ("n", "max_steps", "d"), "k")

    def _own_conflicts(self) -> list[Problem]:
        try:
            found = networks.load(self.network, networks.folder())
        except (ValueError, OSError) as error:
            return [Problem("network", self.network, str(error), "trained")]
        family, degree = STATED.get(found.activation, (self.family, None))
        if family != self.family:
            return [Problem("family", self.family, f"{self.network} states that its activation is {family}", family)]
        if degree not in (None, self.p):
            return [Problem("p", self.p, f"{self.network} states that its activation is ReLU, p = {degree}", degree)]
        if self.family == "polynomial" and found.biased:
            return [Problem("family", self.family, f"{self.network} has biases, which t^p does not take", "rectified")]
        return []

    def relevant(self, name: str) -> bool:
        """tanh has no degree; the rest depends on the network."""
        if name == "p" and self.family == "tanh":
            return False
        return name not in UNUSED["own" if self.own else self.network]

    def work(self) -> Work:
        measuring = Work(8 * 40 * self.k * self.d, 2e-7 * self.k * self.d)
        return together(adam(self.n, self.d, self.k, 1, self.max_steps if self.network == "trained" else 0), measuring)


PANEL = Panel(
    __name__,
    "Ladder",
    settings=LadderSettings,
    tables=(LADDER,),
    order=2,
    primary=True,
    small={"tolerance": 0.1, "max_steps": 12, "n": 10, "d": 4, "k": 5},
)
