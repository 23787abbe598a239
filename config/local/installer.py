"""Makes `.venv` and puts the locked packages into it: with uv where it can be had, else with pip. Standard library only."""

import hashlib
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen

from config.local import pip_settings

TORCH = "2.13.0"
PIP_WHEEL = ("pip-25.3-py3-none-any.whl", "9655943313a94722b7774661c21049070f6bbb0a1516bf02f7c8d5d9201514cd")  # only where Python has none

Say = Callable[[str], None]


class InstallFailed(RuntimeError):
    """Packages could not be had; the message says what to do."""


@dataclass(frozen=True)
class Installer:
    """The environment of one clone. Tools and caches stay in its `var/` folder."""

    root: Path
    var: Path
    say: Say

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    def locks(self, *, tests: bool) -> Path:
        return self.root / "requirements" / ("dev.lock" if tests else "run.lock")

    def is_ready(self, *, tests: bool) -> bool:
        """True when a stamp says that exactly these packages are in, at exactly this place. An environment for tests serves for all."""
        if not self.python.exists():
            return False
        stamps = {self._stamp(tests=kind): self._wanted(tests=kind) for kind in {tests, True}}
        return any(stamp.is_file() and stamp.read_text() == wanted for stamp, wanted in stamps.items())

    def install(self, *, tests: bool) -> None:
        """Make the environment and install the lock, with its hashes. Raises InstallFailed."""
        self._make_venv()
        what = "the packages for tests" if tests else "the packages"
        self.say(f"Installing {what} (about 100, up to a minute)")
        lock = str(self.locks(tests=tests))
        if self.uv:
            self._run([self.uv, "pip", "install", "--python", str(self.python), "--require-hashes", "-r", lock])
        else:
            self._run([*self._pip_into_venv(), "install", "--no-compile", "--require-hashes", "-r", lock])
        self._stamp(tests=tests).write_text(self._wanted(tests=tests))

    def has_torch(self) -> bool:
        return any((self.venv / "lib").glob(f"python3.*/site-packages/torch-{TORCH}*.dist-info"))

    def install_torch(self) -> bool:
        """PyTorch, apart from the lock: a processor-only build where the person's settings offer one. False when none can be had."""
        if self.has_torch():
            return True
        self.say("Installing PyTorch (200 MB)")
        reason = ""
        for options in self._torch_choices():
            try:
                self._run([*self._installing(), *options], quietly=True)
            except InstallFailed as problem:
                reason = str(problem)
            else:
                return True
        (self.var / "log").mkdir(parents=True, exist_ok=True)
        (self.var / "log" / "torch.log").write_text(reason)
        return False

    def _torch_choices(self) -> list[list[str]]:
        """A local or private processor-only wheel first, then PyTorch's own processor-only index, then whatever the index has."""
        constraint = ["-c", str(self._constraints())]
        everywhere = [[f"torch=={TORCH}+cpu", *constraint]]
        if self.uv:
            everywhere.append([f"torch=={TORCH}", "--torch-backend", "cpu", *constraint])
        return [*everywhere, [f"torch=={TORCH}", *constraint]]

    def _constraints(self) -> Path:
        """The lock without its hashes: what is installed keeps its version."""
        plain = [line.removesuffix(" \\") for line in self.locks(tests=False).read_text().splitlines() if re.match(r"[A-Za-z0-9]", line)]
        place = self.var / "tools" / "constraints.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join(plain))
        return place

    def _installing(self) -> list[str]:
        return [self.uv, "pip", "install", "--python", str(self.python)] if self.uv else [*self._pip_into_venv(), "install", "--no-compile"]

    def _make_venv(self) -> None:
        """A fresh one when there is none, or when it was made elsewhere or for a Python that is gone: its scripts name their place."""
        mark = self.venv / ".cairn-place"
        if mark.is_file() and mark.read_text() == self._place() and self._works():
            return
        self.say(f"Making .venv with Python {sys.version.split()[0]}")
        shutil.rmtree(self.venv, ignore_errors=True)
        self._run([sys.executable, "-m", "venv", "--without-pip", str(self.venv)])
        mark.write_text(self._place())

    def _works(self) -> bool:
        try:
            return subprocess.run([self.python, "-c", "pass"], check=False, capture_output=True).returncode == 0
        except OSError:
            return False

    def _place(self) -> str:
        return f"Python 3.11 at {self.venv}"

    def _stamp(self, *, tests: bool) -> Path:
        return self.venv / (".cairn-tests" if tests else ".cairn-run")

    def _wanted(self, *, tests: bool) -> str:
        return hashlib.sha256(self.locks(tests=tests).read_bytes() + self._place().encode()).hexdigest()

    @cached_property
    def environment(self) -> dict[str, str]:
        """pip's settings in uv's words, and both caches inside the clone: nothing is left elsewhere."""
        caches = {"UV_CACHE_DIR": str(self.var / "cache" / "uv"), "PIP_CACHE_DIR": str(self.var / "cache" / "pip"), "UV_NO_PROGRESS": "1"}
        return caches | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"} | pip_settings.environment_for_uv(self.pip)

    @cached_property
    def uv(self) -> str:
        """The installer of `requirements/tools.lock`, fetched once by pip; empty when it cannot be had."""
        tools = self.var / "tools" / "uv"
        program = tools / "bin" / "uv"
        if not program.exists():
            self.say("Fetching the installer uv")
            locked = ["--require-hashes", "-r", str(self.root / "requirements" / "tools.lock")]
            try:
                self._run([*self.pip, "install", "--no-compile", "--upgrade", "--target", str(tools), *locked], quietly=True)
            except InstallFailed:
                self.say("uv cannot be had here: using pip, which takes longer")
                return ""
        return str(program)

    @cached_property
    def pip(self) -> list[str]:
        """How pip is called: as a module of this Python, or as one wheel where a distribution has left it out."""
        outside = getattr(sys, "_base_executable", sys.executable)  # `.venv` has no pip of its own
        if subprocess.run([outside, "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0:
            return [outside, "-m", "pip"]
        return [sys.executable, f"{self._fetched_pip()}/pip"]

    def _pip_into_venv(self) -> list[str]:
        if self.pip[1] != "-m":
            return [str(self.python), self.pip[1]]
        return [*self.pip, "--python", str(self.python)]

    def _fetched_pip(self) -> Path:
        """pip's own wheel from the index; a wheel of pure Python can be run without being installed."""
        name, digest = PIP_WHEEL
        place = self.var / "tools" / name
        if place.exists():
            return place
        self.say("This Python comes without pip: fetching it")
        index = (os.environ.get("PIP_INDEX_URL") or "https://pypi.org/simple").rstrip("/") + "/pip/"
        certificates = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or None)
        try:
            with urlopen(index, timeout=60, context=certificates) as page:
                links = re.findall(r'href="([^"]+)"', page.read().decode())
            link = next(link for link in links if name in link)
            with urlopen(urljoin(index, link), timeout=60, context=certificates) as wheel:
                content = wheel.read()
        except (OSError, StopIteration) as problem:
            raise InstallFailed(
                f"This Python has no pip, and it could not be fetched from {index} ({problem}). On Debian: apt install python3-pip"
            ) from problem
        if hashlib.sha256(content).hexdigest() != digest:
            raise InstallFailed(f"What {index} gave as {name} is not that file: its checksum differs. Nothing was installed.")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return place

    def _run(self, command: Sequence[str], *, quietly: bool = False) -> None:
        """Run it, and show that it lives: a line every five seconds. Raises InstallFailed with the end of what it said."""
        environment = (
            dict(os.environ) if command[0] == sys.executable and command[1:3] == ["-m", "venv"] else self._full_environment(command)
        )
        began = shown = time.monotonic()
        log = self.var / "log" / "install.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            start = out.tell()
            process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
            try:
                while process.poll() is None:
                    time.sleep(0.1)
                    if not quietly and time.monotonic() - shown > 5:
                        shown = time.monotonic()
                        self.say(f"  … {round(shown - began)} s")
            except BaseException:
                process.terminate()
                process.wait()
                raise
        if process.returncode != 0:
            said = log.read_bytes()[start:].decode(errors="replace")
            raise InstallFailed(f"This did not work: {' '.join(command)}\n{said[-3000:]}\nThe whole of it is in {log}.")

    def _full_environment(self, command: Sequence[str]) -> dict[str, str]:
        """Settings are handed to uv alone; pip reads its own. Nothing of another virtual environment is handed on."""
        dropped = {"PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"}
        own = self.environment if command[0].endswith("/uv") else dict(os.environ) | {"PIP_CACHE_DIR": str(self.var / "cache" / "pip")}
        return {name: value for name, value in own.items() if name not in dropped}
