"""A place as a .zip of its folder."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from placebudget.place.findings import Finding, listed
from placebudget.place.folder import PACKAGE, is_safe

LARGEST_ARCHIVE = 500_000_000
"""Most bytes a place may unpack to."""


def archive_files(path: Path) -> tuple[dict[str, bytes], list[Finding]]:
    """The package and the CSV files in a .zip, by name; nothing is unpacked to disk.

    The files may lie in one folder inside the archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _files(path, archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        what = f"Not a zip archive that can be read: {error}."
        return {}, [_unreadable(path, "not-zip", what, "Zip the folder of the place again.")]


def write_archive(path: Path, files: dict[str, bytes]) -> None:
    """Write files into a .zip, the same bytes for the same place."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _files(path: Path, archive: zipfile.ZipFile) -> tuple[dict[str, bytes], list[Finding]]:
    members = [info for info in archive.infolist() if not info.is_dir()]
    members = [info for info in members if not info.filename.startswith("__MACOSX/")]
    unsafe = [info.filename for info in members if not is_safe(info.filename)]
    if unsafe:
        what = f"Files lie outside the archive: {listed(unsafe)}."
        return {}, [_unreadable(path, "unsafe-path", what, "Zip the folder of the place again.")]
    if sum(info.file_size for info in members) > LARGEST_ARCHIVE:
        what = f"The archive unpacks to more than {LARGEST_ARCHIVE:,} bytes."
        return {}, [_unreadable(path, "too-large", what, "Read the place from a folder.")]
    top = _top(members)
    files = {}
    for info in members:
        name = info.filename.removeprefix(top)
        if name == PACKAGE or PurePosixPath(name).suffix.lower() == ".csv":
            files[name] = archive.read(info)
    return files, []


def _top(members: list[zipfile.ZipInfo]) -> str:
    packages = [info.filename for info in members if PurePosixPath(info.filename).name == PACKAGE]
    nearest = min(packages, key=lambda name: (name.count("/"), name), default=PACKAGE)
    return nearest.removesuffix(PACKAGE)


def _unreadable(path: Path, code: str, what: str, mend: str) -> Finding:
    return Finding(code, "error", path.name, None, None, what, mend)
