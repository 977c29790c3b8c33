"""What a job trains on, as one value: a list of sources, whichever of the API's two spellings gives them.

A file id in `training_file_ids` and a `file_id` entry in `training_datasets` are the same data. The newest pages answer
every new job in the second spelling, with empty id lists, no matter which form the request had; older pages echo the
ids (get-fine-tuning-job-api, create-fine-tuning-job-api). A client that compares one field alone does not recognise its
own job, and buys it again. So nothing compares a field: everything compares sources.

A source is an object in the spelling of `training_datasets`, such as `{"data_source_type": "file_id", "file_id": …}`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pulumi_dashscope_ft.api import Job
from pulumi_dashscope_ft.lifecycle.base.comparison import agree, canonical, equal
from pulumi_dashscope_ft.schema import contains_unknown

Source = Mapping[str, Any]

TRAINING, VALIDATION = "training", "validation"
PURPOSES = (TRAINING, VALIDATION)

_FILE = "file_id"
_TYPE = "data_source_type"
_IDENTITY: Mapping[str, Callable[[Source], Any]] = {
    _FILE: lambda source: source.get(_FILE),
    "oss_mount": lambda source: _bucket_and_path(source.get("mount_storage")),
    "download_url": lambda source: source.get("download_url"),
}
"""Type of a source → what identifies it among sources of its type (API page fine-tuning-api-guide)."""
_TOLD_BY = {_FILE: _FILE, "mount_storage": "oss_mount", "download_url": "download_url"}
"""Field → the type of a source that has it, for sources without a type."""


def property_names(purpose: str) -> tuple[str, str]:
    """Return the two properties for the data of this purpose: ids of files, and data sets."""
    return f"{purpose}FileIds", f"{purpose}Datasets"


def in_properties(properties: Mapping[str, Any], purpose: str) -> list[Source]:
    """Return the sources that a resource's properties name. Unusable entries are left out."""
    ids, datasets = (properties.get(name) for name in property_names(purpose))
    return _joined(_items(ids), _items(datasets))


def named_in(properties: Mapping[str, Any]) -> Iterator[tuple[tuple[str, int], str]]:
    """Yield each file id that a job's inputs name, after the input and the position in it."""
    for purpose in PURPOSES:
        ids, datasets = property_names(purpose)
        for position, file_id in enumerate(_items(properties.get(ids))):
            if isinstance(file_id, str):
                yield (ids, position), file_id
        for position, source in enumerate(_items(properties.get(datasets))):
            if isinstance(source, Mapping) and isinstance(source.get(_FILE), str):
                yield (datasets, position), source[_FILE]


def of_job(job: Job, purpose: str) -> list[Source]:
    """Return the sources that the service shows for a job. An id in both fields counts once."""
    ids: tuple[str, ...] = getattr(job, f"{purpose}_file_ids")
    datasets: tuple[Mapping[str, Any], ...] = getattr(job, f"{purpose}_datasets")
    shown = set(file_ids(datasets))
    return _joined([one for one in ids if one not in shown], datasets)


def as_properties(sources: Sequence[Source], purpose: str) -> dict[str, list[Any]]:
    """Return the property in which a person would write these sources: ids if there are only files, else data sets.

    Empty when there are none.
    """
    if not sources:
        return {}
    ids_name, datasets_name = property_names(purpose)
    plain = [source[_FILE] for source in sources if set(source) <= {_TYPE, _FILE} and _kind(source) == _FILE]
    if len(plain) == len(sources):
        return {ids_name: plain}
    return {datasets_name: [dict(source) for source in sources]}


def file_ids(sources: Iterable[Source]) -> list[str]:
    """Return the ids of the files among these sources, in their order."""
    return [source[_FILE] for source in sources if _kind(source) == _FILE and isinstance(source.get(_FILE), str)]


def mentioned(sources: Iterable[Source]) -> frozenset[str]:
    """Every text in these sources, in any field: nothing of it may be deleted while a job may read it.

    Taking another text for a file's id does no harm.
    """
    return frozenset(
        text for source in sources for name, text in source.items() if isinstance(text, str) and name != _TYPE
    )


def same_request(old: Mapping[str, Any], new: Mapping[str, Any], purpose: str) -> bool:
    """Whether two sets of properties ask for the same data.

    The spelling and the order make no difference; every field that the user wrote does. Unknown values are equal to
    nothing.
    """
    if contains_unknown([one.get(name) for one in (old, new) for name in property_names(purpose)]):
        return False
    left, right = in_properties(old, purpose), in_properties(new, purpose)
    for source in left:
        match = next((index for index, other in enumerate(right) if _same(source, other)), None)
        if match is None:
            return False
        right.pop(match)
    return not right


def normalised(sources: Iterable[Source]) -> list[Source]:
    """Rewrite the data in the one spelling and order that stands for all others."""
    whole = [{**source, _TYPE: _kind(source)} for source in sources]
    return sorted(whole, key=lambda source: json.dumps(canonical(source), sort_keys=True))


def is_shown(wanted: Sequence[Source], shown: Sequence[Source]) -> bool:
    """Whether what the service shows may be the wanted data.

    Order and repetition make no difference, nor do fields that only one side has, as long as what identifies a source
    is there.
    """
    return all(any(_shows(one, other) for other in shown) for one in wanted) and all(
        any(_shows(one, other) for one in wanted) for other in shown
    )


def _joined(ids: Iterable[Any], datasets: Iterable[Any]) -> list[Source]:
    plain = [{_TYPE: _FILE, _FILE: one} for one in ids if isinstance(one, str)]
    return [*plain, *(one for one in datasets if isinstance(one, Mapping))]


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def _kind(source: Source) -> Any:
    given = source.get(_TYPE)
    return given if given is not None else next((kind for name, kind in _TOLD_BY.items() if name in source), None)


def _same(one: Source, other: Source) -> bool:
    return equal({**one, _TYPE: _kind(one)}, {**other, _TYPE: _kind(other)})


def _shows(wanted: Source, shown: Source) -> bool:
    kind = _kind(wanted)
    if kind != _kind(shown):
        return False
    identity = _IDENTITY.get(str(kind))
    if identity is not None:
        known = identity(wanted)
        return known is not None and known == identity(shown) and agree(_region(wanted), _region(shown))
    # A type of source that this release does not know: everything that was sent has to be there.
    return all(name in shown and agree(value, shown[name]) for name, value in wanted.items() if value is not None)


def _bucket_and_path(storage: Any) -> tuple[Any, Any] | None:
    if not isinstance(storage, Mapping):
        return None
    path = storage.get("file_path")
    return storage.get("bucket"), path.lstrip("/") if isinstance(path, str) else path


def _region(source: Source) -> Any:
    storage = source.get("mount_storage")
    return storage.get("region") if isinstance(storage, Mapping) else None


def training_files(job: Job) -> list[str]:
    """Return the ids of the files that the job trains on, in either spelling."""
    return file_ids(of_job(job, TRAINING))


def data_files(job: Job) -> frozenset[str]:
    """Return the files that, as the service shows it, the job reads for training and validation, in either spelling."""
    return frozenset().union(*(mentioned(of_job(job, purpose)) for purpose in PURPOSES))


def named_files(properties: Mapping[str, Any]) -> frozenset[str]:
    """Return the same for a job in the state."""
    return frozenset().union(*(mentioned(in_properties(properties, purpose)) for purpose in PURPOSES))
