"""Names that a compiler would refuse, or take for something else, in the classes that Pulumi generates.

Why it exists: the generators come with the `pulumi` command, and the compilers are not on every machine. The generators
themselves check none of this: a type `Checkpoint` with a property `checkpoint` gave C# that does not compile. So what
each generator (3.260) makes of our names is said here, and held against the rules of its language.
"""

from __future__ import annotations

import keyword
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.schema import to_snake_case

JAVA_WORDS = """
abstract assert boolean break byte case catch char class const continue default do double else enum extends false final
finally float for goto if implements import instanceof int interface long native new null package permits private
protected public record return sealed short static strictfp super switch synchronized this throw throws transient true
try var void volatile while yield
"""
MEMBERS = {
    "csharp": {"Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize", "Empty", "Get"},
    "java": {"getClass", "hashCode", "toString", "notify", "notifyAll", "wait", "clone", "finalize", "builder"},
    "python": {"get", "get_provider", "translate_input_property", "translate_output_property"},
    "nodejs": {"constructor", "getProvider", "isInstance"},
    "go": {"ElementType"},
}
"""By language: what every class has already, so that no property can have that name."""

TAKEN = """
provider config utilities enums index init doc vars types inputs outputs pulumitypes pulumienums package
output input union either args resource customresource inputlist inputmap invokeoptions string object list map optional
double integer boolean codegen export
"""
"""What no resource, type or function may be called, in small letters, because some file systems know no others: files
and classes that each generated package has, and what its files import by bare name."""


@dataclass(frozen=True)
class Holder:
    """A class that is generated in every language, with the properties that become its members."""

    place: str
    name: str
    properties: Mapping[str, Any]


def problems(document: Mapping[str, Any]) -> list[str]:
    """Return what a compiler would say of a package schema, each with its place; nothing when all is well."""
    return [*_members(document), *_values(document), *_classes(document), *_of_go(document), *_closed(document)]


def title(name: str) -> str:
    """Return a name with a first letter in upper case, as C# and Go have it."""
    return name[:1].upper() + name[1:]


def bare(token: str) -> str:
    """Return the last part of a token."""
    return token.rpartition(":")[2]


def holders(document: Mapping[str, Any]) -> Iterator[Holder]:
    """Yield every generated class."""
    for token, kind in document["types"].items():
        yield Holder(token, bare(token), kind.get("properties", {}))
    for token, resource in document["resources"].items():
        yield Holder(token, bare(token), resource["properties"])
        yield Holder(token, f"{bare(token)}Args", resource["inputProperties"])
    for token, function in document["functions"].items():
        yield Holder(token, f"{title(bare(token))}Args", function["inputs"]["properties"])
        yield Holder(token, f"{title(bare(token))}Result", function["outputs"]["properties"])
    yield Holder("provider", "Provider", document["provider"].get("inputProperties", {}))
    yield Holder("config", "Config", document["config"]["variables"])


def _members(document: Mapping[str, Any]) -> Iterator[str]:
    for holder in holders(document):
        members: dict[tuple[str, str], list[str]] = defaultdict(list)
        for name, property_ in holder.properties.items():
            for language, member in _spelled(name, property_).items():
                members[language, member].append(name)
                if member in MEMBERS[language]:
                    yield f"{holder.place}/{name}: in {language}, every class has {member} already"
                if language == "csharp" and member == holder.name:
                    yield f"{holder.place}/{name}: in csharp, a member can't be called as its class, {member}"
            if name in JAVA_WORDS.split():
                yield f"{holder.place}/{name}: a word of java"
            if keyword.iskeyword(to_snake_case(name)):
                yield f"{holder.place}/{name}: a word of python"
        for (language, member), names in members.items():
            if len(names) > 1:
                yield f"{holder.place}: in {language}, {' and '.join(names)} are both {member}"


def _spelled(name: str, property_: Mapping[str, Any]) -> dict[str, str]:
    own = property_.get("language", {})
    return {
        "csharp": own.get("csharp", {}).get("name", title(name)),
        "java": name,
        "python": to_snake_case(name),
        "nodejs": name,
        "go": title(name),
    }


def _values(document: Mapping[str, Any]) -> Iterator[str]:
    for token, kind in document["types"].items():
        for value in kind.get("enum", ()):
            if value["name"] in {bare(token), *MEMBERS["csharp"]}:
                yield f"{token}/{value['name']}: in csharp, its class is called so, or has this member already"


def _classes(document: Mapping[str, Any]) -> Iterator[str]:
    files: dict[str, list[str]] = defaultdict(list)
    for group in ("resources", "functions"):
        for token in document[group]:
            files[bare(token).lower()].append(token)
    for token in (*document["types"], *document["resources"], *document["functions"]):
        if bare(token).lower() in TAKEN.split():
            yield f"{token}: a name that generated packages need themselves"
    for tokens in files.values():
        if len(tokens) > 1:
            yield f"{' and '.join(tokens)}: one file where a file system ignores case"


_GO_RESOURCE = ("{0}", "New{0}", "Get{0}", "{0}State", "{0}Args", "{0}Input", "{0}Output", "{0}Array", "{0}Map")
_GO_TYPE = ("{0}", "{0}Args", "{0}Input", "{0}Output", "{0}Ptr", "{0}PtrInput", "{0}PtrOutput", "{0}Array", "{0}Map")
_GO_ENUM = ("{0}", "{0}Input", "{0}Output", "{0}PtrInput", "{0}PtrOutput", "{0}Array", "{0}Map")
_GO_FUNCTION = ("{0}", "{0}Args", "{0}Result", "{0}Output", "{0}OutputArgs", "{0}ResultOutput")


def _of_go(document: Mapping[str, Any]) -> Iterator[str]:
    """Everything of a package is in one scope: types, their wrappers, functions and the values of enumerations."""
    scope: dict[str, set[str]] = defaultdict(set)

    def enter(token: str, forms: tuple[str, ...]) -> None:
        for form in forms:
            scope[form.format(title(bare(token)))].add(token)

    for token in document["resources"]:
        enter(token, _GO_RESOURCE)
    for token in document["functions"]:
        enter(token, _GO_FUNCTION)
    for token, kind in document["types"].items():
        enter(token, _GO_ENUM if "enum" in kind else _GO_TYPE)
        enter(token, tuple(f"{{0}}{value['name']}" for value in kind.get("enum", ())))
    for name, tokens in scope.items():
        if len(tokens) > 1:
            yield f"{' and '.join(sorted(tokens))}: in go, both are {name}"


def _closed(document: Mapping[str, Any]) -> Iterator[str]:
    """What only the service says may be a value of tomorrow. Java reads one that its enumeration lacks as null."""
    enums = {f"#/types/{token}" for token, kind in document["types"].items() if "enum" in kind}
    said: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
        **{token: (kind.get("properties", {}), {}) for token, kind in document["types"].items()},
        **{token: (one["properties"], one["inputProperties"]) for token, one in document["resources"].items()},
        **{token: (one["outputs"]["properties"], {}) for token, one in document["functions"].items()},
    }
    for token, (outputs, inputs) in said.items():
        for name, property_ in outputs.items():
            if name not in inputs and property_.get("$ref") in enums:
                yield f"{token}/{name}: the service may say another value: oneOf a string and the enumeration"
