"""Every text that leaves this package: one function for each destination.

Why it exists: each destination has another way in. A terminal obeys control sequences, a comment obeys Markdown, a
program runs what is not a literal; and all of them show secrets to whoever reads them. So text that somebody else wrote
(the service, a gateway, a state, a report file, the `pulumi` command, an argument) goes through the function of its
destination, and never straight to a stream:

    terminal, log, message     redact, then sanitize        one line, no control characters
    state, JSON                redact or hide, then escape  the same text, no control characters
    comment in a pull request  markdown                     text that stays text
    generated program          python, yaml, typescript     one literal that means the same text

It imports nothing of this package, so that every layer can use it.
"""

from .literals import python_literal, python_name, typescript_literal, typescript_name, yaml_literal
from .markdown import markdown
from .nesting import is_deep
from .redaction import MASK, hide, hide_logins, hide_watched, redact, watch
from .sanitizing import QUOTE_LIMIT, escape, in_texts, quoted, sanitize
from .secrets import HIDDEN, SecretTexts, hide_secrets
from .urls import hide_login_of, without_login

__all__ = [
    "HIDDEN",
    "MASK",
    "QUOTE_LIMIT",
    "SecretTexts",
    "escape",
    "hide",
    "hide_login_of",
    "hide_logins",
    "hide_secrets",
    "hide_watched",
    "in_texts",
    "is_deep",
    "markdown",
    "python_literal",
    "python_name",
    "quoted",
    "redact",
    "sanitize",
    "typescript_literal",
    "typescript_name",
    "watch",
    "without_login",
    "yaml_literal",
]
