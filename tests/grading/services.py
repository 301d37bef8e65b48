"""What a class graded on several machines needs: a database server, a scheduler and its workers."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [
    Path(found).parent for found in [shutil.which("initdb")] if found
]


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL server of one's own; yield the address of a database."""
    # Not pytest's folder, which is root's alone: PostgreSQL refuses to run as root. The name
    # is short, for a socket lies in it.
    folder = Path(tempfile.mkdtemp(prefix="dwsep-pg-"))
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(name: str, *arguments: object) -> None:
        subprocess.run(
            [BINARIES[-1] / name, *map(str, arguments)],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    run("initdb", "-D", data, "-U", "teacher", "-A", "trust")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        run("createdb", "-h", folder, "-U", "teacher", "dwsep")
        yield f"postgresql+psycopg://teacher@/dwsep?host={folder}"
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@contextmanager
def dask(folder: Path, workers: int = 2) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """Run a Dask scheduler and workers, each a process; yield its address, and the workers."""
    told = folder / "scheduler.json"
    start = [sys.executable, "-m"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    quiet["cwd"] = folder
    host = ["--host", "127.0.0.1", "--no-dashboard"]
    file = ["--scheduler-file", str(told)]
    scheduler = subprocess.Popen(
        [*start, "distributed.cli.dask_scheduler", *host, "--port", "0", *file], **quiet
    )
    worker = [*start, "distributed.cli.dask_worker", *host, *file, "--nthreads", "1", "--no-nanny"]
    made = [subprocess.Popen(worker, **quiet) for _ in range(workers)]
    try:
        from distributed import Client

        for _ in range(120):
            if told.exists() and told.stat().st_size:
                break
            time.sleep(0.5)
        with Client(scheduler_file=str(told)) as client:
            client.wait_for_workers(workers, timeout=300)
            address = client.scheduler.address
        yield address, made
    finally:
        for process in [*made, scheduler]:
            process.terminate()
            process.wait()
