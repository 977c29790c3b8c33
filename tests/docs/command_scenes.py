"""The scenes of the page of the command's errors: each brings about what its entry describes (`command_entries`)."""

from __future__ import annotations

import json
import os
import time

from command_stage import OWNER, STRANGER, CommandStage, Told

REMARKS = "error: warning: note:"

# The account


def no_key(scene: CommandStage) -> Told:
    return scene.run("jobs", DASHSCOPE_API_KEY="")


def refused_key(scene: CommandStage) -> Told:
    scene.fault("list", kind="status", status=401, code="InvalidApiKey", message="Invalid API-key provided.")
    return scene.run("jobs")


def unreachable(scene: CommandStage) -> Told:
    return scene.run("jobs", "--base-url", "http://127.0.0.1:9/api/v1")


def broken_proxy(scene: CommandStage) -> Told:
    return scene.run("jobs", "--region", "cn-beijing", HTTPS_PROXY="http://[", DASHSCOPE_HTTP_BASE_URL="")


def no_certificates(scene: CommandStage) -> Told:
    return scene.run(
        "jobs", "--region", "cn-beijing", REQUESTS_CA_BUNDLE="/etc/ssl/company.pem", DASHSCOPE_HTTP_BASE_URL=""
    )


def nothing_there(scene: CommandStage) -> Told:
    return scene.run("show", "ft-202410291653-1c7f")


def wrong_usage(scene: CommandStage) -> Told:
    return scene.run("jobs", "--older-than", "soon")


# Ending


def not_confirmed(scene: CommandStage) -> Told:
    return scene.run("delete", scene.job())


def record_kept(scene: CommandStage) -> Told:
    scene.emulator.configure(literal_reading=True)
    return scene.run("delete", "--yes", scene.job("SUCCEEDED"))


def too_little_time(scene: CommandStage) -> Told:
    scene.emulator.configure(canceling_seconds=1e6)
    return scene.run("delete", "--yes", "--timeout", "20s", scene.job())


def file_in_use(scene: CommandStage) -> Told:
    file_id = scene.file()
    scene.job(file_id=file_id)
    return scene.run("delete", "--yes", "--kind", "file", file_id)


def use_unknown(scene: CommandStage) -> Told:
    file_id = scene.file()
    scene.fault("list", kind="status", status=403, code="AccessDenied", message="No right.")
    return scene.run("delete", "--yes", "--kind", "file", file_id)


def no_model(scene: CommandStage) -> Told:
    return scene.run("wait", scene.job("CANCELED"))


def no_compressed_model(scene: CommandStage) -> Told:
    return scene.run("wait", scene.compression("FAILED"))


def no_imported_model(scene: CommandStage) -> Told:
    return scene.run("wait", scene.imported("FAILED"))


def no_cancel_of_an_import(scene: CommandStage) -> Told:
    return scene.run("cancel", "--yes", scene.imported())


def an_import_taken_for_a_file(scene: CommandStage) -> Told:
    return scene.run("delete", "--yes", scene.imported("SUCCESSED"))


def imported_model_in_use(scene: CommandStage) -> Told:
    import_id = scene.imported("SUCCESSED")
    body = {"model_name": scene.client.imports.get(import_id).model_id, "plan": "lora", "capacity": 1}
    scene.emulator.force_deployment(scene.client.deployments.create(body).deployed_model, "RUNNING")
    return scene.run("delete", "--yes", "--kind", "import", import_id)


def no_log_of_an_import(scene: CommandStage) -> Told:
    return scene.run("logs", scene.imported())


def wait_over(scene: CommandStage) -> Told:
    return scene.run("wait", "--timeout", "30s", scene.job())


# Adopting


def another_content(scene: CommandStage) -> Told:
    file_id = scene.file()
    (scene.folder / "train.jsonl").write_text("{}\n")
    return scene.run("adopt", file_id)


def no_content(scene: CommandStage) -> Told:
    file_id = scene.file()
    (scene.folder / "train.jsonl").unlink()
    return scene.run("adopt", file_id)


# Sweeping


