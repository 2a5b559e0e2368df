"""Names as they should be read, with whose it is where several share one; rules in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from placebudget.place.once import once
from placebudget.place.rule_kinds import RULE_KINDS
from placebudget.place.subjects import parse_subject
from placebudget.place.succession import pools_within, succeeded
from placebudget.words import as_set, percent, plain, stated

if TYPE_CHECKING:
    from placebudget.place.place import Place


# Rules in words that can be read out at a meeting.


def subject_words(subject: Mapping[str, tuple[str, ...]], names: Names) -> str:
    """The subject of a rule in words.

    Parameters
    ----------
    subject : mapping of str to tuple of str
        What :func:`parse_subject` gives.
    names : Names
        Names of the place; services that are named together are told apart from others.

    Returns
    -------
    str
        Such as "home care in Burnley"; "all services" where it names nothing.
    """
    names = names.spoken_together(subject.get("service", ()))

    def said(column: str) -> str:
        # Services that are all meant are said once.
        return " or ".join(dict.fromkeys(names.of(column, key) for key in subject[column]))

    head = said("service") if "service" in subject else ""
    if not head and "purpose" in subject:
        head = f"services for {said('purpose')}"
    if not head:
        natures = said("nature") + " " if "nature" in subject else ""
        kinds = said("kind") + " " if "kind" in subject else ""
        head = f"all {natures}{kinds}services"
    tail = ""
    if "provider" in subject:
        tail += f" from {said('provider')}"
    if "delivery_model" in subject:
        tail += f" delivered as {said('delivery_model')}"
    if "role" in subject:
        tail += f" staffed by {said('role')}"
    if "agency" in subject:
        tail += f" commissioned by {said('agency')}"
    if "area" in subject:
        tail += f" in {said('area')}"
    if "tier" in subject:
        tail += f" at the tier {said('tier')}"
    if "pool" in subject:
        tail += f" out of {said('pool')}"
    return head + tail


def amount_words(kind: str, amount: float, of: str = " of it") -> str:
    """The amount of a rule with its unit; ``of`` follows what has no unit of its own.

    Examples
    --------
    >>> amount_words("floor", 40e6), amount_words("pace", 5.5), amount_words("units_cap", 1200)
    ('£40 million', '5.5%', '1,200 units')
    """
    unit = RULE_KINDS[kind].unit
    if unit == "pounds":
        return stated(amount)
    if unit == "per cent":
        return f"{as_set(amount)}%"
    return f"{as_set(amount)}{f' {unit}' if RULE_KINDS[kind].of_units else of}"


def rule_words(rule: Mapping[str, Any] | pd.Series, names: Names) -> str:
    """A rule in words: what it asks for, in which year.

    Parameters
    ----------
    rule : mapping
        A row of the table ``rules``, defaults filled in.
    names : Names
        Names of the place.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("northvale")
    >>> rules = place.filled("rules").set_index("rule", drop=False)
    >>> rule_words(rules.loc["roads_duty"], Names(place)).startswith("roads and libraries at least")
    True
    """
    if rule.get("implied"):
        return "services without a known effect as they are today"
    sentence = RULE_KINDS[str(rule["kind"])].sentence
    said = sentence.format_map(_parts(rule, names))
    year = rule["year"]
    return said if pd.isna(year) else f"{said} in {year}"


_SET_BY_OTHERS = ("law", "grant condition", "agreement")
"""Bases that say that something must be done, and seldom how much of it."""


def basis_of(rule: Mapping[str, Any] | pd.Series, *, referred: bool = False) -> str:
    """What a rule rests on, in words; and that its level does not, where that is assumed.

    Parameters
    ----------
    rule : mapping
        A row of the table ``rules``.
    referred : bool
        Whether its reference is named, where it has one.

    Examples
    --------
    >>> import placebudget as pb
    >>> rules = pb.example("northvale").rules.set_index("rule")
    >>> basis_of(rules.loc["homelessness_duty"])
    'law, its level an assumption'
    >>> basis_of(rules.loc["nursing_pace"])
    'assumption'
    """
    basis = str(rule["basis"])
    level = ", its level an assumption" * only_level_assumed(rule)
    reference = f": {rule['reference']}" if referred and pd.notna(rule["reference"]) else ""
    return f"{basis}{level}{reference}"


def level_assumed(rule: Mapping[str, Any] | pd.Series) -> bool:
    """Whether how much a rule asks for is an assumption, whoever asks for it.

    Examples
    --------
    >>> import placebudget as pb
    >>> rules = pb.example("northvale").rules.set_index("rule")
    >>> level_assumed(rules.loc["homelessness_duty"]), level_assumed(rules.loc["nursing_pace"])
    (True, True)
    """
    if rule["basis"] in _SET_BY_OTHERS:
        return rule.get("status") in ("illustrative", "placeholder")
    return bool(rule["basis"] == "assumption")


def only_level_assumed(rule: Mapping[str, Any] | pd.Series) -> bool:
    """Whether others ask for what a rule asks for, and how much of it is an assumption.

    Examples
    --------
    >>> import placebudget as pb
    >>> rules = pb.example("northvale").rules.set_index("rule")
    >>> [only_level_assumed(rules.loc[rule]) for rule in ("homelessness_duty", "nursing_pace")]
    [True, False]
    """
    return rule["basis"] in _SET_BY_OTHERS and level_assumed(rule)


def line_words(rule: Mapping[str, Any] | pd.Series, names: Names, line: str) -> str:
    """What a rule asks for of one service in an area, named as in a sentence.

    Empty where its kind asks for nothing of each, but for a sum.
    """
    if rule.get("implied"):
        return f"what protects {line} from more cuts than need requires"
    parts = {**_parts(rule, names), "about": line}
    return RULE_KINDS[str(rule["kind"])].of_line.format_map(parts)


def _parts(rule: Mapping[str, Any] | pd.Series, names: Names) -> dict[str, str]:
    """What stands in the sentences of rules."""
    subject, blank = parse_subject(rule["subject"]), bool(pd.isna(rule["amount"]))
    amount = 0.0 if blank else float(rule["amount"])
    said = amount_words(str(rule["kind"]), amount, of="")
    spender = names.of("pool", subject["pool"][0]) if "pool" in subject else "the place"
    where = subject_words({"area": subject["area"]}, names) if "area" in subject else "the place"
    return {
        "about": subject_words(subject, names),
        "amount": said,
        "at_most": "" if blank else f" at most {said}",
        "kept": f"{as_set(100 - amount)}%",
        "near": f"within {said} of today" if amount else "as it is today",
        "whole": f"what {spender}",
        "outcome": " or ".join(names.of("outcome", key) for key in subject.get("outcome", ())),
        "agency": " and ".join(names.of("agency", key) for key in subject.get("agency", ())),
        "tier": subject.get("tier", ("area",))[0],
        "where": where.removeprefix("all services in "),
    }


_KEYED = {
    "service": "services",
    "area": "areas",
    "agency": "agencies",
    "pool": "pools",
    "outcome": "outcomes",
    "stream": "streams",
    "role": "posts",
}
_SERVICE = "service"


class Names:
    """Names of what a place's keys stand for, in which every service can be told from every other.

    A service whose name others share is followed by who commissions it in brackets,
    and by its area or key where that does not tell it apart either.

    Parameters
    ----------
    place : Place
        The place.

    Examples
    --------
    >>> import placebudget as pb
    >>> names = Names(pb.example("lancashire"))
    >>> names.of("service", "home_care_blackpool")
    'home care (Blackpool Council)'
    >>> names.of("service", "community_nursing")
    'community nursing'
    """

    def __init__(self, place: Place) -> None:
        self._names, self._whose = _written(place), _whose(place)
        self._together: Mapping[str, str] = {}

    def of(self, column: str, key: str) -> str:
        """Name of a key; a service that shares its name is told apart."""
        name = self.bare(column, key)
        if column != _SERVICE:
            return name
        if key in self._together:
            return self._together[key]
        return f"{name} ({self._whose[key]})" if key in self._whose else name

    def bare(self, column: str, key: str) -> str:
        """Name of a key; words as they stand, underscores as spaces, where it has none."""
        return _bare(self._names, column, key)

    def spoken_together(self, keys: Iterable[str]) -> Names:
        """The names where these services are spoken of together.

        Those of one name are said once, with all whose they are; and without, where all
        services of that name are among them.

        Examples
        --------
        >>> import placebudget as pb
        >>> names = Names(pb.example("lancashire"))
        >>> two = ["home_care_blackburn", "home_care_blackpool"]
        >>> names.spoken_together(two).of("service", "home_care_blackpool")
        'home care (Blackburn with Darwen Borough Council and Blackpool Council)'
        >>> names.spoken_together([*two, "home_care"]).of("service", "home_care")
        'home care'
        """
        alike: dict[str, list[str]] = defaultdict(list)
        for key in dict.fromkeys(keys):
            alike[self.bare(_SERVICE, key)].append(key)
        every = Counter(self.bare(_SERVICE, key) for key in self._whose)
        together: dict[str, str] = {}
        for name, mine in alike.items():
            if len(mine) > 1:
                whose = listed([self._whose[key] for key in mine])
                said = name if len(mine) == every[name] else f"{name} ({whose})"
                together |= dict.fromkeys(mine, said)
        found = object.__new__(Names)
        found._names, found._whose, found._together = self._names, self._whose, together
        return found


@once
def _written(place: Place) -> Mapping[str, Mapping[str, str]]:
    """Names as they are written, by column and key."""
    found: dict[str, dict[str, str]] = {}
    for column, table in _KEYED.items():
        frame = succeeded(place).tables[table]
        pairs = zip(frame[column], frame["name"], strict=True)
        found[column] = {key: key if pd.isna(name) else str(name) for key, name in pairs}
    return found


def _bare(names: Mapping[str, Mapping[str, str]], column: str, key: str) -> str:
    name = names.get(column, {}).get(key, key)
    return name if name != key else key.replace("_", " ")


@once
def _whose(place: Place) -> Mapping[str, str]:
    """What tells each service apart that shares its name."""
    table, names = place.services, _written(place)
    called = {str(key): _bare(names, _SERVICE, str(key)) for key in table["service"]}
    shared = Counter(called.values())
    whose = {
        str(key): _bare(names, "agency", str(agency))
        for key, agency in zip(table["service"], table["commissioner"], strict=True)
        if shared[called[str(key)]] > 1
    }
    offered: dict[str, set[str]] = defaultdict(set)
    rows = place.offers[["service", "area"]].dropna()
    for key, area in zip(rows["service"].tolist(), rows["area"].tolist(), strict=True):
        offered[key].add(area)
    for still in (lambda key: _area(offered, names, key), lambda key: key.replace("_", " ")):
        count = Counter((called[key], said) for key, said in whose.items())
        for key, said in whose.items():
            if count[called[key], said] > 1 and (more := still(key)):
                whose[key] = f"{said}, {more}"
    return whose


def _area(offered: Mapping[str, set[str]], names: Mapping[str, Mapping[str, str]], key: str) -> str:
    """The one area in which a service is offered; empty where there are several or none."""
    areas = offered.get(key, set())
    return _bare(names, "area", str(next(iter(areas)))) if len(areas) == 1 else ""


EXACTLY_ONE = "exactly_one"
"""The rule of a choice in which one of the offers has to run."""


def choice_words(offers: Iterable[str], *, exactly: bool) -> str:
    """What a choice between offers holds.

    Examples
    --------
    >>> choice_words(["in_house", "mutual"], exactly=False)
    'at most one of in house and mutual runs'
    """
    return f"{'exactly' if exactly else 'at most'} one of {listed(map(plain, offers))} runs"


def sharing_words(shared: str, members: Iterable[str], least: int) -> str:
    """What a shared offer holds.

    Examples
    --------
    >>> sharing_words("one_payroll", ["north", "south", "west"], 2)
    'one payroll runs with at least 2 of north, south and west, and they only with it'
    """
    among = listed(map(plain, members))
    return f"{plain(shared)} runs with at least {least} of {among}, and they only with it"


def level_words(service: str, tiers: Iterable[str]) -> str:
    """What the levels of a service hold.

    Examples
    --------
    >>> level_words("youth_work", ["county", "district"])
    'youth work is commissioned at one level alone: county or district'
    """
    levels = " or ".join(map(plain, tiers))
    return f"{plain(service)} is commissioned at one level alone: {levels}"


def called_or(name: object, key: object) -> str:
    """What something is called, or its key in plain words where it has no name.

    Examples
    --------
    >>> called_or(None, "relief_road"), called_or("the relief road", "relief_road")
    ('relief road', 'the relief road')
    """
    return str(name) if isinstance(name, str) else plain(str(key))


def target_words(row: Mapping[str, Any] | pd.Series, names: Names) -> str:
    """What a target pays for.

    Parameters
    ----------
    row : mapping
        A row of the table ``targets``, defaults filled in.
    names : Names
        Names of the place.

    Examples
    --------
    >>> import placebudget as pb
    >>> row = {"target": "calm", "name": None, "outcome": "calls", "area": None, "year": "2028-29"}
    >>> row |= {"baseline": 400, "stretch": 600, "threshold": 0.6, "reward": 1.2e6}
    >>> target_words(row, Names(pb.example("toy_pooling"))).partition("; ")[0]
    'calm: calls from 400 to 600 in 2028-29'
    """
    called = called_or(row["name"], row["target"])
    where = "" if pd.isna(row["area"]) else f" in {names.of('area', str(row['area']))}"
    return (
        f"{called}: {names.of('outcome', str(row['outcome']))}{where} from "
        f"{as_set(row['baseline'])} to {as_set(row['stretch'])} in {row['year']}; from "
        f"{as_set(100 * row['threshold'])}% of the way on, that share of {stated(row['reward'])} "
        "is paid"
    )


def loan_words(row: Mapping[str, Any] | pd.Series, names: Names) -> str:
    """What a loan is.

    Parameters
    ----------
    row : mapping
        A row of the table ``loans``, defaults filled in.
    names : Names
        Names of the place.

    Examples
    --------
    >>> import placebudget as pb
    >>> row = {"loan": "road", "name": None, "first_year": "2027-28", "rate": 0.05, "years": 25}
    >>> row |= {"stream": "county_grant", "borne_by": "county_tax", "most": 8e6}
    >>> loan_words(row, Names(pb.example("toy_pooling")))
    'road: up to £8 million in 2027-28 into county grant, at 5% over 25 years, borne by county tax'
    """
    called = called_or(row["name"], row["loan"])
    into, by = (names.of("stream", str(row[name])) for name in ("stream", "borne_by"))
    many = f"{as_set(row['years'])} year{'s' * (row['years'] != 1)}"
    return (
        f"{called}: up to {stated(row['most'])} in {row['first_year']} into {into}, at "
        f"{as_set(100 * row['rate'])}% over {many}, borne by {by}"
    )


def succession_words(place: Place) -> tuple[str, ...]:
    """Who takes over from whom, one sentence a successor, and which pools end by that.

    Examples
    --------
    >>> import placebudget as pb
    >>> rows = {"agency": ["council", "nhs"], "successor": "police", "year": "2027-28"}
    >>> place = pb.example("toy_pooling")
    >>> ended = place.with_(successions=pd.DataFrame({**rows, "share": [1.0, 0.4]}))
    >>> print(succession_words(ended)[0].partition(', and ')[2])
    40% of what Toyland NHS Board has.
    """
    names, told = Names(place), dict[tuple[str, str], list[str]]()
    wholly: dict[tuple[str, str], list[str]] = {}
    for row in place.filled("successions").sort_values("agency").itertuples():
        key, who = (str(row.year), str(row.successor)), names.of("agency", str(row.agency))
        if row.share >= 1.0:
            wholly.setdefault(key, []).append(who)
        else:
            told.setdefault(key, []).append(f"{percent(row.share)} of what {who} has")
    said = []
    for year, who in sorted({*wholly, *told}):
        parts = [f"from {listed(wholly[year, who])}"] if (year, who) in wholly else []
        if (year, who) in told:
            parts.append(listed(told[year, who]))
        called = names.of("agency", who)
        said.append(f"From {year} {called} takes over {', and '.join(parts)}.")
    within: dict[str, tuple[str, str]] = {}
    for (pool, year), who in sorted(pools_within(place).items()):
        within.setdefault(pool, (year, who))
    for pool, (year, who) in within.items():
        said.append(
            f"From {year} {names.of('pool', pool)} is between services of "
            f"{names.of('agency', who)} alone: it is part of one budget, and ends as a pool."
        )
    return tuple(said)


def leaving_words(offer: str, cost: float) -> str:
    """What it costs to end an offer.

    Examples
    --------
    >>> leaving_words("payroll_north_joined", 90_000)
    'ending payroll north joined costs £90,000'
    """
    return f"ending {plain(offer)} costs {stated(cost)}"


def listed(texts: Iterable[str]) -> str:
    """Texts as a list in a sentence, each once.

    Examples
    --------
    >>> listed(["a", "b", "b", "c"])
    'a, b and c'
    """
    said = list(dict.fromkeys(texts))
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


@once
def cited(place: Place) -> dict[str, str]:
    """Publisher and year of each source; where it has neither, its title.

    Examples
    --------
    >>> import placebudget as pb
    >>> cited(pb.example("lancashire"))["cochrane_reablement_2016"]
    'Cochrane, 2016'
    """
    rows = place.sources[["source", "title", "publisher", "year"]].astype(object)
    return {
        str(key): ", ".join(str(part) for part in (who, year) if pd.notna(part)) or str(title)
        for key, title, who, year in rows.itertuples(index=False)
    }
