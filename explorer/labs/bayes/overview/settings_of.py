"""What the primary panels are run with on the overview, and drawn with there."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from explorer.labs.bayes.exact import ExactSettings
from explorer.labs.bayes.headline import HeadlineSettings
from explorer.labs.bayes.rebuttal import RebuttalSettings
from explorer.labs.bayes.sampler import SamplerSettings
from explorer.settings import Settings

S = TypeVar("S", bound=Settings)


def headline(settings: Any) -> HeadlineSettings:
    """As the overview is set, under FGSM."""
    return _like(HeadlineSettings, settings)


def rebuttal(settings: Any) -> RebuttalSettings:
    """As the overview is set."""
    return _like(RebuttalSettings, settings)


def exact(settings: Any) -> ExactSettings:
    """As many samples, up to 100, of one posterior of moons, with the activation and the seed of the overview."""
    samples, shown = settings.stops[-1], settings.nearest_stop
    common = _common(ExactSettings, settings, "k", "warmup")
    return ExactSettings.make(**common, seeds=1, samples=samples, samples_shown=shown)


def sampler(settings: Any) -> SamplerSettings:
    """A walk of half the length over a small posterior, with the activation and the seed of the overview."""
    common = _common(SamplerSettings, settings, "k", "warmup", "leapfrogs")
    return SamplerSettings.make(**common, samples=min(600, 6 * settings.samples))


def _common(kind: type[Settings], settings: Any, *sizes: str) -> dict[str, object]:
    """Its activation and seed, and these sizes no larger than the overview itself has them."""
    own = _own(kind)  # type: ignore[arg-type]  # mypy takes the hash of settings for that of their class
    most = {name: min(own[name], getattr(settings, name)) for name in sizes}
    return {"family": settings.family, "seed": settings.seed, **most}


@cache
def _own(kind: type[Settings]) -> dict[str, Any]:
    return kind.make().values()


def _like(kind: type[S], settings: Any) -> S:
    """All fields that both have, too large ones too: the overview is refused itself where it costs too much."""
    shared = [name for name in settings.fields() if name in kind.fields()]
    return kind(**{name: getattr(settings, name) for name in shared})


OF: Mapping[str, Callable[[Any], Settings]] = {
    "exact": exact,
    "headline": headline,
    "rebuttal": rebuttal,
    "sampler": sampler,
}
