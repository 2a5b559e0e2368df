"""What a translation of the JupyterLab extension says: every text, for a language pack.

``python labextension/words.py`` writes ``build/placebudget.pot``: texts of the extension and of the
modules that it shares, of its settings, and of what its server part says by phrases.
"""

from __future__ import annotations

import ast
import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import placebudget as pb
from placebudget.place.schema import PLACE, REGISTER, schema
from placebudget.plan.drawing import plan_drawing
from placebudget.texts import Phrase
from placebudget.view.studies import STUDIES
from placebudget.work.changes import Changes
from placebudget.work.desk import desk_page
from placebudget.work.document import judge, page_of, read_document
from placebudget.work.runs import studies_offered, study_form
from placebudget.writing import folder_for_a_while

ROOT = Path(__file__).parents[1]
EXTENSION = ROOT / "labextension"
SHARED = (
    "plan/drawing/planview.js",
    "widgets/static/tableview.js",
    "widgets/static/formview.js",
)
_TEXT = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_SUM = rf"{_TEXT}(?:\s*\+\s*{_TEXT})*"
_SAID = re.compile(rf"trans\.(__|_n)\(\s*({_SUM})(?:\s*,\s*({_SUM}))?")

Text = tuple[str, str, str]
"""Its context, the text, and its plural; both may be empty."""


def texts() -> list[Text]:
    """Every text that a page says, once, in an order that stays."""
    return sorted({*_of_scripts(), *(("", words, "") for words in _of_python())})


def _of_scripts() -> Iterator[Text]:
    files = [*(EXTENSION / "src").glob("*.ts"), *(ROOT / "src/placebudget" / one for one in SHARED)]
    for file in files:
        for way, text, more in _SAID.findall(file.read_text("utf-8")):
            yield "", _whole(text), _whole(more) if way == "_n" else ""


def _whole(added: str) -> str:
    parts = re.findall(_TEXT, added)
    return "".join(str(ast.literal_eval(part)) for part in parts)


def texts_of_settings() -> list[Text]:
    """Every text of settings, menus and toolbars, as JupyterLab looks for them."""
    from jupyterlab_server.translation_utils import translator

    found: set[Text] = set()

    class Collecting:
        def pgettext(self, context: str, text: str) -> str:
            found.add((context, text, ""))
            return text

    for file in sorted((EXTENSION / "schema").glob("*.json")):
        settings = copy.deepcopy(json.loads(file.read_text("utf-8")))
        translator._translate_schema_strings(Collecting(), settings)
    return sorted(found)


def _of_python() -> Iterator[str]:
    """Phrases as they stand in the code, and as answers about an example hold them."""
    for file in sorted((ROOT / "src/placebudget").rglob("*.py")):
        code = file.read_text("utf-8")
        for call in ast.walk(ast.parse(code)) if "Phrase(" in code else ():
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Phrase":
                words = call.args[0]
                if isinstance(words, ast.Constant) and words.value:
                    yield words.value
    place = pb.example("toy_pooling")
    with folder_for_a_while("an example") as folder:
        path = place.write(folder / "place")
        document = read_document(path)
        yield from _phrases(page_of(document, document.tables, judge(document, document.tables)))
        plan = pb.optimise(place, pooling="pooled")
        (path / "plans").mkdir()
        plan.to_json(path / "plans" / "pooled.plan.json")
        yield from _phrases([study_form(path, place, name) for name in STUDIES])
    yield from _phrases([desk_page(place, Changes()), studies_offered()])
    drawing = plan_drawing(plan)
    for key in ("columns", "layers", "plans"):
        yield from (each["name"] for each in drawing[key])
    yield from filter(None, [drawing.get("later", "")])
    yield from (table.title for kind in (PLACE, REGISTER) for table in schema(kind).values())


def _phrases(content: Any) -> Iterator[str]:
    if isinstance(content, Phrase):
        if content:
            yield content.words
        for each in content.values:
            yield from _phrases(each)
    elif isinstance(content, dict):
        for each in content.values():
            yield from _phrases(each)
    elif isinstance(content, list | tuple):
        for each in content:
            yield from _phrases(each)


def template() -> str:
    """All texts as a template of gettext."""
    lines = ['msgid ""', 'msgstr ""', r'"Content-Type: text/plain; charset=UTF-8\n"', ""]
    for context, text, more in (*texts(), *texts_of_settings()):
        lines += [f"msgctxt {json.dumps(context)}"] if context else []
        lines += [f"msgid {json.dumps(text, ensure_ascii=False)}"]
        if more:
            plural = json.dumps(more, ensure_ascii=False)
            lines += [f"msgid_plural {plural}", 'msgstr[0] ""', 'msgstr[1] ""', ""]
        else:
            lines += ['msgstr ""', ""]
    return "\n".join(lines)


if __name__ == "__main__":
    goal = ROOT / "build" / "placebudget.pot"
    goal.parent.mkdir(exist_ok=True)
    goal.write_text(template(), "utf-8")
    print(f"{goal.relative_to(ROOT)} written")
