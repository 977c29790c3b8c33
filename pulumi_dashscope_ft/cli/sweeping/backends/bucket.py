"""A backend in a bucket (`s3://…`, `gs://…`, `azblob://…`), read through `obstore`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_dashscope_ft.bounded.files import too_large
from pulumi_dashscope_ft.text import quoted

from .store import Entry, StoreError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

__all__ = ["Bucket"]

_PAGE = 1000
_LONGEST_SAYING = 500


class Bucket:
    """The bucket of a backend.

    :param store: a bucket as `obstore` opens it, with the URL's path as its prefix.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def entries(self, folder: str) -> list[Entry]:
        """List all files below a folder of the backend, a thousand with each call."""
        import obstore

        try:
            pages = list(obstore.list(self._store, folder, chunk_size=_PAGE))
        except (obstore.exceptions.BaseError, OSError, ValueError) as error:
            raise StoreError(f"{folder} can't be listed: {_why(error)}") from None
        return [
            Entry(
                meta["path"],
                meta["size"],
                meta["last_modified"].timestamp(),
                (meta["e_tag"], meta["version"], meta["size"], meta["last_modified"]),
            )
            for page in pages
            for meta in page
        ]

    def read(self, key: str, most: int) -> bytes | None:
        """Return the content of a file."""
        import obstore

        try:
            answer = obstore.get(self._store, key)
            if answer.meta["size"] > most:
                raise StoreError(str(too_large(most).strerror))
            return bytes(answer.bytes())
        except FileNotFoundError:
            return None
        except (obstore.exceptions.BaseError, OSError, ValueError) as error:
            raise StoreError(_why(error)) from None


def _why(error: Exception) -> str:
    """Return the first line of an error, which may quote an answer of the server and the URL it came from."""
    return quoted(str(error).partition("\n")[0], limit=_LONGEST_SAYING)
