"""How many samples arrows are averaged over: a setting of every panel that shows them. No torch."""

import param

from explorer.settings import Problem, Settings

MOST = 100  # samples of the posterior of moons on the overview


class SamplesShown(Settings):
    """A view: nothing is computed anew."""

    views = Settings.views | {"samples_shown"}

    samples_shown = param.Integer(
        100,
        bounds=(1, 2000),
        label="samples shown",
        doc="How many of the samples the arrows are averaged over. Nothing is computed anew.",
    )

    @property
    def stops(self) -> tuple[int, ...]:
        """Numbers of samples of which there are arrows."""
        raise NotImplementedError

    @property
    def nearest_stop(self) -> int:
        return min(self.stops, key=lambda n: abs(n - self.samples_shown))

    def unshown(self) -> list[Problem]:
        """A number of which there are none."""
        if self.samples_shown in self.stops:
            return []
        nearest = self.nearest_stop
        said = f"use one of {', '.join(map(str, self.stops))}"
        return [Problem("samples_shown", self.samples_shown, said, nearest)]

    def allowed(self, name: str) -> tuple[int, ...]:
        return self.stops if name == "samples_shown" else ()
