"""What all tests share: in continuous integration nothing may be skipped."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.running_demo import RunningDemo, start_demo

# A shared machine stalls now and then; a slow example is no failure.
settings.register_profile("intake", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("intake")

NOTHING_MAY_BE_SKIPPED = os.environ.get("CI", "").lower() == "true"


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


def reason(longrepr: object) -> str:
    """The reason in a skip's (path, line, reason)."""
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """One running demonstration for all tests of this process."""
    running = start_demo(tmp_path_factory.mktemp("demo") / "installation")
    yield running
    running.stop()
