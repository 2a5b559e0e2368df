"""The answer to what a gain rests on: tables, a drawing, words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from placebudget.place import Place
from placebudget.place.names import Names
from placebudget.place.place import ILLUSTRATIVE
from placebudget.plan.resting import (
    COST,
    EFFECT,
    FISCAL,
    NEED,
    SOCIAL,
    VALUE,
)
from placebudget.plan.summary import Paragraph, Summary
from placebudget.plan.worded_table import NameOf
from placebudget.plan.workbook_pages import MODEL
from placebudget.study.potential.plans_side_by_side import STEPS, TITLES
from placebudget.study.rests_on.replanned import NO_PLAN, UNMET
from placebudget.study.result import StudyResult
from placebudget.texts import listed
from placebudget.value import uprating
from placebudget.words import count, many, money, pence, percent, sentence, whole_pounds

_HANG = 5
_TINY = 1.0
_LACKING = {
    NO_PLAN: "no plan keeps all rules",
    UNMET: "the two plans leave different need unmet",
}
NOTES = (
    "What hangs on a figure: both plans are kept as they are, and the figure alone is one per cent "
    "more and one per cent less (of a unit cost, what a pound buys): a hundred times what that "
    "brings. It bends where more and less of it bring unlike amounts, as a step of returns, a need "
    "or a capacity ends there. Shares of different kinds do not add up: an outcome counts by its "
    "value times its effect.",
    "Switching value: at which both plans, kept as they are, come to no gain, found by working "
    "both out there, from a tenth to ten times the figure. Half gone: where both plans, made again "
    "at that figure, are half as far apart. Both are the nearest to where the figure stands.",
    "Certified: the values of both plans are the most of straight lines in that figure, and what "
    "was found holds between what was tried too. Else both plans were made again at some figures "
    "and narrowed down; between them the half may be gone and come back.",
    "Figures move one at a time; a need moves in all areas and years at once, a unit cost "
    "wherever a service is bought at it.",
)


def notes(place: Place) -> tuple[str, ...]:
    """What the figures are, and by what published amounts are uprated."""
    return (*NOTES, *filter(None, [uprating(place)]))


@dataclass(frozen=True, eq=False)
class RestsOn(StudyResult):
    """What the gain of one plan over another rests on.

    ``tables`` holds, amounts of a value or a unit cost in pounds of the year in ``prices``, of
    an effect in outcome made by a unit, of a need in people in the first year:

    - ``figures``: kind (value, effect, unit cost, need), service, outcome, agency, part (fiscal,
      economic, social), amount, prices, status, source, hangs (pounds of the gain that
      hang on it: for each per cent of it, times a hundred), share (of the gain), bends (whether
      more and less of it bring unlike amounts), switching (amount at which no gain is left with
      both plans kept; blank: at none), half_kept (where half of it is), looked_at (whether these
      two were looked for: of all values, and of the ten figures on which most hangs); the
      largest first, without those on which nothing hangs;
    - ``largest``: the same of the first, and half_below, half_above (amounts at which half the
      gain is gone with both plans made again; blank: at none), from, to (so far as was
      looked), halved, half_more (the gain with the figure halved, and half as much
      again), low, high, at_low, at_high (the range its source gives, and the gain there;
      blank: no range), no_gain_below, no_gain_above (why none can be told beyond: no plan, need
      unmet), certified;
    - ``statuses``: kind, status, hangs, share;
    - ``at_nought``: social values that stand at nought, as figures, where the outcome speaks for
      the second plan: hangs (pounds of the gain for each pound of it), switching (amount at which
      no gain is left, with both plans kept).

    Parameters
    ----------
    place : Place
        The place.
    names : tuple of str
        The two plans.
    objective, unit : str
        What they are measured by.
    gain : float
        The first less the second.
    values : tuple of float
        What each comes to.
    known_otherwise : tuple of str
        Where the figures looked at are all known in one way: the kinds not looked at, of whose
        figures the gain hangs on some that are known in another.
    """

    place: Place = field(repr=False)
    names: tuple[str, str]
    objective: str
    unit: str
    gain: float
    values: tuple[float, float]
    known_otherwise: tuple[str, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """The figures on which most hangs, with where half the gain is gone."""
        return self.tables["largest"]

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        return self._names.of

    @cached_property
    def _names(self) -> Names:
        return Names(self.place)

    def on_illustrative(self, kind: str = VALUE) -> float:
        """Share of the gain that hangs on figures of a kind that are illustrative.

        Parameters
        ----------
        kind : str
            ``"value"``, ``"effect"``, ``"unit cost"`` or ``"need"``.

        Returns
        -------
        float
            Above one where what hangs on others is below nought; not a number without a gain.
        """
        rows = self.tables["statuses"]
        mine = rows[(rows["kind"] == kind) & (rows["status"] == ILLUSTRATIVE)]
        return float(mine["share"].sum()) if abs(self.gain) >= _TINY else float("nan")

    # --- words ----------------------------------------------------------------------

    def called(self, row: Mapping[str, Any]) -> str:
        """A figure as the label of a row."""
        known = self.tables["figures"]
        several = ((known["kind"] == COST) & (known["service"] == row["service"])).sum() > 1
        return figure_called(self._names, row, several=several)

    def said(self, row: Mapping[str, Any], amount: float) -> str:
        """An amount of a figure, as its kind asks for."""
        if row["kind"] in (VALUE, COST):
            return pence(amount) if 0 < abs(amount) < 100 else whole_pounds(amount)
        return count(amount)

    def summarised(self) -> Summary:
        """The gain, on what most of it hangs, and where half of it would be gone."""
        return Summary(self.title, tuple(self._told()), MODEL)

    def finding(self) -> str:
        """How much the gain is."""
        first, second = (plan_called(name) for name in self.names)
        if abs(self.gain) < _TINY:
            return (
                f"In the model {first} and {second} come to the same {self.objective}: there is no "
                "gain that could rest on a figure."
            )
        way = "more" if self.gain > 0 else "less"
        gain = f"{money(abs(self.gain))} {way} {self.objective}"
        return f"In the model {first} has {gain} than {second}."

    def _told(self) -> Iterator[Paragraph]:
        if abs(self.gain) < _TINY:
            yield Paragraph(self.finding())
            return
        yield Paragraph(
            f"{self.finding()}{self._alike} With both plans kept as they are:",
            tuple(map(self._hanging, self.tables["figures"].head(_HANG).to_dict("records"))),
        )
        if nought := tuple(map(self._nought, self.tables["at_nought"].to_dict("records"))):
            yield Paragraph(
                f"What counts for nothing in it; the whole {self._what} would be gone, both plans "
                "kept as they are:",
                nought,
            )
        rows = self.table.to_dict("records")
        if broken := tuple(line for row in rows for line in self._half_gone(row)):
            yield Paragraph("With both plans made again:", broken)
        if ranged := tuple(map(self._ranged, (row for row in rows if pd.notna(row["at_low"])))):
            yield Paragraph(
                "With both plans made again at the ends of the range that its source gives:", ranged
            )
        held = [row for row in rows if pd.isna(row["half_below"]) and pd.isna(row["half_above"])]
        if held:
            yield Paragraph(
                f"Half the {self._what} is never gone within these figures:",
                tuple(map(self._held, held)),
            )
        if lacking := tuple(line for row in rows for line in self._lacking(row)):
            yield Paragraph("No gain can be told:", lacking)
        yield from self._sureness()

    @property
    def _what(self) -> str:
        return "gain" if self.gain > 0 else "loss"

    def _hanging(self, row: Mapping[str, Any]) -> str:
        """How far the gain hangs on a figure: where half of it is gone, and where all."""
        half, none = row["half_kept"], row["switching"]
        if pd.isna(half):
            figure = f"{self.called(row)}, {self.said(row, row['amount'])}{self.known(row)}"
            left = "from a tenth of it to ten times as much more than half is left"
            if row["bends"]:
                more = "a little more of it and a little less change"
                return f"{figure}: {more} the {self._what} unlike; {left}."
            left = "without it more than half is left" if row["kind"] == VALUE else left
            return f"{figure}, carries {percent(row['share'])} of the {self._what}; {left}."
        rest = f", and all of it at {self.said(row, none)}" if pd.notna(none) else ""
        return (
            f"{self._if(row, half)}, half the {self._what} would be gone{rest}{self._range(row)}."
        )

    def _range(self, row: Mapping[str, Any]) -> str:
        """The range that the source of a social value gives; blank: none."""
        if row["part"] != SOCIAL:
            return ""
        rows = self.place.filled("outcomes").set_index("outcome")
        low, high = rows.loc[row["outcome"], ["social_low", "social_high"]]
        if pd.isna(low) or pd.isna(high):
            return ""
        return f"; its source gives {self.said(row, low)} to {self.said(row, high)}"

    def _nought(self, row: Mapping[str, Any]) -> str:
        """From which amount on a value that is not counted would outweigh the gain."""
        one, outcome = self._unit("outcomes", row["outcome"]), row["outcome"]
        return (
            f"If each {one} of “{self._names.of('outcome', outcome)}” were worth more than "
            f"{self.said(row, row['switching'])} to people, of {row['prices']} prices; it stands "
            "at £0."
        )

    @property
    def gone_at_nought(self) -> str:
        """The same of all of them in one sentence; blank: no value at nought could outweigh it."""
        rows = self.tables["at_nought"].to_dict("records")
        each = [
            f"“{self._names.of('outcome', row['outcome'])}” at {self.said(row, row['switching'])}"
            for row in rows
        ]
        # Both plans kept, what the values are worth adds up: a half of either is half of the gain.
        part = "half of both" if len(each) == 2 else f"1/{len(each)} of all"
        too = f", or at {part} together" * (len(each) > 1)
        return f"Gone if people valued {' or '.join(each)} each, not £0{too}." if each else ""

    def _half_gone(self, row: Mapping[str, Any]) -> Iterator[str]:
        """A sentence each way in which half the gain is gone."""
        for column in ("half_below", "half_above"):
            if pd.notna(row[column]):
                sure = "" if row["certified"] else " (not certified)"
                yield f"{self._if(row, row[column])}, {self._half_as_much()}{sure}."

    def _if(self, row: Mapping[str, Any], amount: float) -> str:
        now = f"{self.said(row, row['amount'])}{self.known(row)}"
        way = "less" if amount < row["amount"] else "more"
        than, names = f"{way} than {self.said(row, amount)}", self._names
        service = row["service"] and names.of("service", row["service"])
        if row["kind"] == NEED:
            who = many(self._unit("services", row["service"]))
            return f"If the need for {service} were {than}{who and f' {who}'} instead of {now}"
        if row["kind"] == COST:
            return f"If a unit of {service} cost {than} instead of {now}"
        outcome = f"“{names.of('outcome', row['outcome'])}”"
        if row["kind"] == EFFECT:
            return f"If a unit of {service} made {than} of {outcome} instead of {now}"
        one = f"If each {self._unit('outcomes', row['outcome'])} of {outcome}"
        if row["part"] == FISCAL:
            return f"{one} saved {names.of('agency', row['agency'])} {than} instead of {now}"
        return f"{one} brought {than} of {row['part']} value instead of {now}"

    @property
    def _alike(self) -> str:
        """How the figures on which it hangs are known, once, where they are known alike.

        Of every figure that is said only where it holds for all kinds, looked at or not.
        """
        rows = self.tables["figures"]
        known = set(rows["status"])
        if len(known) != 1:
            return ""
        if not self.known_otherwise:
            return f" Every figure on which that hangs is {known.pop()}."
        looked_at = listed(dict.fromkeys(rows["kind"]))
        others = listed([f"{kind}s" for kind in self.known_otherwise])
        return (
            f" Every {looked_at} on which that hangs is {known.pop()}, but not every figure of "
            f"another kind ({others})."
        )

    def known(self, row: Mapping[str, Any]) -> str:
        """How a figure is known, and the prices it stands in where they are uprated, in brackets.

        Nothing is said again of figures that are all known alike.
        """
        said = [] if self._alike else [str(row["status"])]
        if row["prices"] not in ("", self.place.settings.price_base):
            said.append(f"{row['prices']} prices, uprated")
        return f" ({', '.join(said)})" if said else ""

    def _unit(self, table: str, key: str) -> str:
        rows = self.place.filled(table)
        unit = rows.set_index(rows.columns[0])["unit"][key]
        return "unit" if pd.isna(unit) else str(unit)

    def _half_as_much(self) -> str:
        step = STEPS.get((self.names[1], self.names[0]))
        if step is None:
            first, second = (plan_called(name) for name in self.names)
            who = f"{first} instead of {second}"
        else:
            who = step
        return f"{who} would {'gain' if self.gain > 0 else 'lose'} half as much"

    def _ranged(self, row: Mapping[str, Any]) -> str:
        """The gain at both ends of a range, and whether it is sure."""
        low, high = (row["amount"] if pd.isna(row[end]) else row[end] for end in ("low", "high"))
        least, most = row["at_low"], row["at_high"]
        sure = min(least * self.gain, most * self.gain) > 0 and min(abs(least), abs(most)) >= _TINY
        said = "" if sure else f"; the {self._what} is not distinguishable from nothing"
        return (
            f"{self.called(row)}: {money(least, signed=True)} at {self.said(row, low)} and "
            f"{money(most, signed=True)} at {self.said(row, high)}{said}"
        )

    def _held(self, row: Mapping[str, Any]) -> str:
        ends = f"between {self.said(row, row['from'])} and {self.said(row, row['to'])}"
        sure = ", certified" if row["certified"] else ", not certified"
        return f"{self.called(row)}: {ends} (now {self.said(row, row['amount'])}{sure})"

    def _lacking(self, row: Mapping[str, Any]) -> Iterator[str]:
        """Where no gain can be told any more, and why."""
        for column, reached, way in (
            ("no_gain_below", "from", "below"), ("no_gain_above", "to", "above"),
        ):  # fmt: skip
            if row[column]:
                amount = self.said(row, row[reached])
                yield f"{self.called(row)}: {way} {amount} {_LACKING[row[column]]}"

    def _sureness(self) -> Iterator[Paragraph]:
        points = [
            f"{kind}s: {'all' if percent(share) == percent(1.0) else percent(share)} of the "
            f"{self._what}"
            for kind in (VALUE, EFFECT)
            if abs(share := self.on_illustrative(kind)) >= 0.005
        ]
        if points:
            yield Paragraph("What hangs on figures that are illustrative:", tuple(points))


def figure_called(names: Names, row: Mapping[str, Any], *, several: bool) -> str:
    """A value, effect, unit cost or need as the label of a row.

    ``several``: whether its service has other unit costs, so that it says how much it is.
    """
    outcome = names.of("outcome", row["outcome"]) if row["outcome"] else ""
    service = sentence(names.of("service", row["service"])) if row["service"] else ""
    if row["kind"] == VALUE:
        if row["part"] == FISCAL:
            return f"{outcome}: saving of {names.of('agency', row['agency'])}"
        return f"{outcome}: {row['part']} value"
    if row["kind"] == EFFECT:
        return f"{service}: effect on “{outcome}”"
    if row["kind"] == COST:
        of = f" of {whole_pounds(row['amount'])}" if several else ""
        return f"{service}: unit cost{of}"
    return f"{service}: need"


def plan_called(name: str) -> str:
    """A plan in a sentence."""
    if name == "today":
        return "today’s money carried on"
    return f"the {TITLES.get(name, name).lower()} plan"


def titled(place: Place, names: tuple[str, str]) -> str:
    """What the answer is about."""
    step = STEPS.get((names[1], names[0]))
    of = f"of {step}" if step else f"from {plan_called(names[1])} to {plan_called(names[0])}"
    return f"{place.title}: what the gain {of} rests on"
