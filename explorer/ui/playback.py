"""Play, pause and step of one view: they move where it stands in the frames, and never the run."""

from explorer.runtime.viewer import Viewer


class Playback:
    """Moves a viewer through the recorded frames of its run.

    Attributes:
        still: whether nothing is to move by itself.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self.still = False

    def toggle(self) -> None:
        """Play, or stay at this frame; the run itself goes on."""
        (self._viewer.pause if self._viewer.look().playing else self._viewer.play)()

    def step(self) -> None:
        """One frame on."""
        self._viewer.step()

    def back(self) -> None:
        """One frame back."""
        self._viewer.seek(self._viewer.look().position - 1)

    def seek(self, index: int) -> None:
        """To the frame of this index among those recorded."""
        self._viewer.seek(index)

    def reset(self) -> None:
        """Back to the first frame."""
        self._viewer.reset()

    def prefer_still(self, still: bool) -> None:
        """Whether nothing is to move by itself: then a run is seen at its newest frame."""
        self.still = still
        if still:
            self._viewer.end()
