"""Faults as a person meets them at the command line: a sentence on standard error and an exit code, never a traceback.

    with faults_told():
        run()

Exit codes: 0 done · 2 usage · 10 a fault in the program · 11 faulty definition · 12 faulty input file · 13 cannot
read · 14 cannot write · 15 nothing left after refusals · 16 contradictions set aside · 130 interrupted. The language is
that of PAKKEFORLOP_LANGUAGE (nb, nn, en; nb where it is not set). PAKKEFORLOP_TRACEBACK=1 shows the developer's view
too.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from pakkeforlop.vocabulary.errors import (
    FULL_DISK,
    LANGUAGES,
    Fault,
    InternalFault,
    Interrupted,
    UnwritableFault,
    unreadable,
    unwritable,
)


def language(asked: str | None = None) -> str:
    """The reader's language: the one asked for, else that of PAKKEFORLOP_LANGUAGE, else nb."""
    choices = (asked or "", os.environ.get("PAKKEFORLOP_LANGUAGE", "")[:2], "nb")
    return next(choice for choice in choices if choice in LANGUAGES)


@contextmanager
def faults_told(in_language: str | None = None) -> Iterator[None]:
    """End the process with the fault's sentence and exit code; SIGTERM cleans up as Ctrl-C does."""
    before = _terminate_as_interrupt()
    try:
        yield
    except BrokenPipeError:
        _silence_output()
        raise SystemExit(0) from None  # the reader of our output has seen enough, as in `| head`
    except Exception as error:
        if _belongs_to_the_parser(error):
            raise
        raise SystemExit(tell(fault_of(error), language(in_language), error)) from None
    except KeyboardInterrupt as error:
        raise SystemExit(tell(Interrupted("interrupted"), language(in_language), error)) from None
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def tell(fault: Fault, in_language: str, error: BaseException | None = None) -> int:
    """Print the fault to standard error; its exit code."""
    if error is not None and os.environ.get("PAKKEFORLOP_TRACEBACK") == "1":
        traceback.print_exception(error)
    print(fault.sentence(in_language), file=sys.stderr, flush=True)
    return fault.exit_code


def fault_of(error: BaseException) -> Fault:
    """Any error as a fault that can be told."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, OSError) and error.filename:
        return unwritable(error, error.filename) if error.errno in FULL_DISK else unreadable(error, error.filename)
    if isinstance(error, OSError) and error.errno in FULL_DISK:
        return UnwritableFault("disk_full", file="?")
    if isinstance(error, MemoryError):
        return InternalFault("out_of_memory")
    return InternalFault("internal", kind=type(error).__name__, place=_place(error))


def _belongs_to_the_parser(error: Exception) -> bool:
    """Typer's own exits and usage faults, which it tells itself."""
    return any(kind.__module__.split(".")[0] in {"click", "typer"} for kind in type(error).__mro__)


def _place(error: BaseException) -> str:
    """Module and line of the innermost frame that is ours: enough to report, and no data in it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    package = Path(__file__).parent.parent
    ours = [frame for frame in frames if package in Path(frame.filename).parents] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"


def _terminate_as_interrupt() -> signal.Handlers | None:
    """SIGTERM raises KeyboardInterrupt, so that temporary files are removed; nothing outside the main thread."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    try:
        return signal.signal(signal.SIGTERM, interrupt)  # type: ignore[return-value]
    except ValueError:
        return None


def _silence_output() -> None:
    """Python flushes standard output at exit; into a closed pipe that would print a complaint."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
