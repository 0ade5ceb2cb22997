"""Models: an archived version comes back once, whatever happens on the way."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mlflow import artifacts

from company_ml.adapters.fakes import FakeAudit, FakeClock, FakeRegistry
from company_ml.adapters.mlflow_registry import MlflowRegistry
from company_ml.audit import Outcome
from company_ml.recovery.core import RESTORED_FROM, NotRetainedError
from company_ml.recovery.models import World, restore

if TYPE_CHECKING:
    from collections.abc import Callable

    from company_ml.ports import ModelVersion

ARCHIVED = "ml_models_catalog.archived_models.churn"
TARGET = "ml_models_catalog.production_models.churn"


class Killed(BaseException):
    """The run ended here."""


class Dying:
    """A world whose every call may be its last."""

    def __init__(self, dies_at: int) -> None:
        self.left = dies_at

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed

    def mortal(self, inner: object) -> object:
        step = self.step

        class Port:
            def __getattr__(self, name: str) -> object:
                attribute = getattr(inner, name)

                def call(*args: object, **kwargs: object) -> object:
                    step()
                    answer = attribute(*args, **kwargs)
                    step()
                    return answer

                return call

        return Port()


def archive() -> tuple[FakeRegistry, ModelVersion]:
    registry = FakeRegistry()
    for _ in range(2):
        registry.add(TARGET)
    registry.set_alias(TARGET, "champion", "2")
    return registry, registry.add(ARCHIVED, source="runs:/1/model", tags={"pii": "false"})


def test_a_restore_killed_at_each_boundary_ends_like_one_that_was_not() -> None:
    boundary, died = 0, True
    while died:
        boundary += 1
        registry, archived = archive()
        audit, released = FakeAudit(), list[str]()
        dying = Dying(boundary)

        def world(dying: Dying | None) -> World:
            ports = [registry, audit]  # noqa: B023 - used at once
            if dying is not None:
                ports = [dying.mortal(port) for port in ports]
            return World(
                registry=ports[0], audit=ports[1], clock=FakeClock(), actor="ada",  # type: ignore[arg-type]
                loads=lambda _: None,
            )  # fmt: skip

        def release(version: ModelVersion) -> None:
            released.append(version.version)  # noqa: B023 - used at once

        try:
            restore(archived, TARGET, "r-1", world(dying), release=release)
            died = False
        except Killed:
            pass
        restored = restore(archived, TARGET, "r-1", world(None), release=release)
        assert restored.version == "3"
        assert (restored.aliases, restored.tags["pii"]) == (("champion",), "false")
        assert restored.tags[RESTORED_FROM] == archived.uri
        assert len(registry.versions(TARGET)) == 3, "never a second copy"
        assert {record.id for record in audit.records()} == {r.id for r in audit.kept}
        assert [r.action.rsplit(".", 1)[1] for r in audit.records()] == ["copy", "release", "alias"]
    assert boundary > 10


def test_a_copy_without_its_tag_is_recognised_by_its_source() -> None:
    registry, archived = archive()
    registry.add(TARGET, source=archived.uri)
    world = World(
        registry=registry, audit=FakeAudit(), clock=FakeClock(), actor="ada", loads=lambda _: None
    )
    assert restore(archived, TARGET, "r-1", world).version == "3"
    assert registry.version(TARGET, "3").tags[RESTORED_FROM] == archived.uri


def test_a_copy_that_never_got_its_files_is_discarded() -> None:
    registry, archived = archive()
    broken = registry.add(TARGET, source=archived.uri)
    registry.kept[TARGET][broken.version] = replace(broken, ready=False)
    world = World(
        registry=registry, audit=FakeAudit(), clock=FakeClock(), actor="ada", loads=lambda _: None
    )
    assert restore(archived, TARGET, "r-1", world).version == "4"
    assert [each.version for each in registry.versions(TARGET)] == ["1", "2", "4"]


def test_a_release_that_fails_leaves_the_alias_where_it_was() -> None:
    registry, archived = archive()
    world = World(
        registry=registry, audit=FakeAudit(), clock=FakeClock(), actor="ada", loads=lambda _: None
    )

    def release(version: ModelVersion) -> None:
        raise RuntimeError(f"version {version.version} was rolled back")

    with pytest.raises(RuntimeError, match="version 3 was rolled back"):
        restore(archived, TARGET, "r-1", world, release=release)
    champion = registry.by_alias(TARGET, "champion")
    assert champion is not None
    assert champion.version == "2"


def test_an_archived_version_whose_files_are_gone_is_refused() -> None:
    registry, archived = archive()
    audit = FakeAudit()

    def loads(uri: str) -> None:
        raise FileNotFoundError(uri)

    world = World(registry=registry, audit=audit, clock=FakeClock(), actor="ada", loads=loads)
    with pytest.raises(NotRetainedError, match="cannot be loaded any more"):
        restore(archived, TARGET, "r-1", world)
    assert len(registry.versions(TARGET)) == 2
    assert [record.outcome for record in audit.records()] == [Outcome.REFUSED]


@pytest.mark.mlflow
def test_a_version_comes_back_in_a_real_registry(
    mlflow_uri: str, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    archived_name = f"ml_models_catalog.archived_models.{fresh('churn')}"
    target = archived_name.replace("archived", "production")
    script = Path(__file__).parents[1] / "release" / "tiny_models.py"
    subprocess.run(
        [sys.executable, script, mlflow_uri, archived_name, tmp_path],
        check=True, capture_output=True,
    )  # fmt: skip
    registry = MlflowRegistry(mlflow_uri, mlflow_uri)
    world = World(
        registry=registry, audit=FakeAudit(), clock=FakeClock(), actor="ada",
        loads=lambda uri: _fetched(uri, tmp_path),
    )  # fmt: skip
    archived = registry.version(archived_name, "2")
    restore(archived, target, "r-1", world)
    restored = restore(archived, target, "r-1", world)
    assert (restored.version, restored.aliases) == ("1", ("champion",))
    assert restored.source == archived.uri
    assert restored.run_id == archived.run_id


def _fetched(uri: str, folder: Path) -> None:
    """Loading would import MLflow's flavours, which warn about themselves; the files are enough."""
    found = artifacts.download_artifacts(uri, dst_path=str(folder / uri.replace("/", "_")))
    assert (Path(found) / "MLmodel").is_file()
