"""Whether the addresses of the blob store and of the virus scanner can be used at all."""

import re
from urllib.parse import urlsplit

BLOB_SCHEMES = ("file", "memory", "s3")
IS_SCANNER = re.compile(r"tcp://[^:/\s]+:\d{1,5}|unix:/\S+")


def blob_problem(url: str, is_production: bool) -> str:
    """What is wrong with an INTAKE_BLOB_URL, as the end of a sentence; empty if nothing is."""
    parts = urlsplit(url)
    if parts.scheme not in BLOB_SCHEMES:
        return f"has an unknown scheme. Use one of: {', '.join(BLOB_SCHEMES)}."
    if parts.scheme == "file" and (parts.netloc or not parts.path.startswith("/")):
        return "is not a full path. Give file:/srv/intake/blobs."
    if parts.scheme == "s3" and not parts.netloc:
        return "names no bucket. Give s3://bucket/folder."
    if parts.scheme == "memory" and is_production:
        return "is memory:, which forgets every file. Give file: or s3:."
    return ""


def scanner_problem(url: str, _is_production: bool) -> str:
    """The same of an INTAKE_CLAMD_URL."""
    if IS_SCANNER.fullmatch(url):
        return ""
    return "cannot be used. Give tcp://host:3310 or unix:/run/clamav/clamd.ctl."
