"""The tables authorities and observations of the panel that comes along, from published files.

``python tests/panel_tables.py FILE ...`` writes them again. The files are those that the table
sources of the panel names, as they were published or as a copy holds them: unit costs of adult
social care (PSS-EX1), outcomes of adult social care, the revenue outturn summary, core spending
power, borrowing, and the indices of deprivation by district. They are read by the reader of
published forms; the table measures says which of their lines are taken. What is added here: a
county's deprivation is the mean of its districts, by residents.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import placebudget as pb
from placebudget.importing import Published, register
from placebudget.place.io.sheets import csv_frame
from placebudget.sector.from_forms import COUNCILS, authorities_table

SHIPPED = Path(__file__).parent.parent / "src" / "placebudget" / "sector" / "shipped"
# Files that may be several forms are taken for these.
FORMS = {"borrowing": "borrowing"}
RESIDENTS_OF = "2018"
DERIVED = f"mean of its districts, by residents of {RESIDENTS_OF}"


def published(path: Path) -> Published:
    form = next((form for word, form in FORMS.items() if word in path.name), None)
    return pb.importing.read(path, form=form)


def counties(seen: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Deprivation of counties: the mean of their districts, by residents."""
    people = seen[seen["measure"] == "borrowing"].set_index("authority")["denominator"]
    rows = seen[seen["measure"].isin(measures.loc[measures["form"] == "deprivation", "measure"])]
    rows = rows.assign(
        county=[register()[code].county for code in rows["authority"]],
        people=rows["authority"].map(people),
    )
    rows = rows[(rows["county"] != "") & (rows["county"] != rows["authority"])]
    rows = rows[[register()[code].kind == "county" for code in rows["county"]]]
    made = []
    for (county, year, measure), each in rows.groupby(["county", "year", "measure"]):
        if each["people"].notna().all():
            value = (each["value"] * each["people"]).sum() / each["people"].sum()
            made.append((county, year, measure, round(float(value), 4)))
    frame = pd.DataFrame(made, columns=["authority", "year", "measure", "value"])
    return frame.assign(source="deprivation", status="derived", note=DERIVED)


def main(paths: list[str]) -> None:
    held = pb.sector.panel_from([published(Path(path)) for path in paths])
    print(*held.origin.remarks, sep="\n")
    seen = held.observations
    seen = pd.concat([seen, counties(seen, held.measures)], ignore_index=True)
    # Districts have no social care, and one nought is as good as another.
    kinds = seen["authority"].map({key: one.kind for key, one in register().items()})
    seen = seen[kinds.isin(COUNCILS)]
    seen = seen[~((seen["measure"] == "social_care") & (kinds == "district"))]
    seen = seen.sort_values(["measure", "year", "authority"])
    authorities = authorities_table(sorted(set(seen["authority"])))
    for name, frame in {"authorities": authorities, "observations": seen}.items():
        columns = [each for each in held.tables[name].columns if each in frame]
        text = csv_frame(frame[columns])
        (SHIPPED / f"{name}.csv").write_text(text, "utf-8")
        print(name, len(frame), "rows,", len(text), "bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
