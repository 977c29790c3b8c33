"""Words a violation for people: what is wrong, what was given, and what to write instead.

A validator only says "0 is less than the minimum of 1". The wording is derived from the schema alone, so that a range
changed in schema.json changes the message too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft.schema.keywords import alternatives, lookalike
from pulumi_dashscope_ft.schema.names import to_camel_case
from pulumi_dashscope_ft.schema.quoting import one_of, quote_text, quote_value

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_TYPES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence without a subject, which follows the name of the field, and the inputs that it mentions.

    A `reason` in schema.json lists them under `mentions`, so that every program reads its own spelling of them.
    """

    text: str
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Finding:
    """A violation in the terms of this module: the keyword's own schema, the given value, and its place."""

    schema: Mapping[str, Any]
    given: Any
    last: str | int
    message: str
    secret: bool = False
    inside: bool = False


NOT_SHOWN = "got a value that is not shown"


def reason_for(error: ValidationError, *, advice: bool = False, secret: bool = False, inside: bool = False) -> Reason:
    """Word one violation.

    :param advice: whether the violation is unusual rather than wrong.
    :param secret: whether the given value must not be quoted.
    :param inside: whether the key above the value must not be quoted either.
    """
    schema: Any = error.schema
    path = error.absolute_path
    finding = _Finding(schema, error.instance, path[-1] if path else "", error.message, secret, inside)
    rule = _RULES.get(str(error.validator))
    if rule is not None:
        return rule(finding)
    if error.validator == "format" and schema["format"] == "length-of-time":
        return Reason(without_value(finding.message) if secret else finding.message)
    if "reason" in schema:
        sentence = str(schema["reason"])
    elif error.validator == "enum" and advice:
        sentence = f"is not one of the values known here: {phrase(schema)}"
    else:
        sentence = f"{'is usually' if advice else 'must be'} {phrase(schema)}"
    return Reason(f"{sentence} ({_got(finding)})", _mentions(schema))


def _mentions(schema: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(schema.get("mentions", ()))


def without_value(sentence: str) -> str:
    """Return a sentence of this package about a wrong value, without the value quoted at its end."""
    before, quotes, _ = sentence.partition(" (got ")
    return f"{before} ({NOT_SHOWN})" if quotes else sentence


def phrase(schema: Mapping[str, Any]) -> str:
    """Return what a schema asks for, in words that follow "must be": "a whole number of at least 1", '"a" or "b"'."""
    if "enum" in schema:
        return one_of([quote_value(value) for value in schema["enum"]])
    types = [schema["type"]] if isinstance(schema.get("type"), str) else list(schema.get("type", []))
    numeric = schema.get("format") == "numeric"
    if numeric and "string" in types:
        types.remove("string")
    words = _with_range(one_of([_TYPES[name] for name in types]) if types else "", schema)
    if schema.get("minLength") or schema.get("minItems"):
        words += " that is not empty"
    examples = [quote_value(example) for example in schema.get("examples", [])]
    if examples and numeric:
        return f"{words}, or a string that spells one such as {examples[0]}"
    return f"{words} such as {examples[0]}" if examples else words or "different"


def _with_range(words: str, schema: Mapping[str, Any]) -> str:
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    if words == "a number" and above == 0 and high is None and below is None:
        return "a positive number"
    if low is not None and high is not None:
        return f"{words} from {low} to {high}".strip()
    limits = (("at least", low), ("above", above), ("at most", high), ("below", below))
    parts = [f"{word} {limit}" for word, limit in limits if limit is not None]
    of = "of " if words and parts and parts[0].startswith("at") else ""
    return f"{words} {of}{' and '.join(parts)}".strip()


def _got(finding: _Finding) -> str:
    if finding.schema.get("writeOnly") or finding.secret:
        return NOT_SHOWN
    choices = [choice for choice in finding.schema.get("enum", []) if isinstance(choice, str)]
    meant = lookalike(finding.given, choices) if choices and isinstance(finding.given, str) else None
    return f"got {quote_value(finding.given)}" + (f"; did you mean {quote_value(meant)}?" if meant else "")


def _missing(finding: _Finding) -> Reason:
    advised = str(finding.schema.get("reason", ""))
    if advised.startswith(("should", "is required")):
        return Reason(advised, _mentions(finding.schema))
    examples = finding.schema.get("properties", {}).get(finding.last, {}).get("examples", [])
    return Reason(f"is required, for example {quote_value(examples[0])}" if examples else "is required")


def _unexpected(finding: _Finding) -> Reason:
    if finding.inside:
        return Reason(f"has a key that is not one of {', '.join(finding.schema.get('properties', {}))}")
    known = list(finding.schema.get("properties", {}))
    meant = lookalike(str(finding.last), known)
    whose = f"is not an argument of {finding.schema.get('title', 'this object')}"
    if meant:
        return Reason(f"{whose}; did you mean {meant}?", (meant,))
    return Reason(f"{whose}; the arguments are {', '.join(known)}", tuple(known))


def _exactly_one(finding: _Finding) -> Reason:
    names = alternatives(finding.schema["oneOf"])
    given = [name for name in names if name in finding.given]
    if not given:
        choice = f"give exactly one of {' and '.join(names)} (neither is given)"
        return Reason(f"is required: {choice}", tuple(names))
    return _keep_one(given[:-1])


def _exclusive(finding: _Finding) -> Reason:
    if "required" not in finding.schema["not"]:
        reason = finding.schema.get("reason", "must be different")
        return Reason(f"{reason} ({_got(finding)})", _mentions(finding.schema))
    return _keep_one([name for name in finding.schema["not"]["required"] if name != finding.last])


def _keep_one(others: list[str]) -> Reason:
    return Reason(f"must not be given together with {' and '.join(others)}; keep one of the two", tuple(others))


def _misspelled(finding: _Finding) -> Reason:
    if finding.inside:
        return Reason(
            "has a key that looks like a misspelling: it is not a hyper-parameter known here, and the service ignores "
            "those it does not know without a word"
        )
    meant = lookalike(str(finding.last), list(finding.schema.get("properties", {}))) or ""
    return Reason(
        "is not a hyper-parameter known here, and the service ignores those it does not know without a word; "
        f"did you mean {quote_text(meant)}?"
    )


def _of_its_own(finding: _Finding) -> Reason:
    if finding.inside:
        return Reason("has a key that is an input of the resource; give it there")
    name = to_camel_case(str(finding.last))
    return Reason(f"is an input of the resource; give it as {name}", (name,))


def _repeated(finding: _Finding) -> Reason:
    items = finding.given
    again = items[finding.last] if isinstance(finding.last, int) else items
    got = NOT_SHOWN if finding.secret else f"got {quote_value(again)}"
    return Reason(f"{finding.schema.get('reason', 'is there more than once')} ({got})")


_RULES: Mapping[str, Callable[[_Finding], Reason]] = {
    "required": _missing,
    "additionalProperties": _unexpected,
    "oneOf": _exactly_one,
    "not": _exclusive,
    "knownKeys": _misspelled,
    "refusedKeys": _of_its_own,
    "uniqueItems": _repeated,
}
