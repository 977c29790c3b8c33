"""Validates a resource's inputs against schema.json and reports everything at once.

A program with three mistakes should hear of all three before anything is bought. The report has violations, which can
never work, and warnings, for values that the service may well accept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_dashscope_ft.schema.convert import to_advice_schema, to_json_schema
from pulumi_dashscope_ft.schema.keywords import validator_class
from pulumi_dashscope_ft.schema.marks import Marks, below
from pulumi_dashscope_ft.schema.numbers import is_usable
from pulumi_dashscope_ft.schema.quoting import quote_value
from pulumi_dashscope_ft.schema.reasons import reason_for, without_value
from pulumi_dashscope_ft.schema.unknown import UNKNOWN
from pulumi_dashscope_ft.schema.violations import Path, Report, Violation

_DEEPEST = 100
_WRONG_KIND = ("type", "format")


def validate(resource: str, inputs: Mapping[str, Any], secret: Marks = False) -> Report:
    """Check the inputs (camelCase names) of a resource, or of "Provider", against the schema.

    Never raises for the content of the inputs. None counts as not given, `UNKNOWN` anywhere as given and right. Nothing
    is filled in or changed. Values of secret inputs are not quoted, nor the keys below a secret.

    :param secret: inputs that the program has made secret, in addition to those that the schema marks.
    :raises KeyError: there is no such resource.
    """
    schema = to_json_schema(resource)
    unusable: list[Violation] = []
    given = _plain(inputs, (), unusable)
    unusable = [_unquoted(violation, schema, secret) for violation in unusable]
    violations = _ordered([*unusable, *_violations(schema, given, secret)], schema)
    wrong = {violation.path for violation in violations}
    warnings = [
        warning
        for warning in _violations(to_advice_schema(resource), given, secret, advice=True)
        if not any(warning.path[:length] in wrong for length in range(1, len(warning.path) + 1))
    ]
    return Report(violations, _ordered(warnings, schema))


def _violations(schema: Mapping[str, Any], given: Any, secret: Marks, *, advice: bool = False) -> list[Violation]:
    errors = [(tuple(error.absolute_path), error) for error in validator_class()(schema).iter_errors(given)]
    kinds: dict[Path, str] = {}
    for kind in _WRONG_KIND:
        kinds.update({path: kind for path, error in errors if error.validator == kind})
    violations = []
    for path, error in errors:
        # A value of the wrong kind gets no other message: its range and pattern don't matter then.
        if kinds.get(path, error.validator) == error.validator:
            named = _named(path, schema, secret)
            reason = reason_for(error, advice=advice, secret=_shows_a_secret(secret, path), inside=named != path)
            violations.append(Violation(named, reason.text, reason.mentions))
    return violations


def _shows_a_secret(secret: Marks, path: Path) -> bool:
    """Whether the value at `path` is part of a secret, or contains one."""
    for step in path:
        secret = below(secret, step)
    return bool(path and secret)


def _named(path: Path, schema: Mapping[str, Any], secret: Marks) -> Path:
    """Return the part of the path that may be shown: a key unknown to the schema is part of its secret."""
    for length, step in enumerate(path):
        known = schema.get("properties", {})
        if length and secret is True and isinstance(step, str) and step not in known:
            return path[:length]
        secret = below(secret, step)
        schema = known.get(step, {}) if isinstance(step, str) else schema.get("items") or {}
    return path


def _unquoted(violation: Violation, schema: Mapping[str, Any], secret: Marks) -> Violation:
    """Return the violation for a value that JSON can't carry, without the value if that is secret."""
    if not _shows_a_secret(secret, violation.path):
        return violation
    return Violation(_named(violation.path, schema, secret), without_value(violation.reason))


def _ordered(violations: Iterable[Violation], schema: Mapping[str, Any]) -> tuple[Violation, ...]:
    rank = {name: position for position, name in enumerate(schema["properties"])}

    def position(violation: Violation) -> tuple[int, str, list[tuple[int, str]]]:
        steps = [(step, "") if isinstance(step, int) else (-1, step) for step in violation.path[1:]]
        return rank.get(violation.property, len(rank)), violation.property, steps

    return tuple(sorted(dict.fromkeys(violations), key=position))


def _plain(value: Any, path: Path, unusable: list[Violation]) -> Any:
    """Return the value as JSON has it, without missing inputs.

    Values that JSON can't carry are reported and then treated as unknown, so that they are reported once.
    """
    if len(path) > _DEEPEST:
        unusable.append(Violation(path[:1], f"is nested more than {_DEEPEST} levels deep"))
        return UNKNOWN
    if isinstance(value, Mapping):
        pairs = ((str(key), item) for key, item in value.items() if item is not None)
        return {key: _plain(item, (*path, key), unusable) for key, item in pairs}
    if isinstance(value, (list, tuple)):
        return [_plain(item, (*path, index), unusable) for index, item in enumerate(value)]
    if isinstance(value, (int, float)) and not is_usable(value):
        unusable.append(Violation(path, f"must be a finite number that fits 64 bits (got {quote_value(value)})"))
        return UNKNOWN
    return value
