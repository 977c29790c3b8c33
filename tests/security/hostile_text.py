"""Texts that somebody else wrote to move the cursor, to make links, or to break out of their place."""

from __future__ import annotations

import unicodedata

CURSORS = [
    "\x1b]52;c;aGk=\x07",  # the clipboard
    "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",  # a link
    "\x1b[2J\x1b[1;1H",
    "\x9b2J",
    "\x9d0;owned\x9c",
    "\u202egnirts\u2066\u2069",
    "\u200b\u200d\u2060\ufeff\u00ad",
    "\u3164\uffa0\u115f\u034f",
    "over\rwritten",
    "a\b\b\b",
    "\u2028\u2029\x85\x0b\x0c",
    "\U000e0041\U000e0101",
    "\ud800",
    "\x7f",
    "\0",
]
LINKS = [
    "@everyone",
    "mail me@x.example",
    "#123",
    "org/repo#12",
    "GH-12",
    "!12",
    "~label",
    "%1",
    "$1",
    "&1",
    "~~gone~~",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; &#64;user",
    "[a](http://evil.example)",
    "![a](http://evil.example/x.png)",
    "<http://evil.example>",
    "http://evil.example",
    "www.evil.example",
    "mailto:a@b.example",
    "*b* _i_ **b** __b__",
    "`code` ``",
    "$x^2$ $`x`$",
    "a | b",
    "\\| \\",
    "[x]: http://evil.example",
    "[^1]",
]
BLOCKS = ["# title", "- item", "+ item", "1. item", "1) item", "---", "===", "> quote", "```", "/close"]


def harmless(text: str) -> bool:
    """Whether a terminal only writes it."""
    return all(char == "\n" or unicodedata.category(char) == "Zs" or char.isprintable() for char in text)
