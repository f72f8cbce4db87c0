# SPDX-License-Identifier: GPL-2.0
"""The workflow files for other people's CI: there is no such server here.

The published schemas say what a workflow is; what is here is what ours are to do.
"""

import re

import pytest
import yaml
from vmxcheck.commands import COMMANDS, names
from vmxcheck.image import ROOT
from vmxcheck.options import VARIABLES
from vmxcheck.platforms import PLATFORMS
from workflow_schemas import mistakes

TARGETS = names(command for command in COMMANDS if command.of_make)
RESULTS = {"build/results.tap", "build/results.xml", "build/console.log"}


def in_commands(where, lines):
    """What is wrong with the calls of make, and that there is one."""
    found = []
    calls = [line.split() for line in lines if line.startswith("make ")]
    if not calls:
        found.append(f"{where}: runs nothing")
    for _, *words in calls:
        for word in words:
            name, is_variable, value = word.partition("=")
            if name not in (VARIABLES if is_variable else TARGETS):
                found.append(f"{where}: the Makefile has no {name}")
            if name == "PLATFORM" and value not in PLATFORMS:
                found.append(f"{where}: there is no platform {value}")
    return found


def in_needs(where, job, jobs):
    needs = job.get("needs", [])
    needs = [needs] if isinstance(needs, str) else needs
    return [f"{where}: needs {name}?" for name in needs if name not in jobs]


def in_github(text):
    """What is wrong with a workflow of GitHub's."""
    workflow = yaml.safe_load(text)
    # YAML 1.1 takes `on` for a boolean.
    workflow = {"on" if key is True else key: workflow[key] for key in workflow}
    found = list(mistakes("github", workflow))
    jobs = workflow["jobs"]
    for name, job in jobs.items():
        found += in_needs(name, job, jobs)
        steps = job.get("steps", [])
        runs = [step["run"] for step in steps if "run" in step]
        found += in_commands(name, "\n".join(runs).splitlines())
        uploads = [step for step in steps if "upload-artifact" in step.get("uses", "")]
        for step in uploads:
            if step.get("if") != "always()":
                found.append(f"{name}: nothing is kept if it fails")
            if set(step["with"]["path"].split()) != RESULTS:
                found.append(f"{name}: keeps something else")
        if not uploads:
            found.append(f"{name}: nothing is kept")
        for step in steps:
            if not re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "a/b@v1")):
                found.append(f"{name}: {step['uses']} is of no version")
    return found


def in_gitlab(text):
    """What is wrong with a pipeline of GitLab's."""
    pipeline = yaml.safe_load(text)
    jobs = {name: job for name, job in pipeline.items() if isinstance(job, dict)}
    whole_jobs = {
        name: jobs.get(job.get("extends"), {}) | job for name, job in jobs.items()
    }
    found = list(mistakes("gitlab", pipeline | whole_jobs))
    for name, job in jobs.items():
        found += in_needs(name, job, jobs)
        if (parent := job.get("extends", name)) not in jobs:
            found.append(f"{name}: extends {parent}?")
            continue
        whole = whole_jobs[name]
        if whole.get("stage", "test") not in pipeline.get("stages", ["test"]):
            found.append(f"{name}: there is no stage {whole['stage']}")
        if name.startswith("."):
            continue
        found += in_commands(name, whole.get("script", []))
        artifacts = whole.get("artifacts", {})
        if artifacts.get("when") != "always":
            found.append(f"{name}: nothing is kept if it fails")
        if set(artifacts.get("paths", [])) != RESULTS:
            found.append(f"{name}: keeps something else")
        if artifacts.get("reports", {}).get("junit") not in RESULTS:
            found.append(f"{name}: no JUnit report")
        for path in whole.get("cache", {}).get("key", {}).get("files", []):
            if not (ROOT / path).exists():
                found.append(f"{name}: there is no {path}")
    return found


CHECKS = {"github": in_github, "gitlab": in_gitlab}


@pytest.mark.parametrize("name", CHECKS)
def test_workflow(name):
    assert CHECKS[name]((ROOT / f"ci/{name}.yml").read_text()) == []


@pytest.mark.parametrize(
    "name, old, new, message",
    [
        ("github", "runs-on: ubuntu", "runs_on: ubuntu", "jobs/bochs: 'runs-on' is a required property"),
        ("github", "t-minutes: 60", "t-minutes: an hour", "'an hour' is not of type"),
        ("github", "  push:", "  pushed:", "on: "),
        ("github", "make run TR", "make walk TR", "bochs: the Makefile has no walk"),
        ("github", "TRANSCRIPT=", "TAPE=", "bochs: the Makefile has no TAPE"),
        ("github", "PLATFORM=qemu", "PLATFORM=q", "nested: there is no platform q"),
        ("github", "@v4", "", "bochs: actions/checkout is of no version"),
        (
            "github",
            "if: always()",
            "if: success()",
            "bochs: nothing is kept if it fails",
        ),
        ("github", "build/results.xml", "build/r", "bochs: keeps something else"),
        ("github", "  nested:\n", "  nested:\n    needs: b\n", "nested: needs b?"),
        ("github", "- run: make", "- make: run", "bochs: runs nothing"),
        ("gitlab", "make run TR", "make walk TR", "bochs: the Makefile has no walk"),
        ("gitlab", "extends: .vmxcheck", "extends: .v", "bochs: extends .v?"),
        ("gitlab", "stage: test", "stage: tests", "bochs: there is no stage tests"),
        (
            "gitlab",
            "when: always",
            "when: failed",
            "bochs: nothing is kept if it fails",
        ),
        ("gitlab", "when: always", "when: failed", "bochs/artifacts/when: 'failed' is"),
        ("gitlab", "when: manual", "when: asked", "nested/when: 'asked' is not one of"),
        ("gitlab", "ci/bochs-3.0", "ci/bochs-4", "bochs: there is no ci/bochs-4"),
        ("gitlab", "junit: build", "junit: b", "bochs: no JUnit report"),
        ("gitlab", "  script:", "  scripts:", "bochs: Additional properties are not allowed"),
    ],
)
def test_mistakes(name, old, new, message):
    text = (ROOT / f"ci/{name}.yml").read_text()
    assert old in text
    found = CHECKS[name](text.replace(old, new, 1))
    assert any(message in line for line in found), found
