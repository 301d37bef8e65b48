"""A JupyterLab of the test's own, and a browser to look at it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SETTINGS = {
    # All cells are in the page, also those that are out of sight.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
STARTS_WITHIN = 300  # seconds
RUNS_WITHIN = 600_000  # milliseconds: a busy machine is slow
LOOKS_EVERY = 300  # milliseconds; a look lays the whole page out, so none for every frame
CREATE = "Create Assignment"  # what nbgrader offers to teachers
IDLE = "(ipykernel) | Idle"  # in the bar below; before there is a kernel, Run All asks for one
DONE = """() => {
    const prompts = Array.from(
        document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt'),
        prompt => prompt.innerText);
    const stopped = document.querySelector('[data-mime-type="application/vnd.jupyter.error"]');
    return prompts.length > 0 && !prompts.some(prompt => prompt.includes('*'))
        && (stopped !== null || prompts.every(prompt => /\\d/.test(prompt)));
}"""

END_KERNELS = """async () => {
    const headers = {'X-XSRFToken': document.cookie.match(/_xsrf=([^;]*)/)[1]};
    for (const session of await (await fetch('/api/sessions')).json())
        await fetch(`/api/sessions/${session.id}`, {method: 'DELETE', headers});
}"""


def find_browser() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def jupyterlab(folder: Path, state: Path, **environment: str) -> Iterator[str]:
    """Serve a folder with JupyterLab; yield the address of a notebook, with ``{}`` for its path.

    Each time it shows that notebook alone.

    Parameters
    ----------
    folder : Path
        What is served.
    state : Path
        Where its settings and its log go: the user's own settings have no say.
    **environment : str
        More of the server's environment.
    """
    for plugin, setting in SETTINGS.items():
        path = state / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting))
    token = secrets.token_hex(16)
    port = free_port()
    places = {
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "IPYTHONDIR": "ipython",
    }
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder}",
        f"--IdentityProvider.token={token}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    log = state / "jupyterlab.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            command,
            cwd=folder,  # nbgrader looks for its configuration there
            env=os.environ
            | {name: str(state / place) for name, place in places.items()}
            | environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_served(f"http://127.0.0.1:{port}/api/status?token={token}", server, log)
        yield f"http://127.0.0.1:{port}/lab/tree/{{}}?reset&token={token}"
    finally:
        server.terminate()  # it ends its kernels first
        try:
            server.wait(timeout=60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def pages_on(folder: Path, state: Path, **environment: str) -> Iterator[Callable[[str], Page]]:
    """Serve a folder with JupyterLab, start a browser; yield what opens a notebook there.

    Without a browser on this machine the test is skipped.
    """
    playwright = pytest.importorskip("playwright.sync_api")
    executable = find_browser()
    if executable is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on PATH")
    with (
        jupyterlab(folder, state, **environment) as address,
        playwright.sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=executable, args=["--no-sandbox"])

        def opened(path: str) -> Page:
            page = browser.new_page(viewport={"width": 1250, "height": 3000})
            page.goto(address.format(path))
            return page

        yield opened
        browser.close()


def end_kernels(page: Page) -> None:
    """End all kernels of the server that a page came from."""
    page.evaluate(END_KERNELS)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_served(url: str, server: subprocess.Popen, log: Path) -> None:
    """Return when the address answers."""
    deadline = monotonic() + STARTS_WITHIN
    while server.poll() is None and monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, OSError):
            sleep(0.2)
        else:
            return
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")


def wait_for_nbgrader(page: Page) -> None:
    """Return when the notebook is there, with nbgrader's own buttons."""
    page.get_by_text("Validate", exact=True).first.wait_for(timeout=RUNS_WITHIN)
    page.get_by_text(IDLE).wait_for(timeout=RUNS_WITHIN)


def run_all(page: Page) -> None:
    """Run all cells, and return when they have run or one has stopped them."""
    page.get_by_text(IDLE).wait_for(timeout=RUNS_WITHIN)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(DONE, timeout=RUNS_WITHIN, polling=LOOKS_EVERY)


@contextmanager
def kept_if_it_fails(page: Page, path: Path) -> Iterator[None]:
    """Leave a picture of the page where something goes wrong."""
    try:
        yield
    except Exception:
        page.screenshot(path=path)
        raise
