"""Plans and studies asked for from a document: worked out in a process of its own, and stopped."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import ensure_async
from tornado.web import authenticated

from placebudget.errors import WrongArgument
from placebudget.server.answering import in_words
from placebudget.server.documents import Documented
from placebudget.server.requests import requested_answers, requested_setting
from placebudget.texts import Phrase, shown
from placebudget.work.changes import Changes
from placebudget.work.desk import Desks, desk_page, read_figures, with_set
from placebudget.work.elsewhere import Elsewhere
from placebudget.work.plans import named_together
from placebudget.work.runs import PLANS, Runs, studies_offered, study_form
from placebudget.work.said import OBJECTIVES


class RunsHandler(Documented):
    """Plans that were asked for of a place: a list, one more, one stopped."""

    @property
    def runs(self) -> Runs:
        """What was asked for; its process begins with the first, and ends with the server."""
        return self.one_for_all(Runs, lambda: Runs(lambda python: Elsewhere(python=python)))

    @authenticated
    @authorized
    @in_words
    async def get(self) -> None:
        path = await self.documents.path_of(self.get_query_argument("path", ""))
        number = self.get_query_argument("number", "")
        if number:
            asked_for = int(number) if number.isdecimal() else None
            self.answer(200, {"page": self.runs.page(path, asked_for)})
            return
        choices = {"plans": list(PLANS), "objectives": list(OBJECTIVES)}
        self.answer(200, {"runs": self.runs.of(path), **choices, "studies": studies_offered()})

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        path, asked = await self.asked_of()
        python = await self._python(asked.get("interpreter"))
        await asyncio.to_thread(self._ask, path, asked, python)
        self.answer(201, {"runs": self.runs.of(path)})

    @authenticated
    @authorized
    @in_words
    async def delete(self) -> None:
        path, asked = await self.asked_of()
        self.runs.stop(path, asked.get("number"))
        self.answer(200, {"runs": self.runs.of(path)})

    async def _python(self, kernel: object) -> str:
        """The Python of a kernel, in which a plan is to be worked out; empty: the server's own.

        Raises
        ------
        WrongArgument
            If there is no such kernel, it is none of Python, or this reader may start none.
        """
        if not kernel:
            return ""
        user = self.current_user
        if not await ensure_async(self.authorizer.is_authorized(self, user, "write", "kernels")):
            raise WrongArgument(
                Phrase("Plans in the Python of a kernel are for those who may start one.")
            )
        try:
            spec = await ensure_async(self.kernel_spec_manager.get_kernel_spec(str(kernel)))
        except (KeyError, ValueError):
            spec = None
        if spec is None or spec.language.lower() != "python" or not spec.argv:
            raise WrongArgument(
                Phrase(
                    "The server has no kernel %1 of Python, in which plans are to be worked out. "
                    "Choose another in Settings, Place budgets, or none.",
                    shown(str(kernel), 60),
                )
            )
        named = Path(spec.argv[0])
        return "" if named.name == spec.argv[0] else str(named)

    def _ask(self, path: Path, asked: dict[str, Any], python: str) -> None:
        if "pick" in asked:
            self.runs.pick(path, asked["pick"], asked.get("point"))
            return
        place = self.documents.sound(path, asked.get("tables"))
        if "study" in asked:
            given, file = requested_answers(asked)
            self.runs.study(path, place, asked["study"], given, file, python)
            return
        option = named_together(path, asked.get("options") or [])
        if option is not None and "file" in asked:
            self.runs.compare(path, place, asked["file"], option, python)
        else:
            what, objective = asked.get("what"), asked.get("objective")
            self.runs.ask(path, place, what, objective, option, python)


class DeskHandler(RunsHandler):
    """The desk of a place: its controls with what is changed, and the plan that follows."""

    @property
    def desks(self) -> Desks:
        """What is worked out for desks, in a process of their own, which no other plan keeps."""
        return self.one_for_all(Desks, lambda: Desks(lambda python: Elsewhere(python=python)))

    @authenticated
    @authorized
    @in_words
    async def get(self) -> None:
        path = await self.documents.path_of(self.get_query_argument("path", ""))
        section = self.get_query_argument("section", "")
        self.answer(200, {"page": await asyncio.to_thread(self.desks.panel, path, section)})

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        path, asked = await self.asked_of()
        self.answer(200, await asyncio.to_thread(self._changed, path, asked))

    @authenticated
    @authorized
    @in_words
    async def put(self) -> None:
        path, asked = await self.asked_of()
        python = await self._python(asked.get("interpreter"))
        answer = await asyncio.to_thread(self._begun, path, asked, python)
        self.answer(200, await asyncio.wrap_future(answer))

    @authenticated
    @authorized
    @in_words
    async def delete(self) -> None:
        path, _ = await self.asked_of()
        await asyncio.to_thread(self.desks.stop, path)
        self.answer(200, {})

    def _changed(self, path: Path, asked: dict[str, Any]) -> dict[str, Any]:
        place = self.documents.sound(path, asked.get("tables"))
        changes = read_figures(asked.get("figures"), place)
        if "set" in asked:
            changes = with_set(place, changes, *requested_setting(asked["set"]))
        if "load" in asked:
            option = named_together(path, [asked["load"]])
            assert option is not None
            option.apply(place)
            changes = replace(Changes.read(option), objective=changes.objective)
        page = desk_page(place, changes, asked.get("stream"), asked.get("rule"))
        self.documents.at_desk[path] = page["figures"]
        return page

    def _begun(self, path: Path, asked: dict[str, Any], python: str) -> Future[dict[str, Any]]:
        place = self.documents.sound(path, asked.get("tables"))
        changes = read_figures(asked.get("figures"), place)
        return self.desks.ask(path, place, changes, full=asked.get("full") is True, python=python)


class StudyHandler(Documented):
    """The form by which a study is asked for."""

    @authenticated
    @authorized
    @in_words
    async def post(self) -> None:
        path, asked = await self.asked_of()
        self.answer(200, await asyncio.to_thread(self._form, path, asked))

    def _form(self, path: Path, asked: dict[str, Any]) -> dict[str, Any]:
        place = self.documents.sound(path, asked.get("tables"))
        return study_form(path, place, asked.get("study"), asked.get("leading"))
