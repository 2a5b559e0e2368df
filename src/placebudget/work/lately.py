"""What was changed since figures last added up, and the ways out of a clash, that first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from placebudget.place.names import listed
from placebudget.plan.clash import Repair
from placebudget.words import sentence
from placebudget.work.changes import TABLES, Stand
from placebudget.work.turns import Turn, turn_of

MOST = 8
"""No more changes than these, the newest, are tried by themselves."""


@dataclass(frozen=True)
class WayOut:
    """A way out of a clash that was tried: in words, and where it leads."""

    words: str
    to: Stand


@dataclass(frozen=True)
class Lately:
    """What was changed since figures last added up.

    Parameters
    ----------
    steps : sequence of Stand
        What stood when they did, and every step since; the last one clashes.

    Examples
    --------
    >>> import placebudget as pb
    >>> from placebudget.work import Changes
    >>> place = pb.example("northvale")
    >>> first = Changes().with_funding(place, "county_council_tax", "2026-27", 30e6)
    >>> then = first.switched("agency:police", False)
    >>> lately = Lately([Stand(place, each) for each in (Changes(), first, then)])
    >>> for turn in lately.turns:
    ...     print(turn.done)
    you took Northvale Police out of every pool
    you took £12.4 million from Council tax, county in 2026-27
    """

    steps: Sequence[Stand]

    @property
    def turns(self) -> list[Turn]:
        """What was changed, each in words, the newest first."""
        before, now = self.steps[0], self.steps[-1]
        still = set(before.differing(now))
        newest: dict[str, None] = {}
        for earlier, later in reversed(list(pairwise(self.steps))):
            newest |= dict.fromkeys(each for each in earlier.differing(later) if each in still)
        return [turn_of(control, before, now) for control in newest]

    def said(self, *, before: bool) -> list[str]:
        """What was changed in sentences, the newest first; ``before`` says it added up before."""
        then = "Before that, everything added up." if before else ""
        done = [sentence(f"{turn.done}.") for turn in self.turns]
        if len(done) > 1:
            return [f"What you changed, the newest first. {then}".rstrip(), *done]
        return [f"{each} {then}".rstrip() for each in done]

    def put_back(self, control: str) -> Stand:
        """What stands now, with one control as it was when figures last added up."""
        before, now = self.steps[0], self.steps[-1]
        base = before if control == TABLES else now
        changes = now.changes.put_back(before.changes, control)
        return base._replace(changes=changes.within(base.place))

    def ways_out(
        self, repairs: Iterable[Repair], adds_up: Callable[[Stand], bool]
    ) -> tuple[WayOut, ...]:
        """All ways out: what was changed put back, the newest first, then what could give way.

        Parameters
        ----------
        repairs : iterable of Repair
            What could give way, tried already.
        adds_up : callable
            Whether there is a plan; what leads to none is not offered.
        """
        ways, now = list(self._ways_back(adds_up)), self.steps[-1]
        for repair in repairs:
            to = now._replace(changes=now.changes.with_repair(now.place, repair))
            if all(to != way.to for way in ways):
                ways.append(WayOut(repair.words, to))
        return tuple(ways)

    def _ways_back(self, adds_up: Callable[[Stand], bool]) -> Iterator[WayOut]:
        """Each change that resolves the clash when it alone is put back; else all at once."""
        turns = self.turns
        alone = [WayOut(turn.undo, self.put_back(turn.control)) for turn in turns[:MOST]]
        helping = [way for way in alone if adds_up(way.to)]
        yield from helping
        if not helping and len(turns) > 1 and adds_up(self.steps[0]):
            yield WayOut(listed(turn.undo for turn in turns), self.steps[0])
