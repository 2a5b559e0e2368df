"""A Jupyter server with a second user, who may read and nothing else: told by their tokens."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth import Authorizer, IdentityProvider, User
from jupyter_server.base.handlers import JupyterHandler

from server_asking import SECOND, TOKEN

USERS = {TOKEN: "first", SECOND: "second"}


class TwoUsers(IdentityProvider):
    """Who asks, by the token."""

    async def get_user_token(self, handler: Any) -> User | None:
        name = USERS.get(str(self.get_token(handler)))
        return None if name is None else User(name)

    def get_user_cookie(self, handler: Any) -> None:
        """Nobody is known by what a browser kept."""


class ReadingOnly(Authorizer):
    """The second user may read the contents."""

    def is_authorized(
        self, handler: JupyterHandler, user: User, action: str, resource: str
    ) -> bool:
        return user.username == "first" or (action, resource) == ("read", "contents")
