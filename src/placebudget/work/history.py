"""Undo and redo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Step = TypeVar("Step")


@dataclass(frozen=True)
class History(Generic[Step]):
    """What stands now, what stood before, and what was gone back on.

    Parameters
    ----------
    now : object
        What stands.
    before, after : tuple
        What undo and redo lead to, the nearest last.

    Examples
    --------
    >>> history = History("one").then("two").undone()
    >>> history.now, history.can_undo, history.can_redo
    ('one', False, True)
    >>> history.redone().now
    'two'
    """

    now: Step
    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to go back on."""
        return bool(self.before)

    @property
    def can_redo(self) -> bool:
        """Whether a step was gone back on."""
        return bool(self.after)

    def then(self, now: Step) -> History[Step]:
        """With another step; where nothing changes it is none."""
        return self if now == self.now else History(now, (*self.before, self.now))

    def undone(self) -> History[Step]:
        """One step back, if there is one."""
        if not self.before:
            return self
        return History(self.before[-1], self.before[:-1], (*self.after, self.now))

    def redone(self) -> History[Step]:
        """One step forth again, if there is one."""
        if not self.after:
            return self
        return History(self.after[-1], (*self.before, self.now), self.after[:-1])
