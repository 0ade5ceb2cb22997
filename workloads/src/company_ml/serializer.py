"""Keeps a Python object in files that prove themselves before they are unpickled.

Two files per object: the data, named by its SHA-256, and a metadata file that names it. The
metadata file is renamed into place last, so whoever is killed at any point leaves the earlier
object or the new one, whole. Unpickling runs code, so ``load`` reads the data once to the end and
compares size and hash before the first byte of it is unpickled.

The hash guards against damage and mix-ups. Against someone who can write both files it does not:
pass ``expected_sha256`` from a place they cannot write, as the model registry.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import os
import platform
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

FORMAT = 1
_CHUNK = 16 * 2**20
_BUFFER = 2**20
_WORTH_A_THREAD = 4 * 2**20  # below that, handing over costs what it saves
_LIBRARIES = ("cloudpickle", "joblib", "numpy", "pandas", "scikit-learn")

_TYPES = {"format": int, "file": str, "size": int, "sha256": str, "python": str}
"""What ``load`` relies on in a metadata file."""


class Method(StrEnum):
    """How objects become bytes."""

    CLOUDPICKLE = "cloudpickle"
    """By value, code included: functions and classes of a script or notebook."""
    JOBLIB = "joblib"
    """For objects that hold large arrays."""
    PICKLE = "pickle"
    """The standard library's: by reference, so the code must be importable where it is loaded."""


class SerializerError(Exception):
    """An object cannot be kept or given back; nothing was unpickled."""


class IntegrityError(SerializerError):
    """The files are not what was saved: truncated, altered, or mixed up."""


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What the metadata file says."""

    format: int = FORMAT
    method: Method
    file: str
    """Name of the data file beside the metadata file."""
    size: int
    """Bytes."""
    sha256: str
    created: str
    python: str
    libraries: Mapping[str, str]
    type: str
    """The object's class, for people."""
    notes: Mapping[str, str] = field(default_factory=dict[str, str])


def save(
    obj: object,
    path: Path,
    method: Method | str = Method.CLOUDPICKLE,
    *,
    notes: Mapping[str, str] | None = None,
    created: datetime | None = None,
) -> Metadata:
    """Keep an object; an earlier one of the same path is replaced at once or not at all.

    Args:
        obj: Anything the method can pickle.
        path: The metadata file, by custom ``<name>.json``; the data file goes beside it.
        method: How it becomes bytes.
        notes: More to keep in the metadata; no secrets.
        created: Goes into the metadata; the present when not given.

    Raises:
        SerializerError: The method is unknown.
    """
    chosen = _method(method)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = _data_file(path)
    partial = _partial(path)
    try:
        with partial.open("wb", buffering=0) as file:
            with _HashingWriter(file) as raw, io.BufferedWriter(raw, _BUFFER) as buffered:
                _dump(obj, buffered, chosen)
                buffered.flush()
                digest, size = raw.hexdigest(), raw.size
            os.fsync(file.fileno())
        data = path.with_name(f"{path.stem}.{digest[:16]}.{chosen.value}")
        partial.rename(data)
    finally:
        partial.unlink(missing_ok=True)
    metadata = Metadata(
        method=chosen, file=data.name, size=size, sha256=digest,
        created=(created or datetime.now(UTC)).isoformat(), python=platform.python_version(),
        libraries=_versions(), type=f"{type(obj).__module__}.{type(obj).__qualname__}",
        notes=dict(notes or {}),
    )  # fmt: skip
    try:
        _write_atomically(path, json.dumps(asdict(metadata), indent=2).encode())
    except OSError:  # a full disk must not stay full of what nobody names
        if _data_file(path) != data:
            data.unlink(missing_ok=True)
        raise
    if before is not None and before != data:
        before.unlink(missing_ok=True)
    return metadata


def load(path: Path, *, expected_sha256: str | None = None) -> Any:
    """The object, after size and hash were found to be right.

    Args:
        path: The metadata file.
        expected_sha256: What the hash must be, known from elsewhere.

    Raises:
        IntegrityError: A file is missing, truncated, altered or another one.
        SerializerError: The method or the format is unknown, or the object was kept by value under
            another Python, whose bytecode this one cannot run.
    """
    metadata = read_metadata(path)
    if metadata.method is Method.CLOUDPICKLE and _minor(metadata.python) != _minor(
        platform.python_version()
    ):
        raise SerializerError(
            f"{path} was kept with cloudpickle under Python {metadata.python}; this is "
            f"{platform.python_version()}. Its code is bytecode of that Python: load it there, or "
            "keep it with joblib or pickle"
        )
    with _open(path, metadata) as file:
        _check(path, file, metadata, expected_sha256)
        file.seek(0)
        return _undump(file, metadata.method)


