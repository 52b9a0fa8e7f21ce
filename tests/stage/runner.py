"""What AWX does: preflight, site and report as jobs of ansible-runner, on a stage that is finished. Their events and artifacts are checked.

``python tests/stage/runner.py STAGE``, where STAGE is the folder that ``tests/stage/stage up`` made.
"""

import json
import pathlib
import shutil
import sys
import typing as t

import ansible_runner

CANARY = "this-password-must-not-be-seen"


def prepare(stage: pathlib.Path) -> pathlib.Path:
    """A private data directory as AWX makes it: the inventory, extra variables, settings, nothing else."""
    private = stage / "runner"
    shutil.rmtree(private, ignore_errors=True)
    shutil.copytree(stage / "inventory", private / "inventory")
    env = private / "env"
    env.mkdir()
    (private / "project").mkdir()
    # A host's password is in AWX's machine credential; nobody asks for it here, so that it must not come up anywhere.
    (private / "inventory" / "50-secret.yml").write_text(f"kvm_hosts: {{vars: {{ansible_become_password: {CANARY}}}}}\n")
    (env / "settings").write_text(json.dumps({"idle_timeout": 600, "job_timeout": 1200}))
    return private


def stats_of(runner: t.Any) -> dict[str, t.Any]:
    (event,) = [event for event in runner.events if event["event"] == "playbook_on_stats"]
    return t.cast("dict[str, t.Any]", event["event_data"])


def secrets(stage: pathlib.Path) -> list[str]:
    """The canary, and a line from the middle of the private key."""
    key = (stage / "peer" / "id_ed25519").read_text().splitlines()
    return [CANARY, key[len(key) // 2]]


def run(private: pathlib.Path, playbook: str, **options: t.Any) -> dict[str, t.Any]:
    print(f"ansible-runner: {playbook}", flush=True)
    runner = ansible_runner.run(private_data_dir=str(private), playbook=f"vsrx.sriov.{playbook}", ident=playbook, quiet=True, **options)
    stdout = pathlib.Path(runner.stdout.name).read_text()
    if runner.status != "successful":
        sys.exit(f"{stdout[-6000:]}\nrunner: {playbook} ended {runner.status}, expected successful")
    if "callback plugin" in stdout:
        sys.exit(f"{stdout[-6000:]}\nrunner: an event of {playbook} could not be told to the callback")
    return stats_of(runner)


def main() -> None:
    stage = pathlib.Path(sys.argv[1]).resolve()
    private = prepare(stage)
    run(private, "preflight")
    changed = run(private, "site")["changed"]
    if changed:
        sys.exit(f"runner: site changed {changed} on a finished stage, expected no change")
    site = run(private, "report", extravars={"vsrx_report_dir": str(private / "report")}).get("artifact_data", {}).get("vsrx_site")
    if not site or not (private / "report" / "index.html").exists():
        sys.exit(f"runner: report left {site!r} as the job's artifact, expected the map")
    found = [
        str(path.relative_to(private))
        for path in [*private.glob("artifacts/**/*"), *private.glob("report/*")]
        if path.is_file() and any(secret in path.read_text(errors="replace") for secret in secrets(stage))
    ]
    if found:
        sys.exit(f"runner: a secret is in {', '.join(found)}")
    events = len(list(private.glob("artifacts/*/job_events/*.json")))
    print(f"ansible-runner: 3 jobs, {events} events, no change, no secret, the map as an artifact")


if __name__ == "__main__":
    main()
