"""Published forms as they are described, and what a heading means in one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from placebudget.place.settings import financial_year

MONEY = {"£": 1, "£ thousand": 1_000, "£ million": 1_000_000}
"""Units of an amount of money, and how many pounds each is."""

_UNITS = (
    (r"(£\s*['’]?\s*000s?\b|£\s*thousands?\b|\bgbp thousands?\b|\(000s?\))", "£ thousand"),
    (r"(£\s*m\b|£\s*millions?\b|\bgbp millions?\b|£m\b)", "£ million"),
    (r"(\(£s?\)|\bin £s?(?!\w)|\bpounds\b|\bgbp\b|^£$)", "£"),
)
_YEAR = r"(?:19|20)\d{2}"
_FINANCIAL = re.compile(
    rf"(?<!\d)({_YEAR})\s*[-/–_]\s*(\d{{4}}|\d{{2}})(?!\d)|(?<!\d)(20\d{{4}})(?!\d)"
)
_DATED = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december|"
    rf"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\s+{_YEAR}\b",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?<!\d)({_YEAR})(?!\d)")
_AGE = re.compile(
    r"(?:aged?s?[\s_]*)?(\d{1,3})(?:\s*(?:-|–|to|_)\s*(\d{1,3}))?"
    r"[\s_]*(\+|plus|and over|and above)?(?:\s*years?)?"
)


@dataclass(frozen=True)
class Meaning:
    """What a heading, or the label of a row, means in a form.

    Parameters
    ----------
    line, measure : str
        Keys; empty: it says none.
    year, unit : str
        Year and unit, where it says them.
    known : bool
        Whether the line is one of the form's own.
    """

    line: str = ""
    measure: str = ""
    year: str = ""
    unit: str = ""
    known: bool = False


@dataclass(frozen=True)
class PublishedForm:
    """A published form: what it is known by, and what its lines mean.

    Parameters
    ----------
    key : str
        Name by which it can be asked for.
    title, publisher : str
        What it is called, and by whom it is published.
    period : {"financial", "calendar", "edition"}
        What a year is; edition: one year of the whole file.
    unit, measure : str
        Of a figure, where neither its column nor the file says another.
    line : str
        The line of a heading that names a measure alone.
    words : str
        Pattern of what title, sheet or file name says.
    needs : tuple of tuple of str
        Of each group at least one line is there.
    without : tuple of str
        Lines of which none is there.
    instead : tuple of str
        Forms in whose stead it is taken where neither title nor name tells which of them a
        file is; of such a file its own lines alone are read, and nought is no figure.
    lines, measures : mapping of str to sequence of str
        Keys, and how they are called.
    """

    key: str
    title: str
    publisher: str
    period: str = "financial"
    unit: str = ""
    measure: str = "amount"
    line: str = ""
    words: str = ""
    needs: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    ages: bool = False
    areas: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, Sequence[str]] = field(default_factory=dict)
    measures: Mapping[str, Sequence[str]] = field(default_factory=dict)
    measured: Mapping[str, Sequence[str]] = field(default_factory=dict)
    units: Mapping[str, Any] = field(default_factory=dict)
    usual: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.key)

    @cached_property
    def _lines(self) -> dict[str, str]:
        return _names(self.lines)

    @cached_property
    def _measures(self) -> dict[str, str]:
        return _names(self.measures)

    @cached_property
    def _measure_of(self) -> dict[str, str]:
        return {line: measure for measure, lines in self.measured.items() for line in lines}

    @property
    def expected(self) -> str:
        """The lines by which it is known, in words."""
        groups = (" or ".join(_shown(each) for each in group[:4]) for group in self.needs)
        return f"{self.title}: columns with {', and '.join(groups)}"

    def role(self, heading: str) -> str:
        """What a column with a heading holds; empty: figures."""
        plain = plain_heading(heading)
        own = {plain_heading(key): role for key, role in self.columns.items()}
        if plain in own:
            return "" if own[plain] == "data" else own[plain]
        return _roles().get(plain, "")

    def measure_of(self, line: str) -> str:
        """What figures of a line are, where their column does not say."""
        return self._measure_of.get(line, self.measure)

    def unit_of(self, line: str, measure: str) -> str:
        """Unit of a figure, where the file does not say another."""
        of_line = self.units.get(line, "")
        if isinstance(of_line, dict):
            of_line = of_line.get(measure, "")
        return of_line or self.units.get(measure, "") or self.unit

    def fits(self, lines: Iterable[str]) -> bool:
        """Whether a table with these lines may be of the form."""
        there = set(lines)
        return all(there & set(group) for group in self.needs) and not there & set(self.without)

    def meaning(self, parts: Sequence[str]) -> Meaning:
        """What a heading of one or more rows, or the labels of a row, mean.

        Examples
        --------
        >>> rs = forms()["revenue_outturn"]
        >>> meant = rs.meaning(["Service Expenditure", "190", "Education services (£000)"])
        >>> meant.line, meant.unit, meant.known
        ('education', '£ thousand', True)
        >>> meant = rs.meaning(["Adult Social Care", "Net current expenditure"])
        >>> meant.line, meant.measure
        ('adult_social_care', 'net_current_expenditure')
        """
        said = [part for part in parts if part]
        year = next((y for part in said if (y := self.year_in(part, alone=True))), "")
        unit = next((u for part in reversed(said) if (u := unit_in(part))), "")
        pieces = [_below(p) for part in said for p in re.split(r"\s*\|\s*", part) if p.strip()]
        line, measure = self._both(pieces)
        known = bool(line)
        if not line:
            rest = "_".join(_rest(pieces, self._measures))
            line = rest or ("" if measure or year else slug(said))
        return Meaning(line, measure, year, unit, known)

    def titled(self, name: str, titles: Iterable[str]) -> Meaning:
        """What the name of a sheet and titles say of all its figures: a line, whose people.

        Examples
        --------
        >>> forms()["deprivation"].titled("Income", []).line
        'income'
        >>> title = "Average Band D council tax, including parish precepts, 2020-21 to 2024-25"
        >>> forms()["council_tax"].titled("Data", [title]).line
        'band_d_with_parishes'
        """
        line = self._lines.get(plain_heading(name), "")
        said = " ".join(map(_words, [name, *titles])).split()
        if not line:
            held = [each for each in self._lines if len(each.split()) > 1]
            held = [each for each in held if set(each.split()) <= set(said)]
            line = self._lines[max(held, key=lambda each: len(each.split()))] if held else ""
        whose = [self._measures[each] for each in said if self.ages and each in self._measures]
        return Meaning(line, whose[0] if len(set(whose)) == 1 else "")

    def _both(self, pieces: Sequence[str]) -> tuple[str, str]:
        plain = [plain_heading(each) for each in pieces]
        for n, last in reversed(list(enumerate(plain))):
            for group in plain[:n]:
                if f"{group} | {last}" in self._lines:
                    return self._lines[f"{group} | {last}"], ""
        lines, measures, either = [], [], []
        for each in [*pieces, *(part for piece in pieces for part in self._parted(piece))]:
            line, measure = self._one(each)
            if line and measure and plain_heading(each) in self._lines:
                either.append((line, measure))
            else:
                lines += [line] if line else []
                measures += [measure] if measure else []
        # Net current expenditure is a line, and a measure where another line is named.
        if either and not lines and not _rest(pieces, self._measures):
            lines.append(either.pop(0)[0])
        measures += [measure for _, measure in either]
        return (lines or [""])[-1], (measures or [""])[0]

    def _parted(self, piece: str) -> list[str]:
        """Parts of a heading such as "IMD - Average score", where all of them are known."""
        parts = re.split(r"\s+[-–]\s+|[:,]\s", piece)
        means = [self._one(each) for each in parts]
        known = all(
            any(m) or plain_heading(p) in _groups() for p, m in zip(parts, means, strict=True)
        )
        return (
            parts if len(parts) > 1 and known and sum(bool(line) for line, _ in means) < 2 else []
        )

    def _one(self, piece: str) -> tuple[str, str]:
        """Line and measure that a piece of a heading may name."""
        plain = plain_heading(piece)
        # What stands in brackets tells some lines apart: with or without public health.
        whole = plain_heading(re.sub(r"[()]", " ", piece))
        line = self._lines.get(whole) or self._lines.get(plain, "")
        measure = self._measures.get(plain, "")
        if not line and self.ages:
            line = age_key(piece)
        if line or measure:
            return line, measure
        words = plain.split()
        for n in range(1, len(words)):
            left, right = " ".join(words[:n]), " ".join(words[n:])
            if left in self._lines and right in self._measures:
                return self._lines[left], self._measures[right]
        for line_name, key in self._lines.items():
            # "rank of income scale" is the rank of the scale, of income.
            if f" of {line_name} " in f" {plain} ":
                without = plain.replace(f" of {line_name} ", " of ")
                if without in self._measures:
                    return key, self._measures[without]
        return "", ""

    def year_in(self, text: str, *, alone: bool = False) -> str:
        """The one year that a text names, as the form writes years; empty: none, or several.

        Parameters
        ----------
        text : str
            A title, a name or a heading.
        alone : bool
            Whether a year that is no financial year must stand alone.

        Examples
        --------
        >>> rs, imd = forms()["revenue_outturn"], forms()["deprivation"]
        >>> rs.year_in("Outturn 2015/16, published 1 May 2017"), rs.year_in("RS_201516")
        ('2015-16', '2015-16')
        >>> rs.year_in("Reserves at 1 April 2015"), imd.year_in("imd2019_england")
        ('', '2019')
        """
        bare = _DATED.sub(" ", text)
        found = _FINANCIAL.finditer(bare)
        named = {year for each in found if (year := _spanned(each))}
        if self.period == "financial":
            return named.pop() if len(named) == 1 else ""
        if (mid := re.findall(rf"\bmid[- ]?({_YEAR})\b", text, re.IGNORECASE)) and len({*mid}) == 1:
            return mid[0]
        if alone:
            people = r"(?:pop(?:ulation)?|residents|people)"
            match = re.fullmatch(
                rf"\s*(?:{people}[ _-]*)?({_YEAR})(?:[ _-]*{people})?\s*", text, re.IGNORECASE
            )
            return match[1] if match else ""
        years = set(_BARE.findall(bare)) if not named else set()
        return years.pop() if len(years) == 1 else ""


def _spanned(found: re.Match[str]) -> str:
    first, last = (found[3][:4], found[3][4:]) if found[3] else (found[1], found[2])
    name = financial_year(int(first))
    return name if last in (name[-2:], str(int(first) + 1)) else ""


def unit_in(text: str) -> str:
    """The unit of money that a text names; empty: none.

    Examples
    --------
    >>> unit_in("Net expenditure (£000s)"), unit_in("£ million"), unit_in("gbp")
    ('£ thousand', '£ million', '£')
    """
    plain = text.lower().replace("_", " ")
    return next((unit for pattern, unit in _UNITS if re.search(pattern, plain)), "")


def age_key(text: str) -> str:
    """The line of an age or a band of ages; empty: none.

    Examples
    --------
    >>> age_key("0"), age_key("65-69"), age_key("90+"), age_key("age_65_plus"), age_key("1901")
    ('age_0', 'age_65_69', 'age_90_plus', 'age_65_plus', '')
    """
    match = _AGE.fullmatch(str(text).strip().lower())
    if not match or int(match[1]) > 110:
        return ""
    last = f"_{int(match[2])}" if match[2] else ""
    return f"age_{int(match[1])}{last}{'_plus' if match[3] else ''}"


def plain_heading(text: str) -> str:
    """A heading as it is compared: without capitals, marks, years, brackets, line numbers.

    Examples
    --------
    >>> plain_heading("690 Central services [note 2] (£000)"), plain_heading("adult_social_care")
    ('central services', 'adult social care')
    >>> plain_heading("Carbon reduction (income) (-)")
    'carbon reduction income'
    """
    return re.sub(r"^\d{3} (?=\w)", "", _words(text))


def _words(text: str) -> str:
    plain = str(text).lower().replace("&", " and ").replace("_", " ").replace("%", " percent ")
    plain = re.sub(r"[’']", "", plain)
    # Which of two lines it is may stand in brackets; a unit or a note is none of it.
    plain = re.sub(r"\((expenditure|income)\)", r" \1 ", plain)
    plain = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", plain)
    plain = re.sub(rf"(?<!\d){_YEAR}(?:\s*[-/–]\s*\d{{2,4}})?(?!\d)", " ", plain)
    plain = re.sub(r"[^a-z0-9.]+|\.(?!\d)|(?<!\d)\.", " ", plain)
    return " ".join(plain.split())


def _below(piece: str) -> str:
    """What a label says below groups: the service of ``RO6/services/Fire/rescue service``."""
    group, slash, rest = piece.partition("/")
    return _below(rest) if slash and plain_heading(group) in _groups() else piece


def _rest(pieces: Sequence[str], measures: Mapping[str, str]) -> list[str]:
    """Words of a heading that name neither a measure, nor a group, nor a number of a line."""
    plain = [plain for each in pieces if not (plain := plain_heading(each)).isdigit()]
    rest = [each for each in plain if each and each not in measures and each not in _groups()]
    return " ".join(dict.fromkeys(rest)).split()


def slug(parts: Sequence[str]) -> str:
    """The words of a heading as a key, all of them.

    Examples
    --------
    >>> slug(["RO5", "Food safety / hygiene"])
    'ro5_food_safety_hygiene'
    """
    return re.sub(r"\W+", "_", " ".join(parts).lower()).strip("_")


def _names(keys: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {
        " | ".join(map(plain_heading, name.split(" | "))): key
        for key, names in keys.items()
        for name in (key, *names)
    }


def _shown(key: str) -> str:
    return key.replace("_", " ")


@cache
def _described() -> dict[str, Any]:
    return tomllib.loads((files("placebudget.importing") / "forms.toml").read_text("utf-8"))


@cache
def _roles() -> dict[str, str]:
    roles = _described()["roles"]
    return {plain_heading(name): role for role, names in roles.items() for name in names}


@cache
def _groups() -> frozenset[str]:
    """Headings over groups of columns, which name no line."""
    return frozenset(map(plain_heading, _described()["groups"]["names"]))


@cache
def forms() -> dict[str, PublishedForm]:
    """The published forms that can be read, by key.

    Examples
    --------
    >>> forms()["core_spending_power"].unit
    '£ million'
    """
    known: dict[str, PublishedForm] = {}
    for key, told in _described().items():
        if key in ("roles", "groups"):
            continue
        about = dict(told)
        for name in ("needs", "without", "instead"):
            if name in about:
                about[name] = (
                    tuple(map(tuple, about[name])) if name == "needs" else tuple(about[name])
                )
        like = about.pop("like", None)
        known[key] = (
            replace(known[like], key=key, **about) if like else PublishedForm(key=key, **about)
        )
    return known
