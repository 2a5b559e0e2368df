"""What a board can change: an option, who pools, ring-fences and floors.

Choices are plain keys and amounts. What they make of a place is an option like
any other, so that nothing a board does can relax a rule whose basis is law.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from placebudget.apps.floors import (
    amount_in_words,
    digits_of,
    floor_name,
    floors,
    scale_of,
    wish_beyond,
    wish_key,
)
from placebudget.apps.ways_out import LONGEST_NAME, repair_as_option
from placebudget.errors import InvalidOption, PlaceBudgetError, WrongArgument
from placebudget.place import Option, Place
from placebudget.place.names import Names
from placebudget.plan.repair import Repair, rule_of_year
from placebudget.words import as_set

_LAW = "law"
# As people type an amount: a comma stands between thousands only, 19,5 could mean anything.
_AMOUNT = re.compile(r"£? ?-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)


class InvalidChoice(PlaceBudgetError):
    """A choice that does not fit the place.

    Parameters
    ----------
    problems : sequence of (str, str)
        The control each problem belongs to, and a sentence.
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("\n".join(sentence for _, sentence in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Choices:
    """What a board has chosen; as they start, they leave the papers as they are.

    Parameters
    ----------
    option : str
        Name of an option stored beside the place; empty for the place itself.
    alone : frozenset of str
        Agencies that pay into no pool.
    unfenced : frozenset of str
        Streams whose ring-fence is ended.
    amounts : tuple of (rule, amount)
        New amounts of floors, in the unit of the rule.
    repairs : tuple of Repair
        Ways out of clashes that were taken, in their order.
    """

    option: str = ""
    alone: frozenset[str] = frozenset()
    unfenced: frozenset[str] = frozenset()
    amounts: tuple[tuple[str, float], ...] = ()
    repairs: tuple[Repair, ...] = ()

    def apply(self, papers: Place) -> Place:
        """The place of the papers with everything changed that was chosen.

        Raises
        ------
        InvalidOption
            If the option does not fit the place.
        """
        place = papers.with_option(self.option) if self.option else papers
        made = self._option(place)
        place = place.with_option(made) if made.changes else place
        for repair in self.repairs:
            place = place.with_option(repair_as_option(place, repair))
        return place

    def with_repair(self, repair: Repair) -> Choices:
        """These choices with one more way out taken."""
        return replace(self, repairs=(*self.repairs, repair))

    def repaired(self, papers: Place) -> set[str]:
        """Rules of number boxes whose amounts a way out has set again."""
        named = {rule for repair in self.repairs for rule, _, _ in repair.rules}
        return {box for box, rules in self._rules_of_boxes(papers).items() if named & rules}

    def held(self, papers: Place) -> dict[str, tuple[float, float]]:
        """The amounts that hold, by the rule of their number box, in the unit of the rule.

        Returns
        -------
        dict of str to (float, float)
            The least and the most of the years: a way out may ask for other amounts in each.
            Of the papers' own amounts, only those that a way out has changed.
        """
        found = {rule: (amount, amount) for rule, amount in self.amounts}
        again = self.repaired(papers)
        rules = self.apply(papers).rules if again else papers.rules
        of_box = self._rules_of_boxes(papers)
        for box in again:
            mine = rules[rules["rule"].isin(of_box[box])]
            # Of a duty and a wish beyond it, the higher one is what holds.
            years = [mine[mine["year"].isna() | (mine["year"] == y)] for y in papers.years]
            most = [float(rows["amount"].max()) for rows in years if len(rows)]
            found[box] = (min(most), max(most))
        return found

    def _rules_of_boxes(self, papers: Place) -> dict[str, set[str]]:
        """Keys of the rules that each number box stands for, written out by years or not."""
        base = papers.with_option(self.option) if self.option else papers
        taken, wished = set(base.rules["rule"]), dict(self.amounts)
        return {
            box: _in_years({box, *([wish_key(box, taken)] if box in wished else [])}, papers)
            for box in map(str, floors(base)["rule"])
        }

    def taken_back(self) -> dict[str, Choices]:
        """What is left with one change taken back, by the control of that change.

        Examples
        --------
        >>> chosen = Choices(alone=frozenset({"police"}), amounts=(("duty", 2e6),))
        >>> list(chosen.taken_back())
        ['pools-police', 'amount-duty']
        """
        found = {"option": replace(self, option="")} if self.option else {}
        for key in sorted(self.alone):
            found[f"pools-{key}"] = replace(self, alone=self.alone - {key})
        for key in sorted(self.unfenced):
            found[f"fences-{key}"] = replace(self, unfenced=self.unfenced - {key})
        for rule, _ in self.amounts:
            kept = tuple(each for each in self.amounts if each[0] != rule)
            found[f"amount-{rule}"] = replace(self, amounts=kept)
        return found

    def _option(self, place: Place) -> Option:
        said = "; ".join(text.rstrip(".") for text in self.changes_in_words(place))
        made = Option(f"at the board: {said}"[:LONGEST_NAME] if said else "at the board")
        contributions = contributions_by_agency(place)
        for agency in sorted(self.alone):
            for pool in sorted(contributions.get(agency, ())):
                made = made.leave_pool(pool, agency=agency)
        for stream in sorted(self.unfenced & set(place.ring_fences["stream"])):
            made = made.end_ring_fence(stream)
        rules = place.rules.set_index("rule", drop=False)
        basis = rules["basis"].to_dict()
        for rule, amount in self.amounts:
            if basis.get(rule) == _LAW:
                # What a board asks for beyond a duty is its own wish; the law stays as it is.
                made = made.add("rules", wish_beyond(rules.loc[rule], amount, basis))
            else:
                made = made.set("rules", "amount", amount, rule=rule)
        return made

    def sentences(self, place: Place) -> list[str]:
        """What was changed, in words, for minutes and reports."""
        said = [f"Option: {self.option}."] if self.option else []
        said += self.changes_in_words(place.with_option(self.option) if self.option else place)
        return said + [f"Way out taken: {repair.words}." for repair in self.repairs]

    def changes_in_words(self, place: Place) -> list[str]:
        """What was changed by switches and boxes, in words.

        Parameters
        ----------
        place : Place
            The place before these changes.
        """
        return [self.sentence_of(control, place) for control in self.taken_back() if "-" in control]

    def sentence_of(self, control: str, place: Place) -> str:
        """What one control was changed to, in words.

        Parameters
        ----------
        control : str
            One of those of :meth:`taken_back`.
        place : Place
            The place before these changes.
        """
        kind, _, key = control.partition("-")
        if kind == "option":
            return f"Option: {self.option}."
        if kind == "pools":
            return f"{names(place, 'agencies').get(key, key)} pays into no pool."
        if kind == "fences":
            return f"The ring-fence of {names(place, 'streams').get(key, key)} is ended."
        amount, rules = dict(self.amounts)[key], floors(place).set_index("rule", drop=False)
        if key not in rules.index:  # a way out has written it anew, year by year
            return f"{key.replace('_', ' ').capitalize()}: at least {as_set(amount)}."
        rule = rules.loc[key]
        asked, papers = (amount_in_words(rule, each) for each in (amount, float(rule["amount"])))
        return f"{floor_name(rule, Names(place))}: at least {asked}, in the papers {papers}."


def _in_years(rules: set[str], place: Place) -> set[str]:
    """Keys of rules, and those under which each is written out by years."""
    return rules | {rule_of_year(rule, year) for rule in rules for year in place.years}


def contributions_by_agency(place: Place) -> dict[str, list[str]]:
    """The pools each agency may pay into, in the order of the table of agencies.

    Examples
    --------
    >>> import placebudget as pb
    >>> contributions_by_agency(pb.example("northvale"))["police"]
    ['safer_families']
    """
    agency_of = dict(zip(place.streams["stream"], place.streams["agency"], strict=True))
    found: dict[str, list[str]] = {}
    for stream, pool in zip(
        place.contributions["stream"], place.contributions["pool"], strict=True
    ):
        pools = found.setdefault(agency_of[stream], [])
        if pool not in pools:
            pools.append(pool)
    return {key: found[key] for key in place.agencies["agency"] if key in found}


def names(place: Place, table: str) -> dict[str, str]:
    """Names of a table's keys as they should be read.

    Examples
    --------
    >>> import placebudget as pb
    >>> names(pb.example("northvale"), "agencies")["police"]
    'Northvale Police'
    """
    frame = place.tables[table]
    key = frame.columns[0]
    return {
        str(k): str(k).replace("_", " ") if pd.isna(n) else str(n)
        for k, n in zip(frame[key], frame["name"], strict=True)
    }


def read_choices(papers: Place, given: Mapping[str, Any], before: Choices) -> Choices:
    """Choices as a browser sends them, checked against the place.

    Parameters
    ----------
    papers : Place
        The place of the papers.
    given : mapping
        ``option`` (a name), ``alone`` (agencies), ``unfenced`` (streams), ``amounts``
        (figures as typed, by rule; pounds in £ million).
    before : Choices
        What was chosen before, as the boxes show it. Its ways out stay taken, but for those
        whose amounts are set anew, or that change what is no longer there.

    Raises
    ------
    InvalidChoice
        With a sentence for everything that does not fit.
    """
    problems: list[tuple[str, str]] = []
    option = str(given.get("option", ""))
    base = papers
    if option:
        try:
            base = papers.with_option(option)
        except (InvalidOption, WrongArgument) as error:
            problems.append(("option", str(error)))
    fenced = set(papers.ring_fences["stream"]) | set(base.ring_fences["stream"])
    alone = _known(given.get("alone", ()), contributions_by_agency(papers), "alone", problems)
    unfenced = _known(given.get("unfenced", ()), fenced, "unfenced", problems)
    typed = _amounts(base, given.get("amounts", {}), before.held(papers), problems)
    if problems:
        raise InvalidChoice(problems)
    asked, own = dict(before.amounts), floors(base).set_index("rule")["amount"]
    # A box left as it was shown keeps what was asked for there, and the way out of it.
    amounts = {rule: asked.get(rule) if new is None else new for rule, new in typed.items()}
    changed = tuple(
        (rule, each) for rule, each in amounts.items() if each is not None and each != own[rule]
    )
    anew = {rule for rule, new in typed.items() if new is not None}
    return _with_ways_out(Choices(option, alone, unfenced, changed), before, anew, papers)


def _with_ways_out(found: Choices, before: Choices, anew: set[str], papers: Place) -> Choices:
    """Choices with the ways out taken before that still stand."""
    for repair in before.repairs:
        more = found.with_repair(repair)
        if replace(before, repairs=(repair,)).repaired(papers) & anew:
            continue  # what is set by hand holds, whatever a way out made of it before
        try:
            more.apply(papers)
        except InvalidOption:
            continue  # what it changed is no longer there
        found = more
    return found


def _known(given: Any, keys: Any, control: str, problems: list[tuple[str, str]]) -> frozenset[str]:
    chosen = frozenset(map(str, given)) if isinstance(given, list | tuple) else frozenset()
    for key in sorted(chosen - set(keys)):
        problems.append((control, f"There is no {key} here to choose."))
    return chosen


def _amounts(
    place: Place,
    given: Any,
    held: Mapping[str, tuple[float, float]],
    problems: list[tuple[str, str]],
) -> dict[str, float | None]:
    """Amounts as typed, by rule; None where the box was left as it was shown."""
    table, spoken = floors(place).set_index("rule", drop=False), Names(place)
    found: dict[str, float | None] = {}
    for rule, typed in (given if isinstance(given, Mapping) else {}).items():
        if rule not in table.index:
            continue
        row = table.loc[rule]
        text = str(typed).strip()
        label = floor_name(row, spoken)
        if not _AMOUNT.fullmatch(text):
            problems.append((f"amount-{rule}", f"{label}: enter a number, like 2.5."))
            continue
        amount = float(text.replace(",", "").removeprefix("£")) * scale_of(str(row["kind"]))
        own = float(row["amount"])
        rounded = 0.5 * 10 ** -digits_of(row) * scale_of(str(row["kind"]))
        if rule in held and abs(amount - held[rule][0]) <= rounded:
            found[str(rule)] = None
        elif abs(amount - own) <= rounded:
            found[str(rule)] = own  # what a box shows of the place's own amount, rounded
        elif not 0 <= amount < 1e15:
            problems.append((f"amount-{rule}", f"{label}: enter a number that is not below 0."))
        elif str(row["basis"]) == _LAW and amount < own:
            least = amount_in_words(row, own)
            problems.append(
                (f"amount-{rule}", f"{label}: this is a duty in law, so not below {least}.")
            )
        else:
            found[str(rule)] = amount
    return found
