"""A run in progress or just finished, as the scheduler keeps it, and the frames recorded of it."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from explorer.frames import Columns, Frame, Kept
from explorer.labs import Lab
from explorer.runtime import keys
from explorer.runtime.result import Result
from explorer.settings import Settings

MOST = 400  # frames kept of a run: thirteen seconds of film at 30 a second, and a few megabytes


class Recording:
    """The frames of a run, thinned out evenly when there are more than `MOST`; the first and newest always stay.

    Every frame has a number, counted from 0 as they came, which stays its own when others are thinned out.
    """

    def __init__(self, film: Iterable[Frame] = (), most: int = MOST) -> None:
        self._most = most
        self._stride = 1
        self._count = 0
        self._numbers: list[int] = []
        self._frames: list[Frame] = []
        for frame in film:
            self.add(frame)

    def __len__(self) -> int:
        return len(self._frames)

    def __getitem__(self, index: int) -> Frame:
        return self._frames[index]

    @property
    def frames(self) -> tuple[Frame, ...]:
        """Those kept."""
        return tuple(self._frames)

    @property
    def newest(self) -> int:
        """The number of the newest frame; -1 before the first."""
        return self._count - 1

    def add(self, frame: Frame) -> None:
        """Record a frame. Its arrays are not kept: a run has one set of them."""
        if self._numbers and self._numbers[-1] % self._stride:  # was kept only for being the newest
            self._numbers.pop()
            self._frames.pop()
        self._numbers.append(self._count)
        self._frames.append(replace(frame, arrays={}))
        self._count += 1
        if len(self._frames) > self._most:
            self._stride *= 2
            kept = [i for i, number in enumerate(self._numbers) if number % self._stride == 0 or number == self.newest]
            self._numbers = [self._numbers[i] for i in kept]
            self._frames = [self._frames[i] for i in kept]

    def index(self, number: int) -> int:
        """The index of the kept frame with this number, or of the one before where it was thinned out."""
        return bisect_right(self._numbers, number) - 1

    def number(self, index: int) -> int:
        """The number of the kept frame with this index, or of the nearest; 0 where there is none."""
        return self._numbers[min(max(0, index), len(self) - 1)] if self._numbers else 0

    def after(self, number: int) -> int:
        """The number of the next kept frame; the newest has itself as its next."""
        index = bisect_right(self._numbers, number)
        return self._numbers[index] if index < len(self._numbers) else self.newest


@dataclass(eq=False)
class Job:
    """One run, shared by all viewers who asked for it. Guarded by the scheduler's lock.

    `state` goes from queued to running to done or failed; `viewers` are those who watch. `kept` is what it can start
    from, until the worker has it; `resumed` whether there was anything. `source` says where its frames are from:
    computed, store, or shipped while those of this machine are `computed`.
    """

    number: int
    lab: Lab
    settings: Settings
    key: str
    state: str = "queued"
    viewers: set = field(default_factory=set)
    recording: Recording = field(default_factory=Recording)
    computed: Recording = field(default_factory=Recording)
    arrays: Columns = field(default_factory=dict)
    kept: Kept = field(default_factory=dict)
    resumed: bool = False
    seconds: float = 0.0
    source: str = "computed"
    device: Mapping[str, object] = field(default_factory=dict)
    message: str = ""

    @property
    def training_key(self) -> str:
        """The key of its trained networks, whatever is measured of them."""
        return keys.training_of(self.key)

    @property
    def visitors(self) -> list[str]:
        """Whose sessions watch it."""
        return sorted({viewer.visitor for viewer in self.viewers})

    @property
    def over(self) -> bool:
        """Whether no more frames will come."""
        return self.state in ("done", "failed")

    @property
    def speed(self) -> tuple[float, str]:
        """What the panel counts (see `labs.Pace`) by second of compute, and its unit; 0 if not all was done here."""
        pace = self.lab.panel(self.settings).pace
        if pace is None or not len(self.recording) or self.resumed or self.source != "computed" or not self.seconds:
            return 0.0, ""
        return pace.count(self.recording[-1].tables) / self.seconds, pace.unit

    def add(self, frame: Frame, seconds: float) -> None:
        """A frame that the worker sent."""
        self.state, self.seconds = "running", seconds
        recording = self.computed if self.source == "shipped" else self.recording
        recording.add(frame)
        if frame.arrays:  # from now on all frames are those of this machine
            self.arrays, self.source, self.recording = frame.arrays, "computed", recording

    def foresee(self, film: Sequence[Frame]) -> None:
        """Show the frames of a film, if there is one, while the same are computed: what is missing are the networks."""
        if film:
            self.recording, self.computed, self.source = Recording(film), Recording(), "shipped"

    def fail(self, message: str) -> None:
        """No more frames, and why."""
        self.state, self.message = "failed", message

    def replay(self, stored: Result) -> None:
        """Take everything from the store."""
        self.state, self.source, self.seconds, self.device = "done", "store", stored.seconds, stored.device
        self.recording = Recording(stored.frames)
        self.arrays = stored.arrays

    def result(self) -> Result:
        """What a finished job leaves behind."""
        return Result(
            lab=self.lab.name,
            settings=self.settings,
            device=self.device,
            source=self.source,
            seconds=self.seconds,
            versions=keys.versions(),
            frames=self.recording.frames,
            arrays=self.arrays,
        )
