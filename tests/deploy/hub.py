"""A JupyterHub as deploy/jupyterhub sets it up, in a folder, and people who open its pages."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import requests

from tests.installing import install

PROXY = "configurable-http-proxy@5.3.0"
PROGRAMS = ("alembic", "jupyterhub", "jupyterhub-singleuser", "nbgrader")
# Lines of README.md that need the network or the system's own folders.
_ELSEWHERE = re.compile(r"^(apt-get|npm|git|python3|/opt/dwsep/bin/pip|cd) ")
_PASSWORD = "of everybody"


def missing() -> str | None:
    """Return what a hub needs and this machine hasn't."""
    if not find_spec("jupyterhub"):
        return "jupyterhub isn't installed"
    return None if shutil.which("node") and shutil.which("npm") else "there is no Node"


def python_for_all() -> Path | None:
    """Return a Python of this version that others can run too, if there is one."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for path in (Path(sys.base_prefix, "bin", version), Path("/usr/bin", version)):
        asks = [path, "-c", "import venv, sys; print(sys.version_info[:2])"]
        try:
            said = subprocess.run(asks, user="nobody", capture_output=True, text=True, check=False)
        except OSError:
            continue
        if said.stdout.strip() == str(sys.version_info[:2]):
            return path
    return None


@contextmanager
def accounts(group: str, teachers: list[str], learners: list[str]) -> Iterator[None]:
    """Have accounts on this machine for a while; README.md makes the group and formgrader's."""
    with ExitStack() as after:
        for name in [*teachers, *learners]:
            home = f"/home/{name}"
            made = ["useradd", "--create-home", "--home-dir", home, "--shell", "/bin/sh", name]
            subprocess.run(made, check=True)
            after.callback(_forget, ["userdel", "--remove", name])
            os.chmod(home, 0o700)
        after.callback(_forget, ["groupdel", group])
        after.callback(_forget, ["userdel", "--remove", f"{group}-grader"])
        yield


