"""The process that opens a stranger's file: standard input to standard output, and nothing else.

    python -I intake/files/sandbox images image/jpeg < file > clean file

It is run by its folder, so that it loads neither Intake nor Flask. Before it reads a byte it has
loaded all that it needs, and gives up opening anything (files, connections), writing to a disk,
forking and growing. Status 0: clean. 3: unreadable, or too large when it is unpacked.
"""

import resource
import sys
from importlib import import_module

MOST_MEMORY = 1024 * 1024 * 1024  # bytes; 50 million pixels take 200 MB, and are turned once
MOST_SECONDS = 30  # of the processor
UNREADABLE = 3


def give_up_rights() -> None:
    """From here on nothing can be opened, written to a disk, forked or held beyond the limits."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_AS, MOST_MEMORY),
    ):
        resource.setrlimit(what, (most, most))


def main() -> int:
    """Clean standard input. Says nothing about what is wrong: that could quote the file."""
    cleaner, media_type = sys.argv[1:]
    module = import_module(cleaner)
    module.rehearse()
    give_up_rights()
    try:
        cleaned = module.clean(sys.stdin.buffer.read(), media_type)
    except BaseException:  # noqa: BLE001 — whatever a stranger's file does to a library
        return UNREADABLE
    sys.stdout.buffer.write(cleaned)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
