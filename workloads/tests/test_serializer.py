"""The serializer gives back what was kept, and refuses everything else before unpickling it."""

from __future__ import annotations

import errno
import json
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from company_ml import serializer
from company_ml.serializer import IntegrityError, Method, SerializerError

TRIPPED: list[str] = []


def _trip(what: str) -> None:
    TRIPPED.append(what)


@pytest.fixture
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Properties over many examples: what is durable when is another test's."""

    def at_once(_descriptor: int) -> None:
        return

    monkeypatch.setattr(os, "fsync", at_once)


class Trap:
    """Notices being unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _trip, ("unpickled",)


@pytest.mark.parametrize("method", list(Method))
def test_what_was_kept_comes_back(tmp_path: Path, method: Method) -> None:
    kept = {"weights": np.arange(100_000, dtype=float).reshape(1000, 100), "names": ["a", "b"]}
    metadata = serializer.save(kept, tmp_path / "model.json", method, notes={"project": "churn"})
    back = serializer.load(tmp_path / "model.json", expected_sha256=metadata.sha256)
    assert np.array_equal(back["weights"], kept["weights"])
    assert back["names"] == ["a", "b"]
    read = serializer.read_metadata(tmp_path / "model.json")
    assert (read.method, read.notes, read.type) == (method, {"project": "churn"}, "builtins.dict")
    assert read.libraries["cloudpickle"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["model.json", read.file])


@pytest.mark.usefixtures("no_waiting_for_the_disk")
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kept=st.recursive(
        st.none() | st.integers() | st.text() | st.binary(max_size=3000),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ),
    method=st.sampled_from(list(Method)),
)
def test_any_plain_object_comes_back_equal(tmp_path: Path, kept: object, method: Method) -> None:
    serializer.save(kept, tmp_path / "any.json", method)
    assert serializer.load(tmp_path / "any.json") == kept


def test_a_function_of_a_script_comes_back_by_value(tmp_path: Path) -> None:
    scope: dict[str, Any] = {"__name__": "__main__"}
    exec("def double(x):\n    return 2 * x", scope)  # noqa: S102 - a function no module has
    serializer.save(scope["double"], tmp_path / "f.json", "cloudpickle")
    assert serializer.load(tmp_path / "f.json")(21) == 42


def test_the_hash_is_the_files(tmp_path: Path) -> None:
    import hashlib

    metadata = serializer.save(list(range(300_000)), tmp_path / "m.json", Method.PICKLE)
    data = (tmp_path / metadata.file).read_bytes()
    assert metadata.size == len(data)
    assert metadata.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.usefixtures("no_waiting_for_the_disk")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.booleans(),
       method=st.sampled_from(list(Method)))  # fmt: skip
def test_a_changed_or_cut_file_is_refused_before_anything_is_unpickled(
    tmp_path: Path, place: float, bit: int, *, cut: bool, method: Method
) -> None:
    TRIPPED.clear()
    metadata = serializer.save([Trap(), os.urandom(200)], tmp_path / "m.json", method)
    path = tmp_path / metadata.file
    data = bytearray(path.read_bytes())
    at = int(place * len(data))
    if cut:
        del data[at:]
    else:
        data[at] ^= 1 << bit
    path.write_bytes(data)
    with pytest.raises(IntegrityError, match=r"bytes, and|has SHA-256"):
        serializer.load(tmp_path / "m.json")
    assert TRIPPED == []
    serializer.save([Trap()], tmp_path / "m.json", method)
    serializer.load(tmp_path / "m.json")
    assert TRIPPED == ["unpickled"], "the trap works"


def test_another_file_with_its_own_right_metadata_is_refused_by_the_hash_known_elsewhere(
    tmp_path: Path,
) -> None:
    wanted = serializer.save("good", tmp_path / "m.json").sha256
    TRIPPED.clear()
    serializer.save(Trap(), tmp_path / "m.json")
    with pytest.raises(IntegrityError, match="the caller says"):
        serializer.load(tmp_path / "m.json", expected_sha256=wanted)
    with pytest.raises(IntegrityError, match="the caller says"):
        serializer.verify(tmp_path / "m.json", expected_sha256=wanted)
    assert TRIPPED == []


def test_an_unknown_method_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SerializerError, match=r"'dill' is unknown; allowed: cloudpickle, joblib"):
        serializer.save(1, tmp_path / "m.json", "dill")
    assert list(tmp_path.iterdir()) == []
    serializer.save(1, tmp_path / "m.json")
    _edit(tmp_path / "m.json", method="dill")
    with pytest.raises(SerializerError, match="'dill' is unknown"):
        serializer.load(tmp_path / "m.json")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"file": "../m.pickle"}, "not beside it"),
        ({"file": "gone.pickle"}, "gone.pickle', which is not beside it"),
        ({"file": "folder"}, "'folder', which is not beside it"),
        ({"file": "pipe"}, "'pipe', which is not beside it"),
        ({"file": "n" * 5_000}, "File name too long"),
        ({"file": "\0"}, "which is not beside it"),
        ({"file": None}, "file is no str"),
        ({"sha256": None}, "sha256 is no str"),
        ({"size": None}, "size is no int"),
        ({"python": 3}, "python is no str"),
        ({"format": 2}, "has format 2; this version reads 1"),
        ({"surprise": 1}, "not a serializer's metadata file"),
        ({"python": "3.9.1"}, "under Python 3.9.1"),
        ({"sha256": "0" * 64}, f"says {'0' * 64}"),
    ],
)
def test_metadata_that_cannot_be_right_is_refused(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    serializer.save(1, tmp_path / "m.json")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    _edit(tmp_path / "m.json", **change)
    with pytest.raises(SerializerError, match=message):
        serializer.load(tmp_path / "m.json")


def test_missing_or_torn_metadata_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="does not exist"):
        serializer.load(tmp_path / "m.json")
    for torn in ('{"method": "pic', "[" * 200_000, "null", ""):
        (tmp_path / "m.json").write_text(torn)
        with pytest.raises(IntegrityError, match="not a serializer's metadata file"):
            serializer.load(tmp_path / "m.json")
    with pytest.raises(IntegrityError, match="not a serializer's metadata file"):
        serializer.load(tmp_path)


def test_an_object_that_cannot_be_pickled_leaves_the_earlier_one(tmp_path: Path) -> None:
    serializer.save("earlier", tmp_path / "m.json", Method.PICKLE)
    with pytest.raises((pickle.PicklingError, AttributeError)):
        serializer.save([b"x" * 2_000_000, lambda: None], tmp_path / "m.json", Method.PICKLE)
    assert serializer.load(tmp_path / "m.json") == "earlier"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("calls", range(2))
def test_a_full_disk_leaves_the_earlier_object_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    """Full at the data, or at the metadata."""
    left, real = [calls], os.fsync

    def full(descriptor: int) -> None:
        if left[0] == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left[0] -= 1
        real(descriptor)

    serializer.save("earlier", tmp_path / "m.json")
    before = sorted(tmp_path.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for again in ("new", "earlier"):
            with pytest.raises(OSError, match="No space left"):
                serializer.save(again, tmp_path / "m.json")
            left[0] = calls
    assert sorted(tmp_path.iterdir()) == before
    assert serializer.load(tmp_path / "m.json") == "earlier"


@pytest.mark.parametrize("calls", range(5))
def test_whoever_is_killed_leaves_the_earlier_object_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    """Killed before the first, second, … of all that touches the disk's order."""

    class Killed(BaseException):
        pass

    left = [calls]

    def dying(real: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return real(*arguments, **named)

        return call

    serializer.save("earlier", tmp_path / "m.json")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", dying(os.fsync))
        patch.setattr(Path, "rename", dying(Path.rename))
        try:
            serializer.save("new", tmp_path / "m.json")
            ended = True
        except Killed:
            ended = False
    assert ended == (calls > 4), "there are five such calls"
    assert serializer.load(tmp_path / "m.json") == ("new" if calls >= 4 else "earlier")
    serializer.save("after", tmp_path / "m.json")
    assert serializer.load(tmp_path / "m.json") == "after"


def _edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
