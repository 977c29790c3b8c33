"""Sanitizing and redaction: one function for each destination of a text.

Each destination can be attacked in another way. A terminal obeys control sequences, a comment obeys Markdown, and a
program runs what is not a literal; all of them show secrets to their readers. So text that somebody else wrote (the
service, a gateway, a state, a report file, the `pulumi` command, an argument) goes through the function of its
destination, and never straight to a stream:

    terminal, log, message     redact, then sanitize        one line, no control characters
    state, JSON                redact, then escape          the same text, no control characters
    comment in a pull request  markdown                     text that stays text
    spreadsheet                csv_line                     cells that stay text
    generated program          python, yaml, typescript     one literal that means the same text

The package imports nothing of the other packages, so that every layer can use it.
"""

from .csv_cells import csv_line
from .literals import python_literal, python_name, typescript_literal, typescript_name, yaml_literal
from .markdown import markdown
from .redaction import MASK, Sought, redact, redact_logins, redact_value, redact_watched_keys, watch
from .sanitizing import QUOTE_LIMIT, escape, in_texts, quoted, sanitize
from .secrets import HIDDEN, SecretTexts, redact_secrets
from .urls import redact_login_of, without_login

__all__ = [
    "HIDDEN",
    "MASK",
    "QUOTE_LIMIT",
    "SecretTexts",
    "Sought",
    "csv_line",
    "escape",
    "in_texts",
    "markdown",
    "python_literal",
    "python_name",
    "quoted",
    "redact",
    "redact_login_of",
    "redact_logins",
    "redact_secrets",
    "redact_value",
    "redact_watched_keys",
    "sanitize",
    "typescript_literal",
    "typescript_name",
    "watch",
    "without_login",
    "yaml_literal",
]
