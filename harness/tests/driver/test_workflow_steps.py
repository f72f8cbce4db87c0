# SPDX-License-Identifier: GPL-2.0
"""The workflow files, done step by step in a repository that has nothing else.

There is no network: apt-get, sleep and make have stand-ins, and each of them that would use
the network fails the first time. Git is real, and so are the runs, on Bochs.
"""

import os
import re
import shutil
import subprocess

import pytest
import yaml
from test_workflows import whole_job
from vmxcheck.image import BUILD, ROOT, cache
from vmxcheck.results import read

# A case for each of two shards
CASES = ["exits/cpuid", "exits/hlt"]

AGAIN = "no network\nworkflow: it failed, and is tried again in 5 s"
FAILS_ONCE = """\
[ -e {state}/$0 ] || {{
	mkdir -p {state}/$(dirname $0)
	touch {state}/$0
	echo "$(basename $0): no network" >&2
	exit 100
}}
"""
# make -C SUITE GOAL NAME=VALUE...: what it builds is there.
MAKE = """\
cd "$2" || exit
goal=$3
shift 3
case $goal in
for-*) {fails} ln -sfn {build} build; exit ;;
esac
echo "$goal $*" >>{log}
for word; do export "$word"; done
{run}
"""
REALLY = 'PYTHONPATH=harness exec /usr/bin/python3 -m vmxcheck.make do "$goal"'
# The only point of a shard, if Bochs is spared
PRETEND = """\
mkdir -p "$OUTPUT"
cat >"$OUTPUT/results.tap" <<END
TAP version 13
1..1
ok 1 - a/x[${SHARD%/*}]
# target: it
# shard: $SHARD of ${SHARD#*/} points, 01234567
END
echo "<x/>" >"$OUTPUT/results.xml"
"""


@pytest.fixture(scope="session")
def suite(tmp_path_factory):
    """A repository with this tree, as it is."""
    folder = tmp_path_factory.mktemp("suite") / "vmxcheck"
    unwanted = shutil.ignore_patterns("build", ".git", "__pycache__", ".pytest_cache")
    shutil.copytree(ROOT, folder, symlinks=True, ignore=unwanted)
    commit(folder)
    return folder


def commit(folder):
    """Makes a repository of a folder."""
    who = "-c", "user.name=x", "-c", "user.email=x@example.org"
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "all"]):
        subprocess.run(["git", *words], cwd=folder, check=True)


class Server:
    """A CI server, for one repository; `artifacts` are what its jobs have kept."""

    def __init__(self, folder, repository, run=REALLY, **variables):
        self.folder = folder
        self.repository = repository
        self.artifacts = folder / "artifacts"
        self.log = folder / "log"
        self.variables = variables
        self.programs = folder / "bin"
        for name in ("home", "cache", "bin", "artifacts", "state"):
            (folder / name).mkdir()
        for path in cache().iterdir():
            (folder / "cache" / path.name).symlink_to(path)
        fails = FAILS_ONCE.format(state=folder / "state")
        self.program("apt-get", f"{fails} echo apt-get \"$@\" >>{self.log}")
        self.program("sleep", f"echo sleep \"$@\" >>{self.log}")
        self.program(
            "make", MAKE.format(fails=fails, build=BUILD, log=self.log, run=run)
        )

    def program(self, name, text):
        (self.programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.programs / name).chmod(0o755)

    def workspace(self, name):
        """What a job begins with: the repository, and nothing else."""
        folder = self.folder / "jobs" / name
        shutil.copytree(self.repository, folder)
        return folder

    def shell(self, text, folder, variables):
        """Runs a script as the servers do; returns its status and what it said."""
        environment = {"HOME": str(self.folder / "home"), "CASES": " ".join(CASES)}
        path = f"{self.programs}:{os.environ['PATH']}"
        ours = {"PATH": path, "VMXCHECK_CACHE": str(self.folder / "cache")}
        done = subprocess.run(
            ["sh", "-e", "-c", text],
            cwd=folder,
            env=environment | variables | ours,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    def keep(self, path, name):
        if path.exists():
            shutil.copytree(path, self.artifacts / name, dirs_exist_ok=True)

    def said(self):
        return self.log.read_text().splitlines()


def spelled_out(text, context):
    """The text without expressions of GitHub's."""

    def value(expression):
        if expression.startswith("hashFiles("):
            return "0123"
        first, _, other = expression.partition(" || ")
        return str(context[first]) or other.strip("'")

    return re.sub(r"\$\{\{ (.*?) \}\}", lambda match: value(match[1]), str(text))


class GitHub(Server):
    """It does the jobs of github.yml."""

    def __init__(self, *words, **variables):
        super().__init__(*words, **variables)
        file = self.repository / ".github/workflows/vmxcheck.yml"
        file.parent.mkdir(parents=True)
        shutil.copy(ROOT / "ci/github.yml", file)
        self.workflow = yaml.safe_load(file.read_text())

    def do(self, name, index=0, **matrix):
        """A job; its status, and what its steps said."""
        job = self.workflow["jobs"][name]
        context = {f"matrix.{key}": value for key, value in matrix.items()}
        names = ("VMXCHECK_REPOSITORY", "VMXCHECK_REF", "NESTED_RUNNER")
        context |= {f"vars.{key}": self.variables.get(key, "") for key in names}
        context["strategy.job-index"] = index
        variables = {
            key: spelled_out(value, context)
            for key, value in (self.workflow["env"] | job.get("env", {})).items()
        }
        folder = self.workspace(f"{name}-{index}")
        status, texts = 0, []
        for step in job["steps"]:
            if "run" in step and not status:
                text = spelled_out(step["run"], context)
                status, said = self.shell(text, folder, variables)
                texts.append(said)
            action = step.get("uses", "").partition("@")[0]
            given = {
                key: spelled_out(value, context) for key, value in step.get("with", {}).items()
            }
            if action == "actions/upload-artifact":
                self.keep(folder / given["path"], given["name"])
            elif action == "actions/download-artifact" and not status:
                for path in self.artifacts.glob(given["pattern"]):
                    shutil.copytree(path, folder / given["path"] / path.name)
            else:
                assert action in ("", "actions/checkout", "actions/cache")
        return status, "".join(texts)


class GitLab(Server):
    """It does the jobs of gitlab.yml."""

    def __init__(self, *words, **variables):
        super().__init__(*words, **variables)
        shutil.copy(ROOT / "ci/gitlab.yml", self.repository / ".gitlab-ci.yml")
        self.pipeline = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text())

    def do(self, name, index=1, count=1, **matrix):
        """A job; its status, and what its script said. It has what those before have kept."""
        job = whole_job(self.pipeline, name)
        folder = self.workspace(f"{name}-{index}")
        for path in self.artifacts.iterdir():
            shutil.copytree(path, folder, dirs_exist_ok=True)
        slug = f"{name}-{index}-{count}" if count > 1 else name
        variables = {
            "CI_PROJECT_DIR": str(folder),
            "CI_JOB_NAME_SLUG": slug,
            "CI_NODE_INDEX": str(index),
            "CI_NODE_TOTAL": str(count),
            **self.variables,
            **matrix,
        }
        for key, value in job["variables"].items():
            variables[key] = re.sub(r"\$(\w+)", lambda match: variables[match[1]], value)
        script = "\n".join([*job["before_script"], *job["script"]])
        status, said = self.shell(script, folder, variables)
        results = variables["VMXCHECK_RESULTS"]
        self.keep(folder / results, f"{slug}/{results}")
        return status, said


