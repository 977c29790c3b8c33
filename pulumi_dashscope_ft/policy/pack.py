"""The rules as a policy pack of Pulumi's."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi

from pulumi_dashscope_ft.schema import UNKNOWN

from . import deployments, estimates, jobs, keeping, keys
from .rule import Rule, SettingError, StackRule
from .subject import Subject, Surroundings, kind_of

RULES: tuple[Rule | StackRule, ...] = (
    *jobs.RULES,
    *estimates.RULES,
    *deployments.RULES,
    *keeping.RULES,
    *keys.RULES,
)


LEVEL, MANDATORY = "enforcementLevel", "mandatory"
LEVELS = (MANDATORY, "advisory", "disabled")


def policy_pack(
    name: str = "dashscope-ft",
    *,
    config: Mapping[str, Mapping[str, Any]] | None = None,
    also: Sequence[Any] = (),
) -> None:
    """Serve the policies to Pulumi, until Pulumi ends the process.

    :param config: settings of rules by the rule's name, such as `{"epochs-within-limit": {"most": 3}}`. Each also
        takes `enforcementLevel`: `mandatory` (default), `advisory` or `disabled`. What the configuration of the pack
        says comes first (`pulumi up --policy-pack-config`).
    :param also: policies of your own, which are served with these.
    :raises ValueError: there is no such rule or setting.
    :raises ModuleNotFoundError: the extra is not installed.
    """
    _require_known(config or {})
    sdk = _sdk()
    sdk.PolicyPack(
        name,
        [*policies(), *also],
        initial_config={rule: {**given, LEVEL: _level(given)} for rule, given in (config or {}).items()},
    )


def policies() -> list[Any]:
    """Return the policies, for a pack of your own.

    :raises ModuleNotFoundError: the extra is not installed.
    """
    return [_of_resources(rule) if isinstance(rule, Rule) else _of_stack(rule) for rule in RULES]


def _of_resources(rule: Rule) -> Any:
    def validate(args: Any, report: Callable[[str], None]) -> None:
        subject = _subject(args)
        if subject is None or subject.kind not in rule.kinds:
            return
        try:
            for text in rule.check(subject, rule.settings(args.get_config() or {})):
                report(text)
        except SettingError as error:
            report(f"The policy {rule.name} can't be used: {error}.")

    return _sdk().ResourceValidationPolicy(rule.name, rule.description, validate, **_common(rule))


def _of_stack(rule: StackRule) -> Any:
    def validate(args: Any, report: Callable[..., None]) -> None:
        subjects = [subject for each in args.resources if (subject := _subject(each)) is not None]
        try:
            for subject, text in rule.check(subjects, rule.settings(args.get_config() or {})):
                report(text, subject.urn)
        except SettingError as error:
            report(f"The policy {rule.name} can't be used: {error}.")

    return _sdk().StackValidationPolicy(rule.name, rule.description, validate, **_common(rule))


def _subject(args: Any) -> Subject | None:
    """Return what a rule looks at; None for what is not of this package."""
    kind = kind_of(args.resource_type)
    if kind is None:
        return None
    there = Surroundings(pulumi.get_stack(), dict(pulumi.runtime.get_config_env()), os.environ.get("PWD"))
    provider = {} if args.provider is None else _plain(args.provider.props)
    return Subject(kind[0], args.name, _plain(args.props), there, provider, is_dynamic=kind[1], urn=args.urn)


def _plain(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties as they are, with `UNKNOWN` for what the SDK does not let one look at."""
    from pulumi_policy.proxy import UnknownValueError

    found: dict[str, Any] = {}
    for name in properties:
        try:
            value = properties[name]
        except UnknownValueError:
            value = UNKNOWN
        found[name] = _plain(value) if isinstance(value, Mapping) else value
    return found


def _common(rule: Rule | StackRule) -> dict[str, Any]:
    schema = _sdk().PolicyConfigSchema({name: dict(option) for name, option in rule.options.items()})
    return {"enforcement_level": _sdk().EnforcementLevel.MANDATORY, "config_schema": schema}


def _level(given: Mapping[str, Any]) -> Any:
    """Return how strictly a rule holds. Where settings come without it, Pulumi would take it for advisory."""
    return _sdk().EnforcementLevel(given.get(LEVEL, MANDATORY))


def _require_known(config: Mapping[str, Mapping[str, Any]]) -> None:
    rules = {rule.name: rule for rule in RULES}
    for name, given in config.items():
        if name not in rules:
            raise ValueError(f"there is no policy {name!r}: there are {', '.join(rules)}")
        unknown = given.keys() - rules[name].options.keys() - {LEVEL}
        if unknown:
            settings = ", ".join([*rules[name].options, LEVEL])
            raise ValueError(f"the policy {name} has no setting {min(unknown)!r}: it has {settings}")
        if given.get(LEVEL, MANDATORY) not in LEVELS:
            raise ValueError(f"the policy {name} has {LEVEL} {given[LEVEL]!r}: it can be {', '.join(LEVELS)}")


def _sdk() -> Any:
    try:
        import pulumi_policy
    except ModuleNotFoundError:
        raise ModuleNotFoundError("install the extra: pip install 'pulumi-dashscope-ft[policy]'") from None
    return pulumi_policy
