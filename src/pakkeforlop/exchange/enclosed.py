"""Files from outside, read in a process of their own: bounded memory, bounded time, nothing written.

    for batch in enclosed("pakkeforlop.exchange.logs.apart:read", ["log.xes"], mapping):
        ...

A reader is a function of this package that yields lists JSON can carry. The process that runs it may take so much
memory beyond what it began with, and so much processor time for each stretch of a file (`renew` starts a new stretch);
it may write no file but what is asked for, and no image of its memory is left when it dies. What comes over the pipe is
JSON: data, never code. A fault comes over as the fault it is; a process that was stopped gives a sentence.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from pakkeforlop.vocabulary.errors import (
    DefinitionFault,
    Fault,
    FileFault,
    UnreadableFault,
    UnwritableFault,
    UsageFault,
)

MEMORY = 512 << 20
"""Bytes that reading may take; what a log comes to is held outside."""
SECONDS = 60
"""Processor time for a stretch of a file, a quarter of a megabyte: real ones take some hundredths of a second."""
FILES = 64
SPARING = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1"}
"""Libraries reserve no more memory than they take."""
LONGEST_LINE = 256 << 20
CARRIED: dict[str, type[Fault]] = {
    kind.__name__: kind for kind in (FileFault, UnreadableFault, UnwritableFault, DefinitionFault, UsageFault)
}

_stretch = 0
"""Seconds of a stretch; 0 outside an enclosed process."""


def enclosed(
    reader: str, *arguments: Any, file: str | Callable[[], str] = "", memory: int = MEMORY, seconds: int = SECONDS,
    written: int = 0,
) -> Iterator[list[Any]]:  # fmt: skip
    """Run `reader` ("module:function") on `arguments` and pass on the lists that it yields.

    file: the name of the file, or what to ask for it when the process dies. written: bytes that a file may have which
    the reader writes (into a folder that the caller names in the arguments). The faults of the reader; FileFault
    `read_too_large`, `read_too_long` or `read_died` when it had to be stopped. Closing the iterator stops the process.
    """
    name = file if callable(file) else lambda: file
    asked = {"reader": reader, "arguments": arguments, "memory": memory, "seconds": seconds, "written": written}
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", "-m", __name__],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=Path.cwd(),
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            process.stdin.close()
        yield from _answers(process.stdout, name)
        raise _stopped(process.wait(), name(), memory, seconds)
    except _Whole:
        process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()


class _Whole(Exception):
    """The reader came to its end."""


def _answers(stream: IO[bytes], file: Callable[[], str]) -> Iterator[list[Any]]:
    while line := stream.readline(LONGEST_LINE):
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            return  # cut off when it died
        if isinstance(answer, list):
            yield answer
        elif "fault" in answer:
            kind, key, values = answer["fault"]
            raise CARRIED[kind](key, **{"file": file(), **values})
        else:
            raise _Whole


def _stopped(code: int, file: str, memory: int, seconds: int) -> FileFault:
    if code == -signal.SIGXCPU:
        return FileFault("read_too_long", file=file, seconds=seconds)
    if code == -signal.SIGKILL:  # by the system, short of memory
        return FileFault("read_too_large", file=file, most=_megabytes(memory))
    return FileFault("read_died", file=file)


def _megabytes(size: int) -> str:
    return f"{size >> 20} MB"


# --- in the enclosed process ------------------------------------------------------------------------------------------


def renew() -> None:
    """A new stretch of the file begins: it has its own time. Without effect outside an enclosed process."""
    if _stretch:
        spent = resource.getrusage(resource.RUSAGE_SELF)
        _at_most(resource.RLIMIT_CPU, int(spent.ru_utime + spent.ru_stime) + 1 + _stretch)


def main() -> None:
    """Read the question from standard input, run the reader, write its lists to standard output."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr  # what a library prints is no answer
    asked = json.loads(sys.stdin.buffer.readline())
    os.environ |= SPARING
    module, _, name = asked["reader"].partition(":")
    read: Callable[..., Iterator[list[Any]]] = getattr(import_module(module), name)
    _enclose(asked["memory"], asked["seconds"], asked["written"])
    answer: dict[str, Any] = {"whole": True}
    try:
        for found in read(*asked["arguments"]):
            out.write(json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n")
            out.flush()
    except MemoryError:
        answer = {"fault": ["FileFault", "read_too_large", {"most": _megabytes(asked["memory"])}]}
    except Fault as fault:
        if type(fault).__name__ not in CARRIED:
            raise
        answer = {"fault": [type(fault).__name__, fault.key, fault.values]}
    out.write(json.dumps(answer, default=str).encode() + b"\n")
    out.flush()


def _enclose(memory: int, seconds: int, written: int) -> None:
    """The limits of this process, kept by the system."""
    global _stretch  # noqa: PLW0603 - one process, one set of limits
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _at_most(resource.RLIMIT_AS, taken + memory)
    _at_most(resource.RLIMIT_CORE, 0)
    _at_most(resource.RLIMIT_FSIZE, written)
    _at_most(resource.RLIMIT_NOFILE, FILES)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _stretch = seconds
    renew()


def _at_most(which: int, most: int) -> None:
    """Lower a limit; what the system already holds lower stays."""
    _, hard = resource.getrlimit(which)
    resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    import_module("pakkeforlop.exchange.enclosed").main()  # the copy that readers import, whose stretches are renewed
