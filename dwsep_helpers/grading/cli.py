"""The ``dwsep`` command: what an instructor does with a class, and a look at one's own notebook.

It ends quietly, whoever stops it, also while it still imports.
"""

from __future__ import annotations

import os
import select
import sys
from typing import Any

STOPPED, UNREAD = 130, 141  # what shells make of Ctrl-C and of a closed pipe


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return its exit status."""
    try:
        from dwsep_helpers.grading import command_line

        status = command_line.run(arguments)
    except KeyboardInterrupt:
        from dwsep_helpers.grading import scratch

        scratch.sweep()
        print("\nStopped. What is graded stays graded; run it again to go on.", file=sys.stderr)
        status = STOPPED
    except BrokenPipeError as error:
        status = UNREAD if _is_unread() else _failed(error)  # or it was another pipe
    except SystemExit as ended:  # argparse's, which has said why
        raise SystemExit(_flushed(ended.code)) from None
    return _flushed(status)


def _flushed(status: Any) -> Any:
    """Return the exit status once all that is printed has gone out, or as far as it can."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            status = UNREAD if isinstance(error, BrokenPipeError) else status or _failed(error)
    return status


def _is_unread() -> bool:
    """Whether nobody reads any more what is printed."""
    if not hasattr(select, "poll"):  # Windows
        return True
    poll, gone = select.poll(), select.POLLERR | select.POLLHUP  # Linux says one, macOS the other
    for stream in filter(None, (sys.stdout, sys.stderr)):
        poll.register(stream, 0)
    return any(event & gone for _, event in poll.poll(0))


def _failed(error: OSError) -> int:
    print(f"It failed: {error.strerror}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
