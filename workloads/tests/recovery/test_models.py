"""Models: an archived version comes back once, whatever happens on the way."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.chaos.lifecycle import ARCHIVED, Archive
from tests.test_promotion import PRODUCTION

from company_ml import cli
from company_ml.adapters.fakes import FakeAudit, FakeClock
from company_ml.adapters.mlflow_registry import MlflowRegistry
from company_ml.adapters.model_files import MlflowModelFiles
from company_ml.audit import Outcome
from company_ml.ports import NotFoundError
from company_ml.recovery import model_job
from company_ml.recovery.archiving import Guards, Order, archive
from company_ml.recovery.core import RESTORED_FROM, NotRetainedError, RefusedError
from company_ml.recovery.models import World, restore
from environments import write_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from company_ml.ports import ModelVersion


@pytest.fixture
def place() -> Archive:
    """Production's version 1 of three is in the archive."""
    place = Archive()
    place.archive()
    return place


def numbers(place: Archive, name: str) -> list[str]:
    return [version.version for version in place.registry.versions(name)]


def test_what_is_archived_and_restored_is_what_there_was() -> None:
    place = Archive()
    before = place.registry.version(PRODUCTION, "1")
    kept = place.archive()
    assert (kept.name, kept.version, kept.run_id) == (ARCHIVED, "1", before.run_id)
    assert dict(kept.tags) == {
        **before.tags, "archived_from": before.uri, "archived_reason": "replaced",
        "archived_sha256": kept.tags["archived_sha256"],
    }  # fmt: skip
    assert numbers(place, PRODUCTION) == ["2", "3"]
    back = place.restore()
    assert (back.version, back.aliases, back.run_id) == ("4", ("champion",), before.run_id)
    assert dict(back.tags) == {
        **before.tags, RESTORED_FROM: kept.uri, "replaced_champion": "3",
    }  # fmt: skip
    assert [(each.action, each.object, each.version) for each in place.audit.kept] == [
        ("recovery.model.archive.copy", ARCHIVED, "1"), ("recovery.model.archive", PRODUCTION, "1"),
        ("recovery.model.copy", PRODUCTION, "4"), ("recovery.model.alias", PRODUCTION, "4"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "served", "why"),
    [
        (lambda place: place.registry.set_alias(PRODUCTION, "old", "1"), "3", "aliased"),
        (lambda _: None, "1", "served"),
        (lambda place: place.registry.set_tag(PRODUCTION, "1", "retention_hold", "case 7"), "3",
         "on hold"),
        (lambda place: place.registry.kept[PRODUCTION].update(
            {"1": replace(place.registry.version(PRODUCTION, "1"), ready=False)}), "3",
         "unfinished"),
    ],
)  # fmt: skip
def test_what_is_in_use_or_on_hold_stays(
    change: Callable[[Archive], None], served: str, why: str
) -> None:
    place = Archive()
    change(place)
    with pytest.raises(RefusedError, match=f"is {why}: it stays"):
        place.archive(served=served)
    assert numbers(place, PRODUCTION) == ["1", "2", "3"]
    assert numbers(place, ARCHIVED) == []
    assert [(each.outcome, each.details["detail"]) for each in place.audit.kept] == [
        (Outcome.REFUSED, why)
    ]


def test_what_gets_an_alias_while_it_is_copied_stays() -> None:
    place = Archive()
    digests = place.files.digests

    def slowly(uri: str) -> object:
        place.registry.set_alias(PRODUCTION, "challenger", "1")
        return digests(uri)

    place.files.digests = slowly  # type: ignore[method-assign] - to act in the middle
    with pytest.raises(RefusedError, match="is aliased"):
        place.archive()
    assert numbers(place, PRODUCTION) == ["1", "2", "3"]
    place.registry.delete_alias(PRODUCTION, "challenger")
    place.files.digests = digests  # type: ignore[method-assign]
    place.archive()
    assert (numbers(place, PRODUCTION), numbers(place, ARCHIVED)) == (["2", "3"], ["1"])


