"""Who bears an overspend."""

from __future__ import annotations

from placebudget.study import RiskShare
from placebudget.view.studies.common import StudyView, bars, count, figures, pence, view_of


def risk_share_view(found: RiskShare, key: str) -> StudyView:
    """The waterfall, the lines and the partners."""
    steps, lines = found.table, found.tables["lines"].set_index("line")
    partners = found.tables["partners"].set_index("partner")
    over = float(lines["over"].sum())
    left = found.unfunded
    finding = f"Of {pence(over)} overspent, {pence(left)} has no money behind it."
    if not left:
        finding = f"All of the {pence(over)} overspent has money behind it."
    rows = steps.rename(columns={"source": "label", "amount": "value"})
    chart = bars(
        f"{key}-steps", finding, "Who meets the overspend, pounds, in the order agreed.",
        rows[["label", "value"]], "pounds", rows["label"].tolist(),
    )  # fmt: skip
    shown = steps.set_index("source")[["amount", "left"]]
    shown.columns = ["meets", "left after it"]
    terms = partners.rename(columns={"share": "agreed share, %", "above_cap": "above its cap"})
    return view_of(
        [chart],
        [
            figures(f"{key}-waterfall", "Step by step, pounds", "who", shown, pence),
            figures(
                f"{key}-partners", "What partners pay, pounds", "partner", terms,
                [count, pence, pence, pence, pence],
            ),
            figures(f"{key}-lines", "Lines of the pool, pounds", "line", lines, pence),
        ],
    )  # fmt: skip
