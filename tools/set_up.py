"""Makes the virtual environment and the browser assets, naming whatever the machine lacks.

It runs on any Python 3 with nothing installed, so it uses the standard library only.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
READY = VENV / ".ready"
ASSETS_READY = ROOT / "intake" / "static" / "vendor" / ".ready"
OLDEST = (3, 11)
# with bytecode, as pip does: else every start compiles a thousand modules where none is written
UV_INSTALL = ("pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON))
CHROMIUM_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


def say(text):
    """Tell the person at the terminal, at once, so that the order with other output is right."""
    print(f"» {text}", flush=True)


def run(*command):
    """Run a command with the environment's programs first on the path."""
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    environment.pop("VIRTUAL_ENV", None)
    environment.setdefault("UV_SYSTEM_CERTS", "1")  # as pip: a council's proxy has its own
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, env=environment)


def install_command(package):
    """The command that installs a system package on this machine."""
    for tool, words in (
        ("apt-get", "apt-get install -y"),
        ("dnf", "dnf install"),
        ("brew", "brew install"),
    ):
        if shutil.which(tool):
            return f"{words} {package}"
    return f"apt-get install -y {package}   (on Debian; elsewhere by its name there)"


def rerun_on_a_newer_python():
    """Start again on the newest suitable Python of the path, or say which one is needed."""
    for minor in range(20, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer and works(newer):
            os.execv(newer, [newer, __file__, *sys.argv[1:]])
    sys.exit(
        f"Intake needs Python {OLDEST[0]}.{OLDEST[1]} or later; this is {sys.version.split()[0]}. "
        f"Install it with: {install_command('python3')}, or name one: make PYTHON=/path/to/python3"
    )


def works(python):
    """Whether an interpreter found by name starts: version switchers leave names that do not."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def create_environment():
    """Create .venv with the standard library, or with uv where ensurepip is left out."""
    if PYTHON.exists() and works(str(PYTHON)):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    say(f"Creating {VENV.name} with Python {sys.version.split()[0]}")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        create_with_uv()
    else:
        run(sys.executable, "-m", "venv", VENV)


def create_with_uv():
    """Debian ships Python without ensurepip; uv does not need it."""
    if not shutil.which("uv"):
        package = f"python3.{sys.version_info.minor}-venv"
        sys.exit(
            "This Python cannot make virtual environments (venv or ensurepip is missing). "
            f"Install them with: {install_command(package)}"
        )
    run("uv", "venv", "--quiet", "--seed", "--python", sys.executable, VENV)


def installer():
    """The command words that install into .venv: uv, which is several times faster, or pip."""
    if has_pip():
        # pip first: it knows this machine's index settings, and brings the uv that we pinned
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet"]
        run(*pip, "--require-hashes", "-r", "requirements/installer.txt")
        return [[str(BIN / "uv"), *UV_INSTALL], pip]
    run("uv", *UV_INSTALL, "--require-hashes", "-r", "requirements/installer.txt")
    return [["uv", *UV_INSTALL]]


def has_pip():
    """Whether the environment has pip: one made by uv has none."""
    answer = subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True)
    return answer.returncode == 0


def install_packages():
    """Install exactly the pinned packages, then this one, editable."""
    say("Installing the pinned packages (a minute or two the first time)")
    installers = installer()
    install(installers, "--require-hashes", "-r", "requirements/dev.txt")
    install(installers, "--no-deps", "--no-build-isolation", "-e", ".")


def install(installers, *words):
    """Install with the first installer that can: uv cannot read pip's own settings files."""
    for number, command in enumerate(installers, start=1):
        try:
            run(*command, *words)
        except subprocess.CalledProcessError:
            if number == len(installers):
                sys.exit("The packages could not be installed: see the lines above.")
            say("uv could not; trying again with pip")
        else:
            return


def build_assets():
    """Build intake/static/vendor; where there is no npm, from the one that PyPI has."""
    if not shutil.which("npm") and not (BIN / "npm").exists():
        say("npm is not installed: installing one into .venv")
        install(installer(), "--require-hashes", "-r", "requirements/node.txt")
    say("Building the browser assets")
    run(PYTHON, "tools/build_assets.py")
    ASSETS_READY.touch()


def name_missing_parts():
    """Name what only some tests need, with the command that installs it."""
    if not any(shutil.which(name) for name in CHROMIUM_NAMES):
        say(f"No Chromium: browser tests will be skipped. {install_command('chromium')}")
    if not shutil.which("java"):
        package = "default-jre-headless"
        say(f"No Java: the HTML checker will be skipped. {install_command(package)}")


def main():
    """Set up what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assets", action="store_true", help="build the browser assets only")
    arguments = parser.parse_args()
    if sys.version_info < OLDEST:
        rerun_on_a_newer_python()
    if arguments.assets:
        build_assets()
        return
    create_environment()
    install_packages()
    READY.touch()
    name_missing_parts()


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(f"This command failed: {' '.join(map(str, failure.cmd))}")
