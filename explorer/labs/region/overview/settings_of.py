"""What the primary panels are drawn with on the overview, and what they are run with there."""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.labs.region.defence import DefenceSettings
from explorer.labs.region.gallery import GallerySettings
from explorer.labs.region.rivals import RivalsSettings
from explorer.labs.region.settings import Targets
from explorer.settings import Settings


def gallery(settings: Any) -> GallerySettings:
    """As the overview is set."""
    return GallerySettings(**{name: getattr(settings, name) for name in GallerySettings.fields()})


def defence(settings: Any) -> DefenceSettings:
    """The same networks, with the defaults of all else; trained on for a third as long as they were trained."""
    return DefenceSettings(**_shared(DefenceSettings, settings))


def rivals(settings: Any) -> RivalsSettings:
    """The same networks, with the defaults of all else; trained on for a third as long as they were trained."""
    return RivalsSettings(**_shared(RivalsSettings, settings))


def _shared(kind: type[Settings], settings: Any) -> dict[str, object]:
    shared = {name: getattr(settings, name) for name in Targets.fields()}
    usual = kind.make(data=settings.data).values()
    return usual | shared | {"epochs": min(usual["epochs"], max(1, settings.base_epochs // 3))}


OF: Mapping[str, Callable[[Any], Settings]] = {"gallery": gallery, "defence": defence, "rivals": rivals}