def no_state(scene: CommandStage) -> Told:
    scene.job()
    return scene.run("sweep", "--utc-offset", "8", only=REMARKS)


def not_there(scene: CommandStage) -> Told:
    scene.job()
    scene.later()
    scene.state()
    return scene.run("sweep", "pr-7.json", "pr-8.json", "--execute", "--yes", only=REMARKS)


def torn(scene: CommandStage) -> Told:
    scene.state()
    path = scene.folder / "pr-7.json"
    path.write_text(path.read_text()[:200])
    return scene.run("sweep", "pr-7.json", only=REMARKS)


def old_file(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.state()
    path = scene.folder / "pr-7.json"
    os.utime(path, (time.time() - 3 * 86400.0,) * 2)
    return scene.run("sweep", "pr-7.json", only=REMARKS)


def under_way(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.interrupted()
    scene.state()
    return scene.run("sweep", "pr-7.json", only=REMARKS)


def stale(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.state()
    scene.later()
    scene.job()
    scene.later()
    return scene.run("sweep", "pr-7.json", "--name", "pr-7", only="job")


def put_off(scene: CommandStage) -> Told:
    scene.holds(scene.job(), expiresIn="1h")
    scene.state()
    path = scene.folder / "pr-7.json"
    os.utime(path, (time.time() - 5400.0,) * 2)
    scene.later()
    return scene.run("sweep", "pr-7.json", "--utc-offset", "8", only="job")


def without_pulumi(scene: CommandStage) -> Told:
    return scene.run("sweep", "--state-dir", "s3://my-states", AWS_PROFILE="previews")


def _backend(scene: CommandStage, content: str, *more: str) -> Told:
    """Sweep with a folder that Pulumi has laid out, and the state of its one stack."""
    stack = scene.folder / "states" / ".pulumi" / "stacks" / "previews" / "pr-7.json"
    stack.parent.mkdir(parents=True)
    stack.write_text(content)
    return scene.run("sweep", "--state-dir", "states", *more, only=REMARKS)


def locked(scene: CommandStage) -> Told:
    lock = scene.folder / "states" / ".pulumi" / "locks" / "organization" / "previews" / "pr-7" / "0f5b8c1e.json"
    lock.parent.mkdir(parents=True)
    lock.write_text("{}")
    os.utime(lock, (1_790_000_000, 1_790_000_000))
    return _backend(scene, '{"version": 3, "checkpoint": {"latest": null}}', "--utc-offset", "8")


def torn_checkpoint(scene: CommandStage) -> Told:
    return _backend(scene, '{"version": 3, "checkpoint": {"latest": {"resou')


def no_folder(scene: CommandStage) -> Told:
    return scene.run("sweep", "--state-dir", "stats")


def no_stack(scene: CommandStage) -> Told:
    pulumi = scene.folder / "pulumi"
    pulumi.write_text("""#!/bin/sh\necho '[{"name": "organization/previews/pr-7"}]'\n""")
    pulumi.chmod(0o755)
    return scene.run("sweep", "--project", "preview", "--utc-offset", "8", "--execute", "--yes", only=REMARKS)


def empty_backend(scene: CommandStage) -> Told:
    return scene.run("sweep", "--state-dir", "")


def stdin_and_question(scene: CommandStage) -> Told:
    return scene.run("sweep", "-", "--execute", stdin="{}")


def _leak(scene: CommandStage) -> None:
    """Start a job that the state holds, and one that no state holds; both are old enough to be judged."""
    scene.holds(scene.job())
    scene.job()
    scene.later(600)
    scene.state()
    scene.later()


def nobody(scene: CommandStage) -> Told:
    _leak(scene)
    return scene.run("sweep", "pr-7.json", "--utc-offset", "8", "--execute")


def could_not_end(scene: CommandStage) -> Told:
    _leak(scene)
    scene.fault("cancel", kind="status", status=403, code="AccessDenied", message="Access denied.")
    return scene.run("sweep", "pr-7.json", "--utc-offset", "8", "--execute", "--yes", only=REMARKS)


def unlisted(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.later(600)
    scene.state()
    scene.fault("list_deployments", kind="status", status=403, code="AccessDenied", message="Access denied.")
    return scene.run("sweep", "pr-7.json", "--utc-offset", "8", only=REMARKS)


def strangers(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.job(owner=STRANGER)
    scene.later(600)
    scene.state()
    return scene.run("sweep", "pr-7.json", "--utc-offset", "8", only=REMARKS)


def not_lost(scene: CommandStage) -> Told:
    scene.holds(scene.job())
    scene.later(600)
    scene.state()
    arguments = ("--utc-offset", "8", "--lost-state", OWNER, "--lost-state", STRANGER)
    return scene.run("sweep", "pr-7.json", *arguments, only=REMARKS)


def no_owner_id(scene: CommandStage) -> Told:
    return scene.run("sweep", "--lost-state", "previews/pr-7")


def no_zone(scene: CommandStage) -> Told:
    scene.job()
    scene.later(20 * 3600.0)
    scene.state()
    return scene.run("sweep", "pr-7.json", only=REMARKS)


def no_report(scene: CommandStage) -> Told:
    (scene.folder / "destroy.jsonl").write_bytes(b"\xff\xfe")
    return scene.run("report", "destroy.jsonl")


def unknown_outcome(scene: CommandStage) -> Told:
    (scene.folder / "destroy.jsonl").write_text('{"kind": "job", "id": "ft-1", "outcome": "parked"}\n')
    return scene.run("report", "destroy.jsonl", only="nothing")


def torn_report(scene: CommandStage) -> Told:
    (scene.folder / "destroy.jsonl").write_text('{"kind": "job", "id": "ft-202410291653-1c7f", "outcome": "refu')
    return scene.run("report", "destroy.jsonl")


def over_the_limit(scene: CommandStage) -> Told:
    return scene.run(
        "estimate", _data(scene), "--model", "qwen3-8b", "--epochs", "3", "--max-cost", "0.1CNY", only="cost:"
    )


def no_price(scene: CommandStage) -> Told:
    return scene.run("estimate", _data(scene), "--model", "qwen9-1b", "--max-cost", "50CNY", only="cost:")


def wrong_prices(scene: CommandStage) -> Told:
    row = {"what": "training", "model": "qwen9-1b", "price": 0.004, "currency": "CNY", "per": "1000 tokens"}
    row |= {"region": "cn-beijing", "date": "2026-11-01", "sources": ["our contract"]}
    (scene.folder / "prices.json").write_text(json.dumps({"rows": [row]}))
    return scene.run("estimate", _data(scene), "--model", "qwen9-1b", "--prices", "prices.json")


def unusable_data(scene: CommandStage) -> Told:
    (scene.folder / "train.jsonl").write_text('{"messages": []}\n')
    return scene.run("estimate", "train.jsonl", "--model", "qwen3-8b")


def _data(scene: CommandStage) -> str:
    row = {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day."}]}
    (scene.folder / "train.jsonl").write_text((json.dumps(row) + "\n") * 1000)
    return "train.jsonl"


# Verifying


def verify_not_confirmed(scene: CommandStage) -> Told:
    return scene.run("verify")


def verify_full(scene: CommandStage) -> Told:
    for _ in range(17):
        scene.job("SUCCEEDED")
    return scene.run("verify")


def verify_beside_others(scene: CommandStage) -> Told:
    scene.job("RUNNING")
    return scene.run("verify")


def verify_no_right(scene: CommandStage) -> Told:
    scene.fault("create", error="access_denied")
    return scene.run("verify", "--yes")


def verify_third_form(scene: CommandStage) -> Told:
    scene.fault("list", kind="html", status=200)
    return scene.run("verify", "--yes")


def verify_left(scene: CommandStage) -> Told:
    scene.fault("upload", kind="lost")
    scene.fault("delete_file", kind="html")
    return scene.run("verify", "--yes")


def verify_no_folder(scene: CommandStage) -> Told:
    return scene.run("verify", "--report", "reports/today.json")
