"""The example places that are made of the published files beside them, and how to renew them.

``python tests/drafts.py`` writes their tables again: after a change of the library, from which they
take what an outturn cannot say. What people wrote at the head of their pages stays.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from placebudget.importing import FirstDraft, Partner, place_from

DATASETS = Path(__file__).resolve().parents[1] / "datasets"
MADE = "## How the money is known"
"""What the made part of a page begins with."""

GROWTH = {"nhs": 0.02, "schools_grant": 0.02, "police_grant": 0.01}
# Of Greater Manchester's 2,756,962 residents of 2015, Stockport has 288,210.
SHARE = 0.1045
DRAFTS: dict[str, dict[str, Any]] = {
    "stockport": {
        "name": "Stockport",
        "partners": [
            Partner("nhs"),
            Partner("dwp"),
            Partner("police", body="Greater Manchester Police and Crime Commissioner", share=SHARE),
            Partner("fire", body="Greater Manchester Fire and Rescue Authority", share=SHARE),
        ],
        "growth": GROWTH,
    },
    "warwickshire": {
        "name": "Warwickshire",
        "partners": [
            Partner("nhs"),
            Partner("dwp"),
            Partner("police", body="Warwickshire Police and Crime Commissioner", share=1.0),
        ],
        "growth": GROWTH,
    },
}
"""What is said of each beside its files."""


def drafted(name: str) -> FirstDraft:
    """The place that its published files make."""
    files = sorted((DATASETS / name / "published").glob("*_20*.csv"))
    return place_from(files=files, **DRAFTS[name])


def page_of(name: str, draft: FirstDraft) -> str:
    """The page: what people wrote above what is made."""
    written, _, _ = (DATASETS / name / "README.md").read_text("utf-8").partition(MADE)
    _, _, made = draft.page().partition(MADE)
    return f"{written}{MADE}{made}"


def renew() -> None:
    """Write the tables and the made part of the pages again."""
    for name in DRAFTS:
        draft, folder = drafted(name), DATASETS / name
        page = page_of(name, draft) if (folder / "README.md").exists() else draft.page()
        draft.write(folder)
        (folder / "README.md").write_text(page, "utf-8")


if __name__ == "__main__":
    renew()
