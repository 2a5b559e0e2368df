"""Every study there is. A further one is an entry here, and its mathematics in ``study``."""

from __future__ import annotations

from placebudget.view.studies import (
    accounts,
    changes,
    cycle,
    fairness,
    outlook,
    potential,
    rests_on,
    risk_share,
    sharing,
    to_do,
    trace,
)
from placebudget.view.studies.entry import Study

STUDIES: dict[str, Study] = {
    each.STUDY.name: each.STUDY
    for each in (
        outlook,
        potential,
        rests_on,
        sharing,
        risk_share,
        accounts,
        trace,
        fairness,
        cycle,
        to_do,
        changes,
    )
}
"""Every study by name, in the order in which they are told of."""


def studies_page() -> str:
    """What each study asks and is asked with, as the page of the documentation."""
    lines = [
        "# The studies",
        "",
        "Questions asked of many plans of a place. Each has a command, a screen on the board, a "
        "page, a panel for notebooks (`pb.widgets.study_view`) and a workbook. This page is made "
        "of their entries (`make docs`).",
        "",
        "| study | what it asks | screen of the board | options of the command | boxes of the "
        "board |",
        "| --- | --- | --- | --- | --- |",
    ]
    for study in STUDIES.values():
        options = [f"`--{each.option}`" for each in study.options]
        boxes = [each.called for each in study.typed]
        more = f" ([more](how-to/{study.more}))" if study.more else ""
        cells = [
            f"`{study.name}`", f"{study.about}{more}", study.screen, ", ".join(options),
            "; ".join(boxes),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