def empty(tmp_path):
    """A repository without a commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


@pytest.mark.emulator
def test_github(tmp_path, suite):
    """Shards run, their results become one, and the network was tried again."""
    server = GitHub(tmp_path, empty(tmp_path), VMXCHECK_REPOSITORY=str(suite))
    for job in "cases", "search":
        shards = server.workflow["jobs"][job]["strategy"]["matrix"]["shard"]
        assert shards == [f"{i}/{len(shards)}" for i in range(1, len(shards) + 1)]
    for index, shard in enumerate(["1/2", "2/2"]):
        status, said = server.do("cases", index, shard=shard)
        assert status == 0, said
        one = read(server.artifacts / f"shard-run-{index}")
        assert {name.partition("[")[0] for name in one.points} == {CASES[index]}
        assert one.transcripts
        assert (f"make: {AGAIN}: get run\n" in said) == (index == 0)
    assert server.said()[:3] == [
        "sleep 5",
        "apt-get -q update",
        "apt-get -q -y install --no-install-recommends ca-certificates git make",
    ]
    status, said = server.do("merge")
    assert status == 0, said
    merged = read(server.artifacts / "all")
    assert [*dict.fromkeys(name.partition("[")[0] for name in merged.points)] == CASES
    assert merged.tap.complete and not merged.counts()["failed"]
    assert "exits/hlt" in (server.artifacts / "all/report/case/exits/hlt.html").read_text()
    lines = (server.artifacts / "all/baseline").read_text().splitlines()
    assert lines[2:] == sorted(f"{name} passed" for name in merged.points)


def test_gitlab(tmp_path, suite):
    server = GitLab(tmp_path, empty(tmp_path), PRETEND, VMXCHECK_REPOSITORY=str(suite))
    count = server.pipeline["cases"]["parallel"]
    for index in range(1, count + 1):
        status, said = server.do("cases", index, count)
        assert status == 0, said
    status, said = server.do("merge")
    assert status == 0, said
    assert f"{count} passed of {count} on it, {count} shards" in said
    merged = read(server.artifacts / "merge/merged")
    assert [*merged.points] == [f"a/x[{index}]" for index in range(1, count + 1)]
    assert "a/x[1]" in (server.artifacts / "merge/merged/report/other.html").read_text()


BUILD_IT = "#!/bin/sh\necho built >it\n"


@pytest.mark.parametrize("kind", [GitHub, GitLab])
def test_what_the_repository_has(tmp_path, suite, kind):
    """It is built, make is told where it is, and the baseline counts in each job."""
    repository = empty(tmp_path)
    (repository / ".vmxcheck").mkdir()
    (repository / ".vmxcheck/build").write_text(BUILD_IT)
    (repository / ".vmxcheck/build").chmod(0o755)
    (repository / ".vmxcheck/variables").write_text("MODEL=$(cat it 2>/dev/null || :)-$PWD\n")
    (repository / ".vmxcheck/baseline").write_text("a/x[1] passed\na/x[2] failed\n")
    tell = f"echo model $MODEL >>{tmp_path}/log\n{PRETEND}"
    server = kind(tmp_path, repository, tell, VMXCHECK_REPOSITORY=str(suite))
    for index in (1, 2):
        words = {"shard": f"{index}/2"} if kind is GitHub else {"count": 2}
        status, said = server.do("cases", index, **words)
        assert status == 0, said
        folder = server.folder / f"jobs/cases-{index}"
        said = [line for line in server.said() if line.startswith(("run", "model"))]
        baseline = f"BASELINE={folder}/.vmxcheck/baseline"
        assert f"SHARD={index}/2 TRANSCRIPT=1 {baseline}" in said[-2]
        assert said[-1] == f"model built-{folder}"
    status, said = server.do("merge")
    assert status != 0
    assert "1 new pass:\n  a/x[2]\n1 new pass of 2 on it, 2 shards, against" in said


@pytest.mark.parametrize("what", ["fuzz", "mutants"])
@pytest.mark.parametrize("kind", [GitHub, GitLab])
def test_search(tmp_path, suite, kind, what):
    """In shards, too; there is no baseline for it."""
    server = kind(tmp_path, empty(tmp_path), "exit 0", VMXCHECK_REPOSITORY=str(suite))
    # What mutants are made of is there.
    (tmp_path / "cache/bochs-3.0-source").unlink(missing_ok=True)
    (tmp_path / "cache/bochs-3.0-source").mkdir()
    (tmp_path / "cache/bochs-3.0-source/bochs").symlink_to("/bin/true")
    names = ("what", "shard") if kind is GitHub else ("WHAT", "SHARD")
    status, said = server.do("search", **dict(zip(names, (what, "2/4"))))
    assert status == 0, said
    [line] = [line for line in server.said() if line.startswith(what)]
    assert re.fullmatch(rf"{what} OUTPUT=\S+ SHARD=2/4", line)


@pytest.mark.parametrize("kind", [GitHub, GitLab])
def test_nested(tmp_path, suite, kind):
    tell = f"echo platform $PLATFORM >>{tmp_path}/log"
    server = kind(tmp_path, empty(tmp_path), tell, VMXCHECK_REPOSITORY=str(suite))
    status, said = server.do("nested")
    assert status == 0, said
    assert "platform qemu" in server.said()


@pytest.mark.parametrize("kind", [GitHub, GitLab])
@pytest.mark.parametrize("own", [True, False])
def test_in_a_fork(tmp_path, suite, kind, own):
    """Without the variable it is the repository itself, which has to be vmxcheck then."""
    repository = tmp_path / "repository"
    if own:
        words = "git", "clone", "-q", "--depth", "1", f"file://{suite}", repository
        subprocess.run(words, check=True)
    else:
        empty(tmp_path)
    given = {} if kind is GitHub else {"VMXCHECK_REPOSITORY": ""}
    server = kind(tmp_path, repository, PRETEND, **given)
    words = {"shard": "1/1"} if kind is GitHub else {}
    status, said = server.do("cases", **words)
    if own:
        assert status == 0, said
    else:
        assert status == 1
        message = "This is not vmxcheck: the variable VMXCHECK_REPOSITORY has to say where it is"
        assert said.splitlines()[-1] == message


@pytest.mark.parametrize("kind", [GitHub, GitLab])
def test_an_address_that_is_wrong(tmp_path, kind):
    """It is tried again some times, and then said."""
    server = kind(tmp_path, empty(tmp_path), VMXCHECK_REPOSITORY=str(tmp_path / "nowhere"))
    words = {"shard": "1/1"} if kind is GitHub else {}
    status, said = server.do("cases", **words)
    assert status != 0 and said.count("nowhere' does not appear to be a git") == 4
    assert [line for line in server.said() if line.startswith("sleep")][-3:] == [
        *("sleep 5", "sleep 20", "sleep 60"),
    ]


@pytest.mark.parametrize("kind", [GitHub, GitLab])
def test_a_reference(tmp_path, suite, kind):
    """A branch, a tag or a commit of vmxcheck."""
    head = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=suite, text=True)
    given = {"VMXCHECK_REPOSITORY": str(suite), "VMXCHECK_REF": head.strip()}
    server = kind(tmp_path, empty(tmp_path), PRETEND, **given)
    words = {"shard": "1/1"} if kind is GitHub else {}
    status, said = server.do("cases", **words)
    assert status == 0, said
    server.variables["VMXCHECK_REF"] = "nowhere"
    status, said = server.do("cases", 5, **words)
    assert status != 0 and "nowhere" in said
