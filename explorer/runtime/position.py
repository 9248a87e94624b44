"""Where a session stands in a run's recorded frames. Pure: play, pause, step and reset give a new position."""

from dataclasses import dataclass

from explorer.runtime.job import Recording


@dataclass(frozen=True)
class Position:
    """A place in a recording.

    Args:
        at: the number of the frame looked at; None follows the newest.
        playing: whether the place moves by itself, with the newest frame or, in a replay, with every `tick`.
    """

    at: int | None = None
    playing: bool = True

    @property
    def replaying(self) -> bool:
        """Whether `tick` will move it."""
        return self.playing and self.at is not None

    def number(self, recording: Recording) -> int:
        """The number of the frame looked at; -1 when there is none yet."""
        return recording.newest if self.at is None else min(self.at, recording.newest)

    def play(self, recording: Recording, over: bool) -> "Position":
        """Go on from here; from the start, when this is the end of a run that is over."""
        at_end = self.number(recording) == recording.newest
        if at_end and over:
            return Position(0)
        return Position(None if at_end else self.at)

    def pause(self, recording: Recording) -> "Position":
        """Stay here while the run goes on."""
        return Position(max(0, self.number(recording)), playing=False)

    def step(self, recording: Recording) -> "Position":
        """One frame on, and stay."""
        return Position(max(0, recording.after(self.number(recording))), playing=False)

    def reset(self) -> "Position":
        """Back to the first frame, and stay."""
        return Position(0, playing=False)

    def seek(self, recording: Recording, index: int) -> "Position":
        """At the kept frame of this index, or the nearest there is, and stay."""
        return Position(recording.number(index), playing=False)

    def tick(self, recording: Recording, over: bool, stride: int = 1) -> "Position":
        """So many frames on in a replay, which joins the run where it has come to the newest frame."""
        if not self.replaying or recording.newest < 0:
            return self
        after = recording.number(recording.index(self.number(recording)) + stride)
        if after < recording.newest:
            return Position(after)
        return Position(None, playing=not over)
