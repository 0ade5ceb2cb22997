"""Kills jobs at their step boundaries, runs them again, and compares what is there in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


class Killed(BaseException):
    """The process ends here: no ``except Exception`` of a job may stop it."""


@dataclass(frozen=True)
class Kill:
    """When a run dies: at its how-manieth call that writes, before or after it takes effect."""

    call: int
    after: bool


@dataclass
class Killer:
    """Watches the calls that write; the run that it is told to dies at one of them."""

    calls: int = 0
    kill: Kill | None = None
    dead: bool = False
    """A dead run does nothing more, not even what it has in a ``finally``."""
    _undo: list[Callable[[], None]] = field(default_factory=list["Callable[[], None]"])

    def begin(self, kill: Kill | None) -> None:
        """A new run, and when it dies."""
        self.calls, self.kill, self.dead = 0, kill, False

    def watch(self, thing: Any, *writes: str) -> None:
        """Make these methods of a port steps; a method that calls another has steps in between."""
        for name in writes:
            setattr(thing, name, self.around(getattr(thing, name)))

    def replace(self, thing: Any, name: str, new: Callable[..., Any]) -> None:
        """Put something in a module's or a class's place until the world ends."""
        old = getattr(thing, name)
        self._undo.append(lambda: setattr(thing, name, old))
        setattr(thing, name, new)

    def end(self) -> None:
        """The world ends: everybody else's modules and classes are as they were."""
        while self._undo:
            self._undo.pop()()

    def step(self) -> None:
        """A step of its own, which may be the last."""
        self.around(lambda: None)()

    def around(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """The function as a step, which may be the last."""

        def call(*arguments: Any, **named: Any) -> Any:
            if self.dead:
                raise Killed
            self.calls += 1
            kill = self.kill if self.kill is not None and self.kill.call == self.calls else None
            if kill is not None and not kill.after:
                self.dead = True
                raise Killed
            answer = real(*arguments, **named)
            if kill is not None:
                self.dead = True
                raise Killed
            return answer

        return call


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job in a world of its own, which outlives its runs."""

    run: Callable[[], object]
    """One run, from its beginning: what a retry does."""
    state: Callable[[], object]
    """All that is there in the end and is to be the same."""
    after_a_death: Callable[[], object] = lambda: None
    """What passes until the next run, as the time after which a dead run's lease is over."""


@dataclass(frozen=True)
class Ended:
    """How it ended, and how often each run wrote."""

    state: object
    calls: tuple[int, ...]
    died: int


def ended(make: Callable[[Killer, Path], Job], folder: Path, kills: Sequence[Kill] = ()) -> Ended:
    """Run a job again and again, each time killed as told, and once to its end.

    Args:
        make: Builds the world, and tells the killer which of its calls write.
        folder: An empty one.
        kills: When each run but the last dies.
    """
    killer = Killer()
    calls: list[int] = []
    died = 0
    try:
        job = make(killer, folder)
        for kill in (*kills, None):
            killer.begin(kill)
            try:
                job.run()
            except Killed:
                died += 1
                job.after_a_death()
            calls.append(killer.calls)
        killer.begin(None)
        return Ended(job.state(), tuple(calls), died)
    finally:
        killer.end()