def verify(path: Path, *, expected_sha256: str | None = None) -> Metadata:
    """Check the files without unpickling anything; raises what ``load`` raises."""
    metadata = read_metadata(path)
    with _open(path, metadata) as file:
        _check(path, file, metadata, expected_sha256)
    return metadata


def read_metadata(path: Path) -> Metadata:
    """What the metadata file says; it is checked for form alone."""
    try:
        plain: dict[str, Any] = json.loads(path.read_bytes())
        plain["method"] = _method(plain["method"])
        metadata = Metadata(**plain)
        for name, kind in _TYPES.items():
            if type(plain[name]) is not kind:
                raise TypeError(f"{name} is no {kind.__name__}")  # noqa: TRY301 - one way to say it
    except FileNotFoundError:
        raise IntegrityError(f"{path} does not exist") from None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise IntegrityError(f"{path} is not a serializer's metadata file: {error}") from error
    if metadata.format != FORMAT:
        raise SerializerError(
            f"{path} has format {metadata.format}; this version reads {FORMAT}. Load it with the "
            "version of company_ml that wrote it"
        )
    if Path(metadata.file).name != metadata.file or metadata.file in ("", ".", ".."):
        raise IntegrityError(
            f"{path} names the data file {metadata.file!r}, which is not beside it"
        )
    return metadata


def _method(name: Method | str) -> Method:
    try:
        return Method(name)
    except ValueError:
        raise SerializerError(
            f"serialization method {name!r} is unknown; allowed: {', '.join(Method)}"
        ) from None


def _dump(obj: object, file: IO[bytes], method: Method) -> None:
    match method:
        case Method.CLOUDPICKLE:
            import cloudpickle

            cloudpickle.dump(obj, file, protocol=5)
        case Method.JOBLIB:
            import joblib

            joblib.dump(obj, file)
        case Method.PICKLE:
            import pickle

            pickle.dump(obj, file, protocol=5)


def _undump(file: IO[bytes], method: Method) -> Any:
    if method is Method.JOBLIB:
        import joblib

        return joblib.load(file)
    import pickle

    return pickle.load(file)  # noqa: S301 - size and hash were checked


def _open(path: Path, metadata: Metadata) -> io.BufferedReader:
    data = path.with_name(metadata.file)
    try:
        if data.is_file():  # a pipe would be waited for
            return data.open("rb")
    except OSError as error:
        raise IntegrityError(f"{path} names {metadata.file[:99]}: {error.strerror}") from error
    raise IntegrityError(f"{path} names {metadata.file!r}, which is not beside it")


def _check(path: Path, file: IO[bytes], metadata: Metadata, expected: str | None) -> None:
    size = os.fstat(file.fileno()).st_size
    if size != metadata.size:
        raise IntegrityError(
            f"{path.with_name(metadata.file)} has {size} bytes, and {metadata.size} were saved"
        )
    digest = hashlib.file_digest(cast("Any", file), "sha256").hexdigest()
    for wanted, source in ((metadata.sha256, str(path)), (expected, "the caller")):
        if wanted is not None and digest != wanted:
            raise IntegrityError(
                f"{path.with_name(metadata.file)} has SHA-256 {digest}, and {source} says {wanted}"
            )


def _data_file(path: Path) -> Path | None:
    try:
        return path.with_name(read_metadata(path).file)
    except SerializerError:
        return None


def _partial(path: Path) -> Path:
    """A file that no other process or thread writes."""
    return path.with_name(f".{path.name}.{uuid4().hex}.partial")


def _write_atomically(path: Path, content: bytes) -> None:
    partial = _partial(path)
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # a rename is on the disk when its folder is
    finally:
        os.close(folder)


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _minor(version: str) -> tuple[str, ...]:
    return tuple(version.split(".")[:2])


class _HashingWriter(io.RawIOBase):
    """Writes through to a file and hashes the same bytes meanwhile, on another core.

    Both let go of the interpreter lock, so the slower of the two sets the pace. A write returns
    when its bytes are in both: a pickler may change or free the buffer after that.
    """

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._pool = ThreadPoolExecutor(1)
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        for start in range(0, len(view), _CHUNK):
            chunk = view[start : start + _CHUNK]
            if len(chunk) < _WORTH_A_THREAD:
                self._hash.update(chunk)
                self._write(chunk)
            else:
                hashed = self._pool.submit(self._hash.update, chunk)
                self._write(chunk)
                hashed.result()
        self.size += len(view)
        return len(view)

    def _write(self, chunk: memoryview) -> None:
        written = 0
        while written < len(chunk):
            written += self._file.write(chunk[written:])

    def hexdigest(self) -> str:
        """The hash so far."""
        return self._hash.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()
        super().__exit__(kind, error, trace)
