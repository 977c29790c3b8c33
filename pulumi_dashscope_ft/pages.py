"""Where the documentation is: the only module that knows its address.

A user who has installed the package has no `docs` folder. So messages and help texts name a page by its address on the
site.
"""

from __future__ import annotations

__all__ = ["SITE", "page"]

SITE = "https://pulumi-dashscope-ft.github.io/pulumi-dashscope-ft/"


def page(name: str, section: str = "") -> str:
    """Return the address of a page of the documentation.

    :param name: its path in `docs`, without the ending: `how-to/secrets`.
    :param section: the anchor of one of its headings.
    """
    return f"{SITE}{name}.html{'#' if section else ''}{section}"
