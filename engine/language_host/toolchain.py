"""Which Python runs a program: the ``virtualenv`` option, its interpreter and its packages."""

# Annotations are no texts here: NamedTuple would compile each of them, at every start.
import json
import os
import re
from collections.abc import Iterator, Mapping
from glob import glob
from typing import TYPE_CHECKING, NamedTuple, Self

from runtime.rpc.status import FAILED_PRECONDITION, CallError

if TYPE_CHECKING:
    from pulumi.runtime.proto import language_pb2

# Packages with a Pulumi name that have no provider plugin; the official host skips the same.
_WITHOUT_PLUGIN = {"pulumi", "pulumi_policy", "pulumi_esc_sdk"}
_PRE_RELEASES = {"a": "-alpha.", "b": "-beta.", "rc": "-rc."}


class ToolchainError(CallError):
    """The program's Python cannot be used; the message, for the user, says what to set."""

    def __init__(self, message: str) -> None:
        super().__init__(message, FAILED_PRECONDITION)


class Package(NamedTuple):
    """An installed distribution."""

    name: str
    version: str


class Plugin(NamedTuple):
    """A provider plugin that an installed package says it needs."""

    name: str
    version: str
    server: str


class Toolchain(NamedTuple):
    """The Python of one program, plugin or policy pack.

    Attributes:
        root: The folder of its ``Pulumi.yaml`` or ``PulumiPolicy.yaml``.
        virtualenv: The option as written; "" runs the ``python3`` found on PATH.
    """

    root: str
    virtualenv: str = ""

    @classmethod
    def of(cls, info: "language_pb2.ProgramInfo", *, default: str = "") -> Self:
        """Read the runtime options the engine passes on.

        Raises:
            ToolchainError: The options ask for another package manager than pip.
        """
        options = {key: value.string_value for key, value in info.options.fields.items()}
        if (manager := options.get("toolchain") or "pip") != "pip":
            raise ToolchainError(
                f"runtime option toolchain is {manager!r}: this language host knows only 'pip'. "
                "Remove the option, or install the official Pulumi CLI."
            )
        return cls(info.root_directory, options.get("virtualenv") or default)

    @property
    def folder(self) -> str:
        """The virtual environment, absolute; meaningless without the option."""
        return os.path.join(self.root, os.path.expanduser(self.virtualenv))

    @property
    def interpreter(self) -> str:
        """The virtual environment's Python, which may not be there yet."""
        return os.path.join(self.folder, "bin", "python")

    @property
    def description(self) -> str:
        """The file that makes a folder a virtual environment."""
        return os.path.join(self.folder, "pyvenv.cfg")

    def python(self) -> str:
        """The interpreter.

        Raises:
            ToolchainError: The virtualenv is none, or there is no Python on PATH.
        """
        if self.virtualenv:
            described = os.path.isfile(self.description)
            if not described or not os.path.exists(self.interpreter):
                raise ToolchainError(
                    f"runtime option virtualenv is {self.virtualenv!r}, but {self.folder} "
                    "is not a virtual environment. Run: pulumi install"
                )
            return self.interpreter
        import shutil  # 4 ms that the usual way, a virtualenv, does not need

        found = shutil.which("python3") or shutil.which("python")
        if found is None:
            raise ToolchainError(
                "There is no python3 on PATH. Install Python, or set runtime option virtualenv."
            )
        return found

    def version(self) -> str:
        """The interpreter's version, ``3.11.7``.

        Every preview and update asks, so it is read off the virtualenv's own description.
        """
        if self.virtualenv:
            with open(self.description) as description:
                version = r"^version(?:_info)?\s*=\s*(\d+\.\d+\.\d+)"
                if match := re.search(version, description.read(), re.MULTILINE):
                    return match.group(1)
        return self._ask("import platform; print(platform.python_version())").strip()

    def _ask(self, script: str) -> str:
        import subprocess  # the engine starts one host only to ask for the version

        return subprocess.run(
            [self.python(), "-c", script], capture_output=True, text=True, check=True
        ).stdout

    def environment(self) -> dict[str, str]:
        """This process's environment with the virtualenv activated."""
        environment = dict(os.environ)
        if self.virtualenv:
            environment["VIRTUAL_ENV"] = self.folder
            environment["PATH"] = os.pathsep.join(
                [os.path.join(self.folder, "bin"), environment.get("PATH", "")]
            )
            environment.pop("PYTHONHOME", None)
        return environment

    def _site_packages(self) -> Iterator[str]:
        if self.virtualenv:
            for found in glob("lib/python3.*/site-packages", root_dir=self.folder):
                yield os.path.join(self.folder, found)
            return
        paths = self._ask("import json,sys; print(json.dumps(sys.path[1:]))")
        yield from (path for path in json.loads(paths) if os.path.isdir(path))

    def packages(self, *, transitive: bool) -> list[Package]:
        """The installed distributions; without ``transitive`` those no other one requires."""
        from importlib.metadata import Distribution, distributions  # 25 ms, for `about` only

        found: list[Distribution] = list(distributions(path=list(self._site_packages())))
        required = {
            _normalised(match.group())
            for distribution in found
            for requirement in distribution.requires or ()
            if "extra ==" not in requirement and (match := re.match(r"[\w.-]+", requirement))
        }
        packages = sorted(Package(each.metadata["Name"], each.version) for each in found)
        return [each for each in packages if transitive or _normalised(each.name) not in required]

    def plugins(self) -> list[Plugin]:
        """The provider plugins the installed packages ask for, without starting an interpreter."""
        plugins: list[Plugin] = []
        for site in self._site_packages():
            for folder in sorted(os.listdir(site)):
                if not folder.endswith(".dist-info"):
                    continue
                name, _, version = folder.removesuffix(".dist-info").partition("-")
                module = _normalised(name)
                description = os.path.join(site, module, "pulumi-plugin.json")
                if module in _WITHOUT_PLUGIN:
                    continue
                if os.path.isfile(description):
                    with open(description) as file:
                        asked: Mapping[str, str | bool] = json.load(file)
                elif module.startswith("pulumi_"):
                    asked = {"resource": True}
                else:
                    continue
                version = str(asked.get("version") or _semantic(version))
                if asked.get("resource") and version:
                    plugin = str(asked.get("name") or module.removeprefix("pulumi_"))
                    server = str(asked.get("server") or "")
                    plugins.append(Plugin(plugin, "v" + version.removeprefix("v"), server))
        return plugins


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def _semantic(version: str) -> str:
    """A package's version as a plugin's, or "" where a pre-release cannot be told from it."""
    match = re.fullmatch(r"(\d+(?:\.\d+)*)(?:(a|b|rc)(\d+))?(?:\.post(\d+))?", version)
    if match is None:
        return ""
    numbers, kind, number, post = match.groups()
    padded = ".".join([*numbers.split("."), "0", "0"][: max(3, numbers.count(".") + 1)])
    return (
        padded
        + (f"{_PRE_RELEASES[kind]}{number}" if kind else "")
        + (f"+post{post}" if post else "")
    )
