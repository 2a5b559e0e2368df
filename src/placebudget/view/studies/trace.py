"""Recorded money by where it came from."""

from __future__ import annotations

from placebudget.study import Trace
from placebudget.view.grid import text_grid
from placebudget.view.studies.common import StudyView, bars, figures, pence, view_of
from placebudget.words import percent, plain, sentence

_MOST, _ENDS = 3, 12
_OTHER = "other origins"


def trace_view(found: Trace, key: str) -> StudyView:
    """What each end was paid by each origin."""
    ends = found.table
    wide = ends.pivot(index="end", columns="origin", values="amount").fillna(0.0)
    wide = wide.loc[wide.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    first = str(wide.index[0])
    mine = wide.loc[first]
    part = percent(float(mine.max() / mine.sum()))
    finding = sentence(f"{plain(mine.idxmax())} pays most for {plain(first)}: {part} of it.")
    top = wide.sum().sort_values(ascending=False, kind="stable").index[:_MOST].tolist()
    drawn = wide[top].assign(**{_OTHER: wide.drop(columns=top).sum(axis=1)}).head(_ENDS)
    series = [*top, *([_OTHER] if drawn[_OTHER].any() else [])]
    drawn = drawn[series].rename(index=plain, columns=plain)
    series = list(drawn.columns)
    rows = drawn.rename_axis("label").reset_index().melt("label", series, "series", "value")
    chart = bars(
        f"{key}-ends", finding,
        f"What {_which(len(wide))} was paid by each origin, pounds; pools are taken to mix in "
        "proportion.",
        rows, "pounds", list(drawn.index), series,
    )  # fmt: skip
    left = found.tables["left"].set_index("pool").rename(columns={"amount": "not paid on"})
    barred = [
        (plain(row.origin), plain(row.end), pence(row.amount))
        for row in found.tables["conditions"].itertuples()
    ]
    return view_of(
        [chart],
        [
            figures(f"{key}-table", "Paid by origin, pounds", "end", wide, pence),
            figures(f"{key}-left", "Left in pools, pounds", "pool", left, pence),
            text_grid(
                f"{key}-barred", "What conditions bar, so that mixing is no account of it",
                ["origin", "end", "amount"], barred,
            ),
        ],
    )  # fmt: skip


def _which(ends: int) -> str:
    return "each end" if ends <= _ENDS else f"each of the {_ENDS} largest ends of {ends}"
