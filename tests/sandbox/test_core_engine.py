"""The stand-in providers under the real engine, from the first preview to recovery from a crash."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox.__main__ import main
from tests.sandbox.engine_runs import Run
from tests.sandbox.providers import BIN, GROUP, SUBNET, VNET

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.state import Cloud

pytestmark = pytest.mark.engine


@pytest.fixture
def run(tmp_path: Path, cloud: Cloud) -> Run:
    assert not cloud.all()
    return Run(tmp_path)


def test_a_stack_lives_from_its_first_preview_to_its_end(run: Run, cloud: Cloud) -> None:
    assert run.preview() == {"to create": 4}
    assert not cloud.all(), "a preview creates nothing"
    assert run.up() == {"created": 4}
    assert run.up() == {"unchanged": 4}
    assert run.refresh() == {"unchanged": 4}
    run.given["tags"] = {"owner": "platform"}
    assert run.up() == {"updated": 2, "unchanged": 2}
    assert run.destroy() == {"deleted": 4}
    assert not cloud.all()


def test_drift_made_behind_the_stacks_back_is_found_and_undone(run: Run, cloud: Cloud) -> None:
    run.up()
    (network,) = cloud.all(VNET)
    assert main(["change", network.id, "tags.env=hacked"]) == 0
    assert run.refresh() == {"updated": 1, "unchanged": 3}
    assert run.up() == {"updated": 1, "unchanged": 3}
    (network,) = cloud.all(VNET)
    assert network.outputs["tags"] == {"env": "dev"}


def test_what_disappeared_is_found_and_made_again(run: Run, cloud: Cloud) -> None:
    run.up()
    (subnet,) = cloud.all(SUBNET)
    assert main(["remove", subnet.id]) == 0
    assert run.refresh() == {"deleted": 1, "unchanged": 3}
    assert run.up() == {"created": 1, "unchanged": 3}
    assert [made.id for made in cloud.all(SUBNET)] == [subnet.id]


def test_a_new_location_replaces_the_group_and_what_is_in_it(run: Run, cloud: Cloud) -> None:
    run.up()
    run.given["location"] = "westus2"
    assert run.up() == {"replaced": 3, "unchanged": 1}
    (group,) = cloud.all(GROUP)
    assert group.outputs["location"] == "westus2"
    assert len(cloud.all()) == 3, "nothing of the old ones is left"


def test_a_nested_typo_fails_the_preview_with_the_fix(run: Run) -> None:
    run.given["prefixes"] = "adressPrefixes"
    words = run.failed("preview")
    assert "'addressSpace.adressPrefixes' is not a valid property" in words
    assert "Did you mean 'addressPrefixes'?" in words


def test_a_secret_is_encrypted_in_the_state(run: Run, cloud: Cloud) -> None:
    run.given["secret"] = "hush-hush"  # noqa: S105 - a tag's value, to be kept secret
    run.up()
    assert "hush-hush" not in run.exported()
    assert cloud.all(GROUP)[0].outputs["tags"]["key"] == "hush-hush"


def test_throttling_heals_without_the_user_noticing(run: Run) -> None:
    main(["fault", "add", "--status", "429", "--times", "3", "--retry-after", "0.01"])
    assert run.up() == {"created": 4}


def test_a_provider_that_crashed_leaves_what_it_made_to_be_imported(run: Run, cloud: Cloud) -> None:
    main(["fault", "add", "--type", VNET, "--op", "create", "--crash", "after"])
    run.failed("up", "--yes", "--skip-preview")
    (network,) = cloud.all(VNET)
    again = run.failed("up", "--yes", "--skip-preview")
    assert "already existing" in again, "Azure made it, the engine did not learn of it"
    run.given["import network"] = network.id
    assert run.up()["imported"] == 1
    del run.given["import network"]
    assert run.up() == {"unchanged": 4}
    assert len(cloud.all()) == 3, "nothing was made twice"


@pytest.mark.parametrize("moment", ["engine-before", "engine-after"])
def test_a_run_killed_around_a_create_is_recovered_without_making_anything_twice(
    run: Run, cloud: Cloud, moment: str
) -> None:
    main(["fault", "add", "--type", VNET, "--op", "create", "--crash", moment])
    run.failed("up", "--yes", "--skip-preview")
    made = cloud.all(VNET)
    assert len(made) == (moment == "engine-after")

    run.command("cancel", "--yes")
    repaired = subprocess.run(
        [sys.executable, "-m", "sandbox", "recover"],
        cwd=BIN.parents[1], input=run.exported(), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    run.command("stack", "import", given=repaired)
    assert run.refresh() == {"unchanged": 3 if made else 2}
    rest = {"created": 1, "unchanged": 3} if made else {"created": 2, "unchanged": 2}
    assert run.up() == rest
    assert run.up() == {"unchanged": 4}
    assert len(cloud.all()) == 3


def test_a_resource_made_elsewhere_is_imported(run: Run, cloud: Cloud, tmp_path: Path) -> None:
    run.up()
    (group,) = cloud.all(GROUP)
    (tmp_path / "other").mkdir()
    other = Run(tmp_path / "other", {"import group": group.id})
    assert other.up() == {"created": 1, "imported": 1}
    assert other.up() == {"unchanged": 2}
