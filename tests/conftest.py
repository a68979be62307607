"""What all tests share: in continuous integration nothing may be skipped."""

import fcntl
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from tests.running_demo import RunningDemo, start_demo

# A shared machine stalls now and then; a slow example is no failure.
settings.register_profile("intake", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("intake")

# What was imported and collected stays: looking through it for garbage takes a tenth of the time.
gc.set_threshold(10_000, 20, 20)

NOTHING_MAY_BE_SKIPPED = os.environ.get("CI", "").lower() == "true"


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look no more through what the run keeps until its end."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:  # a wrapper yields once and returns the report
    report = yield
    if NOTHING_MAY_BE_SKIPPED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped in CI: {reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report = yield
    if NOTHING_MAY_BE_SKIPPED and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped in CI: {reason(report.longrepr)}"
    return report


@dataclass(frozen=True)
class Once:
    """``once(name, make)``: the first process to ask makes it; the others wait, and go on."""

    folder: Path

    def __call__(self, name: str, make: Callable[[], object]) -> None:
        done = self.folder / f"{name}.done"
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                make()
                done.touch()


def reason(longrepr: object) -> str:
    """The reason in a skip's (path, line, reason)."""
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of the run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def once(run_folder: Path) -> Once:
    """Make something once for all processes of the run: see ``Once``."""
    return Once(run_folder)


@pytest.fixture(scope="session")
def demo_template(run_folder: Path, once: Once) -> Path:
    """A finished demonstration, made once for all processes of the run, to be copied."""
    template = run_folder / "demo-template"
    once("demo-template", lambda: start_demo(template).stop())
    return template


@pytest.fixture(scope="session")
def start_another_demo(
    demo_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], RunningDemo]]:
    """Start a demonstration that nobody else uses; it is stopped at the end."""
    started: list[RunningDemo] = []

    def start() -> RunningDemo:
        folder = tmp_path_factory.mktemp("demo") / "installation"
        shutil.copytree(demo_template, folder)
        started.append(start_demo(folder))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture(scope="session")
def demo(start_another_demo: Callable[[], RunningDemo]) -> RunningDemo:
    """One running demonstration for all tests of this process that leave its links alone."""
    return start_another_demo()
