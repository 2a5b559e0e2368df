"""What was changed since figures last added up, in words; the ways out of a clash, that first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from placebudget.place.names import Names, listed, rule_words
from placebudget.place.rule_kinds import rule_kind
from placebudget.plan.clash import Repair
from placebudget.words import money, sentence
from placebudget.work import changes as changed
from placebudget.work.changes import START, TABLES, Changes, Stand
from placebudget.work.said import asked_in_words, asked_of, names

# What somebody changed, in words: what was done, and how it is put back.


class Turn(NamedTuple):
    """One change: the control, what was done, and how it is put back, as parts of a sentence."""

    control: str
    done: str
    undo: str


def turn_of(control: str, before: Stand, now: Stand) -> Turn:
    """What was done to one control between two stands.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("northvale")
    >>> then = Changes().switched("fence:families_fund", False)
    >>> turn = turn_of("fence:families_fund", Stand(place, Changes()), Stand(place, then))
    >>> turn.done, turn.undo
    ('you ended the ring-fence of Families transformation fund', 'keep the ring-fence of ...')
    """
    kind, _, key = control.partition(":")
    match control if control in (START, TABLES) else f"{kind}:":
        case changed.TABLES if now.first is not None and now.first != before.first:
            said = f"you loaded the option “{now.first.name}”", "go back to what was there before"
        case changed.TABLES:
            said = "you edited the tables", "go back to the tables as they were"
        case changed.START:
            said = _of_option(before.changes, now.changes)
        case changed.FUNDING:
            said = _of_funding(key, before, now)
        case changed.AMOUNT:
            said = _of_amount(key, before, now)
        case changed.MINIMUM:
            said = _of_minimum(key, now)
        case _:
            said = _of_switch(control, now)
    return Turn(control, *said)


def _of_option(before: Changes, now: Changes) -> tuple[str, str]:
    left = "" if before.start is None else f"the option “{before.start.name}”"
    if now.start is None:
        return f"you left {left}", f"choose {left} again"
    chosen = f"the option “{now.start.name}”"
    if not left:
        return f"you chose {chosen}", f"leave {chosen}"
    return f"you chose {chosen} instead of {left}", f"go back to {left}"


def _of_funding(key: str, before: Stand, now: Stand) -> tuple[str, str]:
    stream, _, year = key.rpartition(":")
    had, has = (each.changes.funding(each.place, stream, year) for each in (before, now))
    who, apart = names(now.place, "streams").get(stream, stream), money(abs(has - had))
    if has < had:
        return f"you took {apart} from {who} in {year}", f"put {apart} back into {who} in {year}"
    return f"you added {apart} to {who} in {year}", f"take {apart} off {who} in {year} again"


def _of_amount(key: str, before: Stand, now: Stand) -> tuple[str, str]:
    had, has = (asked_in_words(key, each.changes, each.place) for each in (before, now))
    base = now.changes.base(now.place)
    rule, spoken = base.filled("rules").set_index("rule", drop=False).loc[key], Names(base)
    if rule_kind(str(rule["kind"])).counts:
        about = f"the least amount for {asked_of(rule, spoken)}"
    else:
        about = f"the amount of the rule “{rule_words(rule, spoken)}”"
    return f"you changed {about} from {had} to {has}", f"put {about} back to {had}"


def _of_minimum(key: str, now: Stand) -> tuple[str, str]:
    pool, _, stream = key.partition(":")
    who, into = (names(now.place, table) for table in ("streams", "pools"))
    paid = f"the least that {who.get(stream, stream)} pays into {into.get(pool, pool)}"
    return f"you changed {paid}", f"put {paid} back"


def _of_switch(control: str, now: Stand) -> tuple[str, str]:
    kind, _, key = control.partition(":")
    on, place = not now.changes.of(control), now.changes.base(now.place)
    match f"{kind}:":
        case changed.POOL:
            on = key in now.changes.open_pools(place)
            pool = f"the pool {names(place, 'pools').get(key, key)}"
            off = f"you closed {pool}", f"open {pool} again"
            back = f"you opened {pool}", f"close {pool} again"
        case changed.AGENCY:
            who = names(place, "agencies").get(key, key)
            off = f"you took {who} out of every pool", f"let {who} pay into its pools again"
            back = f"you let {who} pay into its pools", f"take {who} out of every pool again"
        case _:
            fence = f"the ring-fence of {names(place, 'streams').get(key, key)}"
            off = f"you ended {fence}", f"keep {fence} again"
            back = f"you kept {fence}", f"end {fence} again"
    return back if on else off


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
    you took £19.4 million from Council tax, county in 2026-27
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
