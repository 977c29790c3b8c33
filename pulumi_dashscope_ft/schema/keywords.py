"""A JSON Schema validator class that knows unknown values, numbers in strings, and good places for errors.

`jsonschema` implements the standard keywords. Three things are added here. A value that is not known yet violates
nothing. If a string spells a number, the ranges apply to that number. A violation points at the property that a person
has to change, also when that property is missing, misspelled or superfluous.

`jsonschema` is imported by the first validation: its import takes longer than that of the rest of the package.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft.schema.durations import parse_duration
from pulumi_dashscope_ft.schema.numbers import number_or_same, spelled_number
from pulumi_dashscope_ft.schema.unknown import UNKNOWN, contains_unknown

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Keyword = Callable[[Any, Any, Any, Any], Any]

_RANGES = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


@cache
def validator_class() -> Any:
    """Return the validator class for inputs, built on draft 2020-12."""
    from jsonschema import validators

    extend: Callable[..., Any] = validators.extend
    standard: dict[str, Keyword] = dict(validators.Draft202012Validator.VALIDATORS)
    keywords = standard | {name: _on_number(standard[name]) for name in _RANGES}
    keywords |= {name: _where_numeric(standard[name]) for name in ("type", "enum")}
    keywords |= {
        "required": _required,
        "additionalProperties": _no_extra(standard["additionalProperties"]),
        "oneOf": _one_of(standard["oneOf"]),
        "not": _not_together(standard["not"]),
        "uniqueItems": _unique_items,
        "format": _format,
        "if": _if,
        "knownKeys": _known_keys,
        "refusedKeys": _refused_keys,
    }
    return extend(validators.Draft202012Validator, {name: _skip_unknown(keyword) for name, keyword in keywords.items()})


def lookalike(name: str, known: list[str]) -> str | None:
    """Return the known name that a misspelled one most likely means, ignoring case and separators; or None."""
    import difflib  # only a mistake needs it

    plain = {_plain(candidate): candidate for candidate in known}
    close = difflib.get_close_matches(_plain(name[:100]), plain, n=1, cutoff=0.75)
    return plain[close[0]] if close else None


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _error(message: str, *path: str | int) -> ValidationError:
    from jsonschema.exceptions import ValidationError

    return ValidationError(message, path=path)


def _skip_unknown(keyword: Keyword) -> Keyword:
    @wraps(keyword)
    def check(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if instance is not UNKNOWN:
            yield from keyword(validator, value, instance, schema) or ()

    return check


def _on_number(keyword: Keyword) -> Keyword:
    def check(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        return keyword(validator, value, number_or_same(instance), schema)

    return check


def _where_numeric(keyword: Keyword) -> Keyword:
    """Apply `type` and `enum` to the number where the schema says that a string has to spell a number."""

    def check(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        if schema.get("format") == "numeric" and isinstance(instance, str):
            number = spelled_number(instance)
            if number is None:
                return ()  # the keyword "format" reports it
            instance = number
        return keyword(validator, value, instance, schema)

    return check


def _required(validator: Any, names: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, Mapping):
        for name in names:
            if name not in instance:
                yield _error("is required", name)


def _no_extra(standard: Keyword) -> Keyword:
    def check(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if allowed is not False or not isinstance(instance, Mapping):
            yield from standard(validator, allowed, instance, schema) or ()
            return
        for name in instance:
            if name not in schema.get("properties", {}):
                yield _error("is not allowed", name)

    return check


def _one_of(standard: Keyword) -> Keyword:
    """Handle branches that each require one property: exactly one of these properties must be given."""

    def check(validator: Any, branches: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        names = alternatives(branches)
        if not names or not isinstance(instance, Mapping):
            yield from standard(validator, branches, instance, schema) or ()
            return
        given = [name for name in names if name in instance]
        if len(given) != 1:
            yield _error("exactly one", given[-1] if given else names[0])

    return check


def alternatives(branches: list[Mapping[str, Any]]) -> list[str]:
    """Return the properties that the branches of a `oneOf` require; an empty list if they require anything else."""
    required = [branch.get("required", []) if set(branch) == {"required"} else [] for branch in branches]
    return [names[0] for names in required] if all(len(names) == 1 for names in required) else []


def _not_together(standard: Keyword) -> Keyword:
    """Handle `not` around `required`: these properties exclude each other. The last one is the one to drop."""

    def check(validator: Any, refused: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if set(refused) != {"required"}:
            yield from standard(validator, refused, instance, schema) or ()
        elif isinstance(instance, Mapping) and all(name in instance for name in refused["required"]):
            yield _error("not together", refused["required"][-1])

    return check


def _unique_items(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not wanted or not isinstance(instance, list):
        return
    seen = set[str]()
    for index, item in enumerate(instance):
        if not contains_unknown(item):
            spelled = json.dumps(item, sort_keys=True, default=repr)
            if spelled in seen:
                yield _error("is there twice", index)
            seen.add(spelled)


def _format(validator: Any, name: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if name == "numeric" and isinstance(instance, str) and spelled_number(instance) is None:
        yield _error("does not spell a number")
    if name == "length-of-time":
        try:
            parse_duration(instance)
        except ValueError as problem:
            yield _error(str(problem))


def _if(validator: Any, condition: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Decide nothing if the condition depends on an unknown value."""
    deciding = [instance.get(name) for name in condition.get("properties", {})] if isinstance(instance, Mapping) else []
    if contains_unknown(deciding):
        return
    holds = validator.evolve(schema=condition).is_valid(instance)
    branch = "then" if holds else "else"
    if branch in schema:
        yield from validator.descend(instance, schema[branch], schema_path=branch)


def _known_keys(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    known = list(schema.get("properties", {}))
    if wanted and isinstance(instance, Mapping):
        for name in instance:
            if name not in known and lookalike(name, known):
                yield _error("looks misspelled", name)


def _refused_keys(validator: Any, refused: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, Mapping):
        for name in instance:
            if name in refused:
                yield _error("has an input of its own", name)