def test_a_copy_that_is_another_keeps_its_original() -> None:
    place = Archive()
    place.files.altered.add(f"models:/{ARCHIVED}/1")
    with pytest.raises(NotRetainedError, match="MLmodel differ"):
        place.archive()
    assert numbers(place, PRODUCTION) == ["1", "2", "3"]


def test_what_is_neither_there_nor_archived_is_named(place: Archive) -> None:
    with pytest.raises(NotFoundError, match=f"{PRODUCTION} has no version 9"):
        place.archive("9")
    half = place.registry.add(ARCHIVED, source=f"models:/{PRODUCTION}/8")
    with pytest.raises(NotFoundError, match="no complete copy"):
        place.archive("8")
    assert place.registry.version(ARCHIVED, half.version).ready


def test_a_copy_without_its_tag_is_recognised_by_its_source_and_completed(place: Archive) -> None:
    archived = place.registry.version(ARCHIVED, "1")
    place.registry.add(PRODUCTION, source=archived.uri, tags={"archived_from": "…"})
    back = place.restore()
    assert back.version == "4"
    assert (back.tags[RESTORED_FROM], back.tags["team"]) == (archived.uri, "crm")
    assert "archived_from" not in back.tags


def test_a_copy_that_never_got_its_files_is_discarded(place: Archive) -> None:
    archived = place.registry.version(ARCHIVED, "1")
    broken = place.registry.add(PRODUCTION, source=archived.uri)
    place.registry.kept[PRODUCTION][broken.version] = replace(broken, ready=False)
    assert place.restore().version == "5"
    assert numbers(place, PRODUCTION) == ["2", "3", "5"]


def test_a_release_that_fails_leaves_the_alias_where_it_was(place: Archive) -> None:
    def release(version: ModelVersion) -> None:
        raise RuntimeError(f"version {version.version} was rolled back")

    archived = place.registry.version(ARCHIVED, "1")
    with pytest.raises(RuntimeError, match="version 4 was rolled back"):
        restore(archived, PRODUCTION, "r-1", place.world, release=release)
    assert place.registry.aliases[PRODUCTION, "champion"] == "3"


def test_what_was_rolled_back_is_not_made_champion_by_a_restore(place: Archive) -> None:
    place.restore()
    place.registry.set_alias(PRODUCTION, "champion", "3")
    place.registry.set_tag(PRODUCTION, "4", "rolled_back", "complaints")
    with pytest.raises(RefusedError, match=r"was rolled back \(complaints\)"):
        place.restore()
    place.archive("4")
    with pytest.raises(RefusedError, match=r"was rolled back \(complaints\)"):
        place.restore("2")
    assert place.registry.aliases[PRODUCTION, "champion"] == "3"
    assert numbers(place, PRODUCTION) == ["2", "3"]


