"""A real Chromium, and the checkers for accessibility and HTML."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.checkers import HtmlCollection, seen_parts

ROOT = Path(__file__).parents[2]
# the shell without a desktop's parts renders the same in under half of the processor time
CHROMIUM_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
# Playwright's own list, which ours replaces, and the last two: a process in reserve for each page
NOT_NEEDED = (
    "AutoDeElevate",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "BoundaryEventDispatchTracksNodeRemoval",
    "DestroyProfileOnBrowserClose",
    "DialMediaRouteProvider",
    "GlobalMediaControls",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "RenderDocument",
    "ThirdPartyStoragePartitioning",
    "Translate",
    "ProcessPerSiteUpToMainFrameThreshold",
    "SpareRendererForSitePerProcess",
)
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    f"--disable-features={','.join(NOT_NEEDED)}",
]


def chromium_path() -> str | None:
    """Where an installed Chromium is."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    path = chromium_path()
    if path is None:
        pytest.skip("Chromium is missing: apt-get install -y chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_window(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open a window of a width, with or without JavaScript; closed at the end of the test."""
    windows: list[BrowserContext] = []

    def open_one(width: int = 1280, *, javascript: bool = True) -> BrowserContext:
        window = chromium.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        window.set_default_timeout(15_000)
        windows.append(window)
        return window

    yield open_one
    for window in windows:
        window.close()


@pytest.fixture(scope="session")
def html_checker(tmp_path_factory: pytest.TempPathFactory) -> HtmlCollection:
    """Collects pages for the Nu HTML checker, which takes a folder at a time."""
    java, jar = shutil.which("java"), ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"
    if java is None:
        pytest.skip("Java is missing: apt-get install -y default-jre-headless")
    if not jar.exists():
        pytest.skip("The HTML checker is missing: make assets")
    answer = subprocess.run([java, "-version"], capture_output=True, check=False)
    if answer.returncode:
        pytest.skip("Java does not start: apt-get install -y default-jre-headless")
    return HtmlCollection(Path(java), jar, tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def axe_source(run_folder: Path) -> str:
    """The script of axe-core; from now on, no process of this run looks twice at a page's part."""
    path = ROOT / "node_modules/axe-core/axe.min.js"
    if not path.exists():
        pytest.skip("axe-core is missing: make assets")
    seen_parts.share(run_folder / "seen-parts")
    return path.read_text("utf-8")