def _forget(command: list[str]) -> None:
    subprocess.run(command, stderr=subprocess.DEVNULL, check=False)


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder that every account can look into, as those of pytest's can't."""
    made = Path(tempfile.mkdtemp(prefix="dwsep-hub-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def set_up(root: Path, place: Path, python: Path, words: Mapping[str, str]) -> Path:
    """Put below a folder what README.md's first step puts on a machine; return the environment.

    Parameters
    ----------
    root : Path
        The repository.
    place : Path
        Stands for ``/``.
    python : Path
        What the environment is made of.
    words : mapping
        Names of groups and accounts, in place of those in README.md and in the configuration.
    """
    spec = find_spec("jupyterhub")
    assert spec
    assert spec.origin
    environment = install(root, place, python, PROGRAMS, [Path(spec.origin).parents[1]])
    course = place / "srv" / "dwsep" / "course"
    course.mkdir(parents=True)
    (place / "srv" / "dwsep" / "hub").mkdir()
    (place / "usr" / "local" / "bin").mkdir(parents=True)
    shutil.copy(root / "nbgrader_config.py", course)
    for name in ("solutions/01_conv2d", "deploy/jupyterhub"):
        shutil.copytree(root / name, course / name)
    ports = dict(zip(("8000", "8081", "8082"), map(str, _free_ports(3)), strict=True))
    for path in (course / "deploy").rglob("*.py"):
        text = re.sub(r"\b808\d\b|\b8000\b", lambda found: ports[found[0]], path.read_text())
        path.write_text(_with(text, _places(place) | words))
    return environment


def take_steps(place: Path, words: Mapping[str, str]) -> None:
    """Run the commands of README.md, but for those that need the network."""
    text = (place / "srv/dwsep/course/deploy/jupyterhub/README.md").read_text()
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        lines = [line for line in block.splitlines() if not _ELSEWHERE.match(line)]
        script = _with("\n".join(lines), _places(place) | words)
        subprocess.run(["sh", "-euc", script], check=True)


def _places(place: Path) -> dict[str, str]:
    return {"/opt/dwsep": f"{place}/environment"} | {
        path: f"{place}{path}" for path in ("/srv/dwsep", "/usr/local/bin", "/etc/dwsep")
    }


def _with(text: str, words: Mapping[str, str]) -> str:
    """Put words in place of others: what looks like a word or a path, and not a part of one."""
    for word, other in words.items():
        text = re.sub(rf"(?<![\w./-]){re.escape(word)}(?![\w-])", other, text)
    return text


@contextmanager
def running(place: Path, environment: Path, config: Path, before="") -> Iterator[str]:
    """Run the hub; yield its address.

    Parameters
    ----------
    place : Path
        Where it was set up.
    environment : Path
    config : Path
        Its configuration.
    before : str
        Lines that run before that.
    """
    proxy = place / "proxy"
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(["npm", "install", "--prefix", proxy, *quiet, PROXY], check=True)
    (port,) = _free_ports(1)
    own = place / "srv" / "dwsep" / "hub" / "config.py"
    own.write_text(
        f"{before}\n"
        f"load_subconfig({str(config)!r})\n"
        "c = get_config()\n"
        f"c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{port}'\n"
        "c.JupyterHub.authenticator_class = 'shared-password'\n"
        f"c.SharedPasswordAuthenticator.user_password = {_PASSWORD!r}\n"
    )
    address = re.search(r"bind_url = \"(.*)\"", config.read_text())[1]
    programs = [environment / "bin", proxy / "node_modules" / ".bin"]
    path = os.pathsep.join([*map(str, programs), os.environ["PATH"]])
    with (place / "log").open("w") as log:
        hub = subprocess.Popen(
            [environment / "bin" / "jupyterhub", "--config", own],
            cwd=own.parent,
            env={**os.environ, "PATH": path, "PYTHONPATH": ""},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(lambda: hub.poll() or requests.get(f"{address}/hub/health", timeout=5).ok)
            yield address
        except BaseException:
            print((place / "log").read_text())
            raise
        finally:
            hub.terminate()
            hub.wait(60)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def wait_for(there, seconds: float = 120) -> None:
    """Wait until something is there."""
    end = time.monotonic() + seconds
    while True:
        try:
            if there():
                return
        except requests.ConnectionError:
            pass
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


class Person:
    """Somebody at a browser."""

    def __init__(self, address: str, name: str):
        self.address, self.name = address, name
        self.session = requests.Session()
        login = f"{address}/hub/login"
        self.session.get(login, timeout=300)
        said = {"username": name, "password": _PASSWORD, "_xsrf": self._token("/hub/login")}
        done = self.session.post(login, data=said, allow_redirects=False, timeout=300)
        assert done.status_code == 302, done.text

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        return self.session.get(self.address + path, timeout=300)

    def post(self, path: str, **said) -> dict:
        """Press a button; return the answer."""
        return self._ask("POST", path, data=said)

    def put(self, path: str, said: dict) -> dict:
        """Store something; return the answer."""
        return self._ask("PUT", path, data=json.dumps(said))

    def _ask(self, method: str, path: str, **more) -> dict:
        token = {"X-XSRFToken": self._token(path), "Referer": self.address + path}
        done = self.session.request(method, self.address + path, headers=token, timeout=300, **more)
        assert done.ok, (path, done.status_code, done.text)
        return done.json() if done.content else {}

    def start(self) -> None:
        """Start one's own JupyterLab."""
        self.get("/hub/home")
        form = {"_xsrf": self._token("/hub/spawn")}
        self.session.post(f"{self.address}/hub/spawn", data=form, timeout=300)
        own = f"/user/{self.name}"
        wait_for(lambda: self.get(f"{own}/lab").url.endswith("/lab"))

    def _token(self, path: str) -> str:
        """Return the token that shows a request comes from one of these pages."""
        found = {
            cookie.path: cookie.value
            for cookie in self.session.cookies
            if cookie.name == "_xsrf" and path.startswith(cookie.path.rstrip("/"))
        }
        return found[max(found, key=len)]
