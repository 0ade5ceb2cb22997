"""A stack's own resources, as the estimate has them from the files of the CLI."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from policies.estimate.command import resources_of
from policies.model import SECRET_SIGNATURE, SIGNATURE, UNKNOWN, Provider
from policies.snapshot import InputError

if TYPE_CHECKING:
    from pathlib import Path

PARENT = "urn:pulumi:prod::mlops::mlops:compute:ClusterPolicy::compute"
POOL = (
    "urn:pulumi:prod::mlops::mlops:compute:ClusterPolicy$"
    "databricks:index/instancePool:InstancePool::compute-pool"
)
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def pool(**changes: Any) -> dict[str, Any]:
    return {
        "urn": POOL,
        "custom": True,
        "type": "databricks:index/instancePool:InstancePool",
        "inputs": {"maxCapacity": 4.0, "nodeTypeId": UNKNOWN_STRING},
        "id": "0123-pool",
        "outputs": {"state": "ACTIVE"},
        "parent": PARENT,
        "protect": True,
        "provider": "urn:pulumi:prod::mlops::pulumi:providers:databricks::workspace::17",
        "propertyDependencies": {"nodeTypeId": [PARENT]},
        **changes,
    }


def step(op: str, new: dict[str, Any] | None) -> dict[str, Any]:
    return {"op": op, "urn": (new or pool())["urn"], "newState": new}


def written(folder: Path, document: Any) -> Path:
    path = folder / "file.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def forms(state: dict[str, Any]) -> list[dict[str, Any]]:
    """The same resource as a preview, an exported state and a backend's checkpoint."""
    return [
        {"steps": [step("create", state)], "changeSummary": {"create": 1}},
        {"version": 3, "deployment": {"resources": [state]}},
        {"version": 3, "checkpoint": {"latest": {"resources": [state]}}},
    ]


@pytest.mark.parametrize("form", range(3))
def test_each_form_gives_the_same_resource(tmp_path: Path, form: int) -> None:
    (resource,) = resources_of(written(tmp_path, forms(pool())[form]))
    assert (resource.urn, resource.name) == (POOL, "compute-pool")
    assert resource.type == "databricks:index/instancePool:InstancePool"
    assert resource.props == {"maxCapacity": 4, "nodeTypeId": UNKNOWN}
    assert resource.outputs == {"id": "0123-pool", "state": "ACTIVE"}
    assert resource.options.parent == PARENT
    assert resource.options.protect
    assert resource.provider == Provider("pulumi:providers:databricks", "workspace")
    assert resource.dependencies == {"nodeTypeId": [PARENT]}


@pytest.mark.parametrize("form", range(3))
def test_a_hidden_secret_is_unknown_and_a_shown_one_is_marked(tmp_path: Path, form: int) -> None:
    envelope = {SIGNATURE: SECRET_SIGNATURE}
    inputs = {
        "encrypted": {**envelope, "ciphertext": "v1:abc"},
        "blinded": ["[secret]"],
        "shown": {**envelope, "plaintext": '{"key": "hunter22"}'},
    }
    (resource,) = resources_of(written(tmp_path, forms(pool(inputs=inputs))[form]))
    assert resource.get("encrypted") is UNKNOWN
    assert resource.get("blinded") == [UNKNOWN]
    assert resource.get("shown.key") == "hunter22"
    assert resource.secrets == {"hunter22"}


def test_a_preview_has_what_there_will_be(tmp_path: Path) -> None:
    """A replacement counts once and with its new inputs; what is deleted does not count."""
    gone = pool(urn=POOL + "-gone")
    steps = [
        step("create-replacement", pool(inputs={"maxCapacity": 1})),
        step("replace", pool(inputs={"maxCapacity": 2})),
        step("delete-replaced", None),
        step("delete", gone),
        step("read", pool(urn=POOL + "-read", external=True)),
    ]
    (resource,) = resources_of(written(tmp_path, {"steps": steps}))
    assert resource.props == {"maxCapacity": 2}


def test_a_state_has_neither_what_is_being_deleted_nor_what_is_only_read(tmp_path: Path) -> None:
    held = [pool(delete=True), pool(external=True)]
    assert resources_of(written(tmp_path, {"deployment": {"resources": held}})) == []


def test_an_empty_state_has_no_resources(tmp_path: Path) -> None:
    assert resources_of(written(tmp_path, {"version": 3, "deployment": {}})) == []


def test_a_preview_without_its_unchanged_resources_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, {"steps": [step("same", pool())], "changeSummary": {"same": 115}})
    with pytest.raises(InputError, match=r"leaves out 114 .* --show-sames"):
        resources_of(path)


def test_a_preview_that_broke_off_is_refused_with_its_reason(tmp_path: Path) -> None:
    diagnostics = [
        {"message": "warning: old CLI", "severity": "warning"},
        {"message": "error: could not read plugin\n", "severity": "error"},
        {"message": "error: preview failed\n", "severity": "error"},
    ]
    document = {"steps": [step("create", pool())], "diagnostics": diagnostics}
    with pytest.raises(InputError, match=r"preview that failed: could not read plugin$"):
        resources_of(written(tmp_path, document))
    # A broken policy rule leaves nothing out, and is why somebody wants a report.
    document["diagnostics"] = diagnostics[2:]
    assert len(resources_of(written(tmp_path, document))) == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"steps": 1}', '{"deployment": 1}'])
def test_another_file_is_refused_with_what_to_run(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match="pulumi stack export"):
        resources_of(written(tmp_path, content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.json cannot be read"):
        resources_of(tmp_path / "absent.json")
