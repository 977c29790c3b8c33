"""`adoptFileId`: a file that is on the service already is taken over, and what is not that content is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from verbs import training_file

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.schema import UNKNOWN

ROW = '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n'


class Desk:
    """A data file here, the same content uploaded by somebody else as `theirs.jsonl`, and the verbs of the resource."""

    def __init__(self, world: Any, folder: Path) -> None:
        self.world = world
        self.path = folder / "train.jsonl"
        self.path.write_text(ROW * 3)
        theirs = folder / "theirs.jsonl"
        theirs.write_text(ROW * 3)
        self.file_id: str = world.client.files.upload(theirs, description="by hand").file_id

    def checked(self, *, name: str = "data", olds: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        given = {"path": str(self.path), "__name": name, "__owner": "0wner0wner", **more}
        found = training_file.check(olds or {}, given, self.world.run_registry)
        assert not found.violations, found.violations
        return {key: value for key, value in found.inputs.items() if value is not None}

    def create(self, **more: Any) -> tuple[str, dict[str, Any]]:
        return training_file.create(self.world.connection, self.checked(**more))

    def diff(self, file_id: str, outputs: dict[str, Any], **more: Any) -> Any:
        return training_file.diff(self.world.connection, file_id, outputs, self.checked(olds=outputs, **more))

    def delete(self, file_id: str, outputs: dict[str, Any]) -> None:
        training_file.delete(self.world.connection, file_id, outputs)

    @property
    def uploads(self) -> int:
        """Since the one by hand."""
        return int(self.world.counts()["upload"]) - 1


@pytest.fixture
def desk(world: Any, tmp_path: Path) -> Desk:
    return Desk(world, tmp_path)


def test_what_is_there_is_taken_over_and_nothing_is_uploaded(desk: Desk) -> None:
    file_id, outputs = desk.create(adoptFileId=desk.file_id)
    assert file_id == outputs["fileId"] == outputs["adoptFileId"] == desk.file_id
    assert outputs["name"] == "theirs.jsonl", "as the service calls it"
    assert outputs["size"] == len(ROW) * 3
    assert desk.world.counts() == {"upload": 1, "get_file": 1}, "one look, no list"
    assert f"file {file_id} (theirs.jsonl): adopted" in desk.world.told
    assert training_file.read(desk.world.connection, file_id, outputs) == outputs
    assert not desk.diff(file_id, outputs, adoptFileId=file_id).changes
    desk.world.restart()
    desk.delete(file_id, outputs)
    assert desk.world.emulator.files == {}


@pytest.mark.parametrize(
    ("content", "named"), [(ROW * 4, "bytes on the service, "), (ROW * 2 + ROW.replace("Hello", "Howdy"), ": MD5 ")]
)
def test_another_content_is_refused(desk: Desk, content: str, named: str) -> None:
    desk.path.write_text(content)
    with pytest.raises(LifecycleError) as caught:
        desk.create(adoptFileId=desk.file_id)
    told = str(caught.value)
    assert f"adoptFileId: the content of {desk.file_id} is not that of {desk.path}: " in told
    assert named in told
    assert "theirs.jsonl" in told
    assert "nothing was uploaded, the file on the service is untouched." in told
    assert "drop adoptFileId to upload this one" in told
    assert (desk.uploads, list(desk.world.emulator.files)) == (0, [desk.file_id])


def test_what_the_service_does_not_show_is_not_compared_and_that_is_said(desk: Desk) -> None:
    stored = desk.world.emulator.files[desk.file_id]
    stored.md5 = None
    desk.create(adoptFileId=desk.file_id)
    assert "the service shows no MD5 of it" in desk.world.told
    desk.world.restart()
    desk.path.write_text(ROW * 4)
    with pytest.raises(LifecycleError, match="bytes on the service"):
        desk.create(adoptFileId=desk.file_id)
    stored.size = None
    assert desk.create(adoptFileId=desk.file_id)[0] == desk.file_id


def test_an_md5_in_capitals_is_the_same_md5(desk: Desk) -> None:
    stored = desk.world.emulator.files[desk.file_id]
    stored.md5 = stored.md5.upper()
    assert desk.create(adoptFileId=desk.file_id)[0] == desk.file_id


@pytest.mark.parametrize("missing_status", [404, 400])
def test_an_unknown_id_is_refused(desk: Desk, missing_status: int) -> None:
    desk.world.emulator.configure(missing_file_status=missing_status)
    with pytest.raises(LifecycleError) as caught:
        desk.create(adoptFileId="976bd01a-f30b-4414-86fd-50c54486e3ef")
    assert "adoptFileId: there is no file 976bd01a-f30b-4414-86fd-50c54486e3ef for this key." in str(caught.value)
    assert "nothing was uploaded" in str(caught.value)
    assert desk.uploads == 0


@pytest.mark.parametrize("change", ["rewritten", "removed"])
def test_a_content_that_changes_after_the_check_is_not_compared(desk: Desk, change: str) -> None:
    inputs = desk.checked(adoptFileId=desk.file_id)
    desk.path.write_text(ROW * 9) if change == "rewritten" else desk.path.unlink()
    with pytest.raises(LifecycleError, match="nothing was uploaded"):
        training_file.create(desk.world.connection, inputs)
    assert desk.world.counts() == {"upload": 1}


def test_a_refused_key_is_an_error(desk: Desk) -> None:
    desk.world.emulator.add_fault(FaultRule(operation="get_file", kind="status", status=401, code="InvalidApiKey"))
    with pytest.raises(LifecycleError, match=r"could not adopt file (?s:.*)nothing was uploaded(?s:.*)check the key"):
        desk.create(adoptFileId=desk.file_id)
    assert desk.uploads == 0


def test_two_resources_can_not_adopt_one_file(desk: Desk) -> None:
    desk.create(adoptFileId=desk.file_id)
    with pytest.raises(LifecycleError, match="is the file of another resource already"):
        desk.create(adoptFileId=desk.file_id, name="other")


def test_a_file_that_another_resource_keeps_is_refused_with_its_name(desk: Desk) -> None:
    file_id, outputs = desk.create()
    desk.world.restart()
    assert not desk.diff(file_id, outputs).changes
    with pytest.raises(LifecycleError, match=f"{file_id} is the file of data already"):
        desk.create(adoptFileId=file_id, name="other")


def test_naming_ones_own_file_or_no_longer_is_no_replacement(desk: Desk) -> None:
    file_id, outputs = desk.create()
    named = desk.diff(file_id, outputs, adoptFileId=file_id)
    assert (named.changes, named.replaces) == (True, ())
    inputs = desk.checked(adoptFileId=file_id, olds=outputs)
    after = training_file.update(desk.world.connection, file_id, outputs, inputs)
    assert after["adoptFileId"] == file_id
    dropped = desk.diff(file_id, after)
    assert (dropped.changes, dropped.replaces) == (True, ())
    before = training_file.update(desk.world.connection, file_id, after, desk.checked(olds=after))
    assert "adoptFileId" not in before
    assert desk.uploads == 1


def test_dropping_it_leaves_the_name_that_the_service_has(desk: Desk) -> None:
    file_id, outputs = desk.create(adoptFileId=desk.file_id)
    after = training_file.update(desk.world.connection, file_id, outputs, desk.checked(olds=outputs))
    assert after["name"] == "theirs.jsonl"
    assert not desk.diff(file_id, after).changes


@pytest.mark.parametrize("other", ["another", UNKNOWN])
def test_naming_another_file_is_a_replacement(desk: Desk, other: Any) -> None:
    file_id, outputs = desk.create()
    planned = desk.diff(file_id, outputs, adoptFileId=desk.file_id if other == "another" else other)
    assert planned.replaces == ("adoptFileId",)
    assert not planned.delete_before_replace


def test_another_content_is_uploaded_though_the_old_file_is_still_named(desk: Desk) -> None:
    old, outputs = desk.create(adoptFileId=desk.file_id)
    desk.world.restart()
    desk.path.write_text(ROW * 4)
    assert desk.diff(old, outputs, adoptFileId=old).replaces == ("sha256",)
    new, after = desk.create(adoptFileId=old)
    desk.delete(old, outputs)
    assert list(desk.world.emulator.files) == [new] != [old]
    desk.world.restart()
    assert not desk.diff(new, after, adoptFileId=old).changes


def test_a_replacement_by_another_file_deletes_the_old_one(desk: Desk) -> None:
    old, outputs = desk.create()
    new, _ = desk.create(adoptFileId=desk.file_id)
    desk.delete(old, outputs)
    assert list(desk.world.emulator.files) == [new] == [desk.file_id]


def test_a_replacement_by_the_very_same_file_leaves_it_alone(desk: Desk) -> None:
    """`--replace`: a create, of which the provider hears nothing else, and then the delete of the old record."""
    file_id, outputs = desk.create(adoptFileId=desk.file_id)
    desk.world.restart()
    desk.diff(file_id, outputs, adoptFileId=file_id)
    assert desk.create(adoptFileId=file_id)[0] == file_id
    desk.delete(file_id, outputs)
    assert f"file {file_id}: left alone, its replacement is this very file" in desk.world.told
    assert list(desk.world.emulator.files) == [file_id]


def test_two_old_records_of_an_adopted_file_do_not_delete_it(desk: Desk) -> None:
    """The second one is the trace of an earlier replacement that was cut short."""
    file_id, old = desk.create(adoptFileId=desk.file_id)
    desk.world.restart()
    desk.create(adoptFileId=file_id)
    desk.delete(file_id, old)
    desk.delete(file_id, old)
    assert list(desk.world.emulator.files) == [file_id]


def test_the_rest_of_a_rename_that_was_cut_short_does_not_delete_the_file(desk: Desk) -> None:
    """`a` was renamed to `b`, which adopted its file; the run was killed before the record of `a` was dropped."""
    file_id, outputs_a = desk.create(name="a")
    desk.world.restart()
    _, outputs_b = desk.create(name="b", adoptFileId=file_id)
    desk.world.restart()
    desk.diff(file_id, outputs_b, name="b", adoptFileId=file_id)
    desk.delete(file_id, outputs_a)
    assert f"file {file_id}: left alone, it is the file of b" in desk.world.told
    assert file_id in desk.world.emulator.files
    desk.world.restart()
    desk.delete(file_id, outputs_b)
    assert file_id not in desk.world.emulator.files


def test_the_rest_of_a_replacement_that_was_cut_short_does_not_delete_the_file(desk: Desk) -> None:
    """`--replace` adopted the very same file; killed before the old record went, and now an input changes in place."""
    file_id, old = desk.create(adoptFileId=desk.file_id)
    desk.world.restart()
    _, new = desk.create(adoptFileId=file_id)
    assert new["__nonce"] != old["__nonce"]
    desk.world.restart()
    assert desk.diff(file_id, new, adoptFileId=file_id, description="kept").changes
    desk.delete(file_id, old)
    assert f"file {file_id}: left alone, the resource that replaced this one has it" in desk.world.told
    assert file_id in desk.world.emulator.files
