# SPDX-License-Identifier: GPL-2.0
"""The workflow files for other people's CI: there is no such server here.

The published schemas say what a workflow is; what is here is what ours are to do.
test_workflow_steps.py does it.
"""

import re

import pytest
import yaml
from vmxcheck.image import ROOT
from vmxcheck.platforms import PLATFORMS
from workflow_schemas import mistakes

# What ci/workflow takes
WORDS = {"prepare", "run", "fuzz", "mutants", "merge", "$WHAT", "${{ matrix.what }}"}
RESULTS = "vmxcheck-results"
# The job that publishes what another one has made, and only that
PAGES = "pages"


def in_commands(where, lines, variables):
    """What is wrong with the calls of ci/workflow, and that there are some."""
    found = []
    calls = [line for line in lines if line.startswith(".suite/ci/workflow ")]
    done = [re.split(r" (?![^{]*}})", call.replace('"', ""))[1:] for call in calls]
    if [words[0] for words in done][:1] != ["prepare"] or len(done) != 2:
        found.append(f"{where}: prepares nothing, or runs nothing")
    for words in done:
        found += [f"{where}: ci/workflow has no {words[0]}"] * (words[0] not in WORDS)
    if variables.get("PLATFORM", "bochs") not in PLATFORMS:
        found.append(f"{where}: there is no platform {variables['PLATFORM']}")
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
        for step in steps:
            if not re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "a/b@v1")):
                found.append(f"{name}: {step['uses']} is of no version")
        if name == PAGES:
            found += in_github_pages(steps, jobs)
            continue
        runs = [step["run"] for step in steps if "run" in step]
        found += in_commands(name, "\n".join(runs).splitlines(), job.get("env", {}))
        uploads = [step for step in steps if "upload-artifact" in step.get("uses", "")]
        for step in uploads:
            if step.get("if") != "always()":
                found.append(f"{name}: nothing is kept if it fails")
            if step["with"]["path"] != RESULTS:
                found.append(f"{name}: keeps something else")
        if not uploads:
            found.append(f"{name}: nothing is kept")
    return found


def in_github_pages(steps, jobs):
    """It takes what `merge` keeps, and publishes the report in it."""
    given = {step["uses"].partition("@")[0]: step.get("with", {}) for step in steps}
    taken, published = given["actions/download-artifact"], given["actions/upload-pages-artifact"]
    kept = [step["with"]["name"] for step in jobs["merge"]["steps"] if "upload-artifact" in step.get("uses", "")]
    found = [f"{PAGES}: nothing is called {taken['name']}"] * (taken["name"] not in kept)
    wrong = published["path"] != f"{taken['path']}/report" or "actions/deploy-pages" not in given
    return found + [f"{PAGES}: publishes no report"] * wrong


def whole_job(pipeline, name):
    """A job with what it takes of the one that it extends."""
    job = pipeline[name]
    parent = pipeline.get(job.get("extends"), {})
    both = ("variables",)
    return parent | job | {key: parent.get(key, {}) | job.get(key, {}) for key in both}


def in_gitlab(text):
    """What is wrong with a pipeline of GitLab's."""
    pipeline = yaml.safe_load(text)
    jobs = {name: job for name, job in pipeline.items() if isinstance(job, dict)}
    whole_jobs = {name: whole_job(pipeline, name) for name in jobs}
    found = list(mistakes("gitlab", pipeline | whole_jobs))
    for name, job in jobs.items():
        found += in_needs(name, job, jobs)
        if (parent := job.get("extends", name)) not in jobs:
            found.append(f"{name}: extends {parent}?")
            continue
        whole = whole_jobs[name]
        if whole.get("stage", "test") not in pipeline.get("stages", ["test"]):
            found.append(f"{name}: there is no stage {whole['stage']}")
        if name == PAGES:
            of = whole_jobs["merge"]["variables"]["VMXCHECK_RESULTS"]
            if job["script"] != [f"mv {of}/report public"] or job["artifacts"]["paths"] != ["public"]:
                found.append(f"{name}: publishes no report")
            continue
        if name.startswith("."):
            continue
        found += in_commands(name, whole.get("script", []), whole["variables"])
        artifacts = whole.get("artifacts", {})
        if artifacts.get("when") != "always":
            found.append(f"{name}: nothing is kept if it fails")
        if artifacts.get("paths") != ["$VMXCHECK_RESULTS"]:
            found.append(f"{name}: keeps something else")
        results = whole["variables"].get("VMXCHECK_RESULTS", "").replace("$CI_JOB_NAME_SLUG", "*")
        if f"{results}/*.xml" not in artifacts.get("reports", {}).get("junit", []):
            found.append(f"{name}: no JUnit report")
    return found


CHECKS = {"github": in_github, "gitlab": in_gitlab}


@pytest.mark.parametrize("name", CHECKS)
def test_workflow(name):
    assert CHECKS[name]((ROOT / f"ci/{name}.yml").read_text()) == []


@pytest.mark.parametrize(
    "name, old, new, message",
    [
        ("github", "runs-on: ubuntu", "runs_on: ubuntu", "jobs/cases: 'runs-on' is a required property"),
        ("github", "t-minutes: 60", "t-minutes: an hour", "'an hour' is not of type"),
        ("github", "  push:", "  pushed:", "on: "),
        ("github", "workflow run $", "workflow walk $", "cases: ci/workflow has no walk"),
        ("github", "PLATFORM: qemu", "PLATFORM: q", "nested: there is no platform q"),
        ("github", "@v4", "", "cases: actions/checkout is of no version"),
        ("github", "if: always()", "if: success()", "cases: nothing is kept if it fails"),
        ("github", "path: vmxcheck-results", "path: r", "cases: keeps something else"),
        ("github", "needs: [cases", "needs: [b", "merge: needs b?"),
        ("github", "- run: .suite", "- make: .suite", "cases: prepares nothing"),
        ("github", "path: all/report", "path: all", "pages: publishes no report"),
        ("github", "name: all\n          path: all\n", "name: some\n          path: all\n", "nothing is called some"),
        ("gitlab", "mv merged/", "mv m/", "pages: publishes no report"),
        ("gitlab", "workflow run \"", "workflow walk \"", "cases: ci/workflow has no walk"),
        ("gitlab", "extends: .vmxcheck", "extends: .v", "cases: extends .v?"),
        ("gitlab", "stage: test", "stage: tests", "cases: there is no stage tests"),
        ("gitlab", "  when: always", "  when: failed", "cases: nothing is kept if it fails"),
        ("gitlab", "when: always", "when: failed", "cases/artifacts/when: 'failed' is"),
        ("gitlab", "when: manual", "when: asked", "search/when: 'asked' is not one of"),
        ("gitlab", "PLATFORM: qemu", "PLATFORM: q", "nested: there is no platform q"),
        ("gitlab", "- merged/*.xml", "- m/*.xml", "merge: no JUnit report"),
        ("gitlab", "    - $VMXCHECK_R", "    - $R", "cases: keeps something else"),
        ("gitlab", "  script:", "  scripts:", "cases: Additional properties are not allowed"),
    ],
)
def test_mistakes(name, old, new, message):
    text = (ROOT / f"ci/{name}.yml").read_text()
    assert old in text
    found = CHECKS[name](text.replace(old, new, 1))
    assert any(message in line for line in found), found
