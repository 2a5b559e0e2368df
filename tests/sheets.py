"""Reading the sheets of workbooks of results, and opening workbooks in LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import load_workbook


def stored(path: Path) -> Any:
    """A workbook with the figures that formulas are stored with."""
    return load_workbook(path, data_only=True)


def below(sheet: Any) -> list[tuple[Any, ...]]:
    """The columns of a sheet and its rows: what stands below the heading and totals."""
    return list(sheet.iter_rows(min_row=int(sheet.freeze_panes[1:]) - 1, values_only=True))


def frame_of(sheet: Any) -> pd.DataFrame:
    """The table of a sheet."""
    header, *rows = below(sheet)
    return pd.DataFrame(rows, columns=header)


def frames(path: Path) -> Mapping[str, pd.DataFrame]:
    """The tables of all sheets but the first, by name."""
    return {sheet.title: frame_of(sheet) for sheet in stored(path).worksheets[1:]}


# LibreOffice works out every formula of a workbook it opens, whatever figure is stored with it.
_HARD = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def libre_office(kind: str, folder: Path, *files: Path) -> list[Path]:
    """Open files in LibreOffice without a screen and save them in another form."""
    programme = shutil.which("soffice")
    assert programme, "LibreOffice Calc is needed: apt-get install libreoffice-calc-nogui"
    settings = folder / "profile" / "user"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "registrymodifications.xcu").write_text(_HARD, "utf-8")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [programme, profile, "--headless", "--convert-to", kind, "--outdir", folder, *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    # The one thing it may say is about Java, which is not needed here.
    said = [line for line in done.stderr.splitlines() if line and "javaldx" not in line]
    assert (done.returncode, said) == (0, [])
    assert "error" not in done.stdout.lower()
    return [folder / f"{file.stem}.{kind}" for file in files]
