"""The answer to how a gain could be shared: tables, payments, words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from placebudget.arguments import one_of
from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.plan.names import NamesApart
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.plan.worded_table import NameOf
from placebudget.study.coalition_game import Played
from placebudget.study.own_gains import OwnGains
from placebudget.study.partners import Partners
from placebudget.study.result import MODELLED, StudyResult
from placebudget.study.transfers import COLUMNS, net_positions, payments
from placebudget.study.ways_to_share import AS_IT_FALLS, NUCLEOLUS, SHAPLEY
from placebudget.words import in_unit, money, plain, sentence

_NO_TRANSFERS = pd.DataFrame(columns=COLUMNS)


@dataclass(frozen=True, eq=False)
class Sharing(StudyResult):
    """Ways to share the gain of working together, and what each would take.

    ``tables`` holds, all in the unit of their column ``unit``:

    - ``shares``: partner, name, method, share, low, high, standard_error, unit;
    - ``coalitions``: what each coalition could gain;
    - ``incentives``: for each way and partner, by how much a coalition with the
      partner falls short of what it could gain by itself;
    - ``checks``: for each way, whether it is in the core;
    - ``least_core``: partner, share, margin, unit: whether any shares give every group
      of partners an incentive;
    - ``cashable_shares``, ``cashable_checks``: the same for the game in cashable saving;
    - ``positions``, ``transfers``: who would pay whom in each year, by the Shapley
      value, in pounds of the price base, not discounted.

    Parameters
    ----------
    place : Place
        The place.
    partners : Partners
        Its partners.
    played : Played
        The game in the objective asked for.
    cashable : Played or None
        The game in cashable saving.
    falls : OwnGains or None
        What of the cashable saving falls to each partner by itself.
    """

    place: Place = field(repr=False)
    partners: Partners = field(repr=False)
    played: Played = field(repr=False)
    cashable: Played | None = field(repr=False)
    falls: OwnGains | None = field(repr=False)

    @property
    def name_of(self) -> NameOf:
        """What people call a key of a column."""
        return NamesApart(self.place).of

    @property
    def table(self) -> pd.DataFrame:
        """Share of every partner (rows) by every way (columns), in :attr:`unit`."""
        shares = self.tables["shares"]
        wide = shares.pivot(index="partner", columns="method", values="share")
        return wide[list(dict.fromkeys(shares["method"]))].rename_axis(columns=None)

    @property
    def unit(self) -> str:
        """Unit of the shares."""
        return self.played.unit

    def share(self, method: str = SHAPLEY) -> pd.Series:
        """Shares of one way, by partner, in :attr:`unit`.

        Raises
        ------
        WrongArgument
            If there is no such way among the shares.
        """
        return _shares_of(self.tables["shares"], method)

    def positions(self, method: str = SHAPLEY) -> pd.DataFrame:
        """What each partner receives or pays in each year, by a way to share.

        Returns
        -------
        DataFrame
            partner, year, own, share, transfer: pounds of the price base, not
            discounted, to the penny.

        Raises
        ------
        WrongArgument
            If there is no such way among the shares.
        """
        if self.cashable is None or self.falls is None or self.cashable.whole <= 0:
            return pd.DataFrame(columns=["partner", "year", "own", "share", "transfer"])
        shares = _shares_of(self.tables["cashable_shares"], method)
        return net_positions(shares.to_dict(), self.falls.by_year)

    def transfers(self, method: str = SHAPLEY) -> pd.DataFrame:
        """Payments from partner to partner, year by year, by a way to share.

        Parameters
        ----------
        method : str
            A way that the table of shares names.

        Returns
        -------
        DataFrame
            year, payer, receiver, amount (pounds of the price base, not discounted,
            to the penny), legal_power, power_known.

        Raises
        ------
        WrongArgument
            If there is no such way among the shares.
        """
        positions = self.positions(method)
        if positions.empty:
            return _NO_TRANSFERS.copy()
        return payments(positions, self.place, self.partners.of_agency)

    def summarised(self) -> Summary:
        """The gain, the shares and who would have no incentive.

        Examples
        --------
        >>> import placebudget as pb
        >>> pb.sharing(pb.example("toy_pooling")).summarised().title
        'Toy place for pooling (invented): sharing what working together could gain'
        """
        gain = Paragraph(
            f"In the model, the best freed plan has {self._said(self.played.whole)} more "
            f"{self.played.objective} than the best aligned plan ({self.unit}).",
            tuple(map(self._partner_line, self.partners.keys)),
        )
        checks = map(self._check_line, self.tables["checks"].itertuples())
        said = [*checks, *self._core_line(), *self._transfer_lines()]
        return Summary(self.title, (gain, *sentences(said)), MODELLED)

    def _said(self, value: float) -> str:
        return in_unit(value, self.unit)

    def _partner_line(self, key: str) -> str:
        shares = self.tables["shares"]
        mine = shares[shares["partner"] == key].set_index("method")
        parts = [f"{self._said(float(mine['share'][SHAPLEY]))} by {plain(SHAPLEY)}"]
        if NUCLEOLUS in mine.index:
            parts.append(f"{self._said(float(mine['share'][NUCLEOLUS]))} for {plain(NUCLEOLUS)}")
        parts.append(f"{self._said(float(mine['share'][AS_IT_FALLS]))} without sharing")
        return f"{self.partners.names[key]}: {', '.join(parts)}"

    def _check_line(self, row: Any) -> str:
        way = sentence(plain(row.method))
        if row.shortfall > 0:
            called = [self.partners.names[key] for key in row.coalition.split(", ")]
            who = listed(["the NHS" if name == "NHS" else name for name in called])
            group = f"{who} together" if len(called) > 1 else who
            short = self._said(row.shortfall)
            return f"{way}: {group} would have no incentive to take part, by {short}."
        seen = " that was looked at" if self.played.game is None else ""
        return f"{way}: every partner and every group of partners{seen} has an incentive."

    def _core_line(self) -> list[str]:
        core = self.tables["least_core"]
        if core.empty or core["margin"][0] >= 0:
            return []
        return [
            "No shares give every group of partners an incentive: whatever they are, some group "
            f"falls short by at least {self._said(-float(core['margin'][0]))}."
        ]

    def _transfer_lines(self) -> list[str]:
        if self.cashable is None or self.falls is None:
            return []
        if self.cashable.whole <= 0:
            return ["There is no cashable saving to share, so nothing would be handed on."]
        lines = [
            f"In cashable saving the partners could gain {money(self.cashable.whole)} "
            f"({self.cashable.unit}). {money(abs(self.falls.exchequer))} "
            f"{'more' if self.falls.exchequer >= 0 else 'less'} goes to the Exchequer, beside that."
        ]
        paid = self.tables["transfers"]
        unknown = paid[~paid["power_known"].astype(bool)]
        lines.append(
            f"Sharing it by {plain(SHAPLEY)} takes {len(paid)} payments over the years, "
            f"{money(float(paid['amount'].sum()))} in all; for {len(unknown)} of them no legal "
            "power is known yet."
        )
        return lines


def listed(names: list[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _shares_of(table: pd.DataFrame, method: str) -> pd.Series:
    try:
        one_of("method", method, dict.fromkeys(table["method"]))
    except WrongArgument as error:
        raise WrongArgument(f"no such way to share here: {error}") from None
    mine = table[table["method"] == method]
    return mine.set_index("partner")["share"].astype(float)
