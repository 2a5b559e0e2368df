"""A Jupyter server whose files stand on no disk that it could name: it asks another for all."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.contents.filemanager import FileContentsManager
from jupyter_server.services.contents.manager import ContentsManager
from traitlets import default


class FarContents(ContentsManager):
    """Asks another for everything, and knows no paths."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._far = FileContentsManager(parent=self.parent)

    @default("checkpoints_class")
    def _no_checkpoints(self) -> Any:
        return self._far.checkpoints_class

    def get(self, path: str, content: bool = True, type: Any = None, format: Any = None) -> Any:
        """As the other says."""
        return self._far.get(path, content=content, type=type, format=format)

    def save(self, model: Any, path: str = "") -> Any:
        """As the other does."""
        return self._far.save(model, path)

    def delete_file(self, path: str) -> None:
        """As the other does."""
        self._far.delete_file(path)

    def rename_file(self, old_path: str, new_path: str) -> None:
        """As the other does."""
        self._far.rename_file(old_path, new_path)

    def file_exists(self, path: str = "") -> bool:
        """As the other says."""
        return self._far.file_exists(path)

    def dir_exists(self, path: str = "") -> bool:
        """As the other says."""
        return self._far.dir_exists(path)

    def is_hidden(self, path: str) -> bool:
        """As the other says."""
        return self._far.is_hidden(path)