def test_a_version_goes_back_to_where_it_was_and_nowhere_past_the_gates(place: Archive) -> None:
    kept = place.registry.version(ARCHIVED, "1")
    place.registry.kept[ARCHIVED]["1"] = replace(
        kept, tags={**kept.tags, "archived_from": "models:/ml_models_catalog.dev_models.churn/1"}
    )
    for tags in (place.registry.version(ARCHIVED, "1").tags, {}):
        place.registry.kept[ARCHIVED]["1"] = replace(kept, tags=tags)
        with pytest.raises(RefusedError, match=r"was archived from .* and does not go to"):
            place.restore()
    assert numbers(place, PRODUCTION) == ["2", "3"]
    assert place.audit.kept[-1].outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("archived", "to", "message"),
    [
        ("dev_models.churn", "production_models.churn", "the archive of .*production_models.churn"),
        ("archived_models.fraud", "production_models.churn", "is .*archived_models.churn"),
        ("archived_models.churn", "archived_models.churn", "--to .*: the archive keeps "),
    ],
)
def test_only_what_the_archive_has_of_a_model_comes_back_to_it(
    archived: str, to: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = write_environment(tmp_path, "http://127.0.0.1:9")
    with pytest.raises(SystemExit) as ended:
        cli.main(["recover-model", "--environment", str(nowhere), "--correlation", "c",
                  "--archived", f"ml_models_catalog.{archived}", "--version", "1",
                  "--to", f"ml_models_catalog.{to}"])  # fmt: skip
    assert ended.value.code == cli.ExitCode.FAILED
    assert re.search(message, capsys.readouterr().err)


def test_what_may_not_come_back_ends_the_job_as_refused_and_what_is_gone_as_failed(
    place: Archive,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(model_job, "connect", lambda *_: place.world)
    nowhere = write_environment(tmp_path, "http://127.0.0.1:9")

    def ended() -> object:
        with pytest.raises(SystemExit) as found:
            cli.main(["recover-model", "--environment", str(nowhere), "--correlation", "c",
                      "--archived", ARCHIVED, "--version", "1", "--to", PRODUCTION])  # fmt: skip
        return found.value.code

    place.registry.set_tag(ARCHIVED, "1", "rolled_back", "complaints")
    assert ended() == cli.ExitCode.REFUSED
    assert "was rolled back (complaints)" in capsys.readouterr().out
    place.registry.delete_tag(ARCHIVED, "1", "rolled_back")
    place.files.altered.add(f"models:/{ARCHIVED}/1")
    assert ended() == cli.ExitCode.FAILED
    assert "not those that were archived" in capsys.readouterr().err


def test_an_archived_version_whose_files_are_gone_or_changed_is_refused(place: Archive) -> None:
    place.files.altered.add(f"models:/{ARCHIVED}/1")
    with pytest.raises(NotRetainedError, match="not those that were archived"):
        place.restore()

    def load(uri: str) -> None:
        raise FileNotFoundError(uri)

    place.files.load = load  # type: ignore[method-assign] - the files are gone
    with pytest.raises(NotRetainedError, match="cannot be loaded any more"):
        place.restore()
    assert numbers(place, PRODUCTION) == ["2", "3"]
    assert [record.outcome for record in place.audit.kept[-2:]] == [Outcome.REFUSED] * 2


class Files(MlflowModelFiles):
    """Loading would import MLflow's flavours, which warn about themselves: the files are enough."""

    def load(self, uri: str) -> None:
        assert "MLmodel" in self.digests(uri)


@pytest.mark.mlflow
def test_a_version_goes_and_comes_back_in_a_real_registry(
    mlflow_uri: str, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    name = f"ml_models_catalog.production_models.{fresh('churn')}"
    target = name.replace("production", "archived")
    script = Path(__file__).parents[1] / "release" / "tiny_models.py"
    subprocess.run([sys.executable, script, mlflow_uri, name, tmp_path],
                   check=True, capture_output=True)  # fmt: skip
    registry, files = MlflowRegistry(mlflow_uri, mlflow_uri), Files(mlflow_uri, mlflow_uri)
    world = World(registry=registry, files=files, audit=FakeAudit(), clock=FakeClock(), actor="ada")
    registry.set_tag(name, "2", "data_version", "17")
    before, content = registry.version(name, "2"), files.digests(f"models:/{name}/2")
    assert {"MLmodel", "model_2.py"} <= set(content)
    order = Order(name=name, version="2", target=target, reason="replaced", correlation="a-1")
    guards = Guards(endpoints=[], hold_tag="retention_hold")
    kept, again = (archive(order, world, guards) for _ in range(2))
    assert kept == again
    assert (kept.uri, files.digests(kept.uri)) == (f"models:/{target}/1", content)
    assert [each.version for each in registry.versions(name)] == ["1", "3"]
    back, again = (restore(kept, name, "r-1", world) for _ in range(2))
    assert back == again
    assert (back.version, back.aliases, back.run_id) == ("4", ("champion",), before.run_id)
    assert files.digests(back.uri) == content
    assert dict(back.tags) == {**before.tags, RESTORED_FROM: kept.uri}
