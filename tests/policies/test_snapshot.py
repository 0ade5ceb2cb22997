"""What the report reads of a preview and of a state file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from policies.model import SECRET_SIGNATURE, SIGNATURE, UNKNOWN, Provider
from policies.snapshot import InputError, Snapshot, read
from tests.policies.compliant import compliant
from tests.policies.harness import UNKNOWN_STRING, Secret, urn
from tests.policies.states import preview, state

if TYPE_CHECKING:
    from policies.declared import Declared

ENCRYPTED = {SIGNATURE: SECRET_SIGNATURE, "ciphertext": "v1:abc"}
SHOWN = {SIGNATURE: SECRET_SIGNATURE, "plaintext": json.dumps({"owner": "hush-hush"})}


def of(document: Any) -> Snapshot:
    return read(json.dumps(document), "file.json")


def one(document: Any, name: str = "lake") -> Declared:
    return next(item for item in of(document).resources if item.resource.name == name)


def with_props(**props: Any) -> dict[str, Any]:
    document = state(compliant().values())
    lake = next(r for r in document["deployment"]["resources"] if r["urn"].endswith("::lake"))
    lake["inputs"] |= props
    return document


def test_a_state_gives_inputs_outputs_options_and_provider() -> None:
    lake = one(with_props(minimumTlsVersion="TLS1_0"))
    assert lake.resource.props["minimumTlsVersion"] == "TLS1_0"
    assert lake.in_stack().outputs["minimumTlsVersion"] == "TLS1_2"
    assert lake.resource.options.protect
    assert lake.resource.provider == Provider("pulumi:providers:azure-native", "explicit")
    assert of(state(compliant().values())).stack == "prod"


def test_order_and_timeouts_are_read_too() -> None:
    document = state(compliant().values())
    lake = next(r for r in document["deployment"]["resources"] if r["urn"].endswith("::lake"))
    lake |= {"dependencies": ["urn:a"], "customTimeouts": {"create": 1800}}
    found = one(document)
    assert found.resource.options.create_seconds == 1800
    provider = urn("pulumi:providers:azure-native", "explicit")
    assert found.waits_for == ["urn:a", provider]
    root = {"urn": urn("pulumi:pulumi:Stack", "mlops-prod"), "type": "pulumi:pulumi:Stack"}
    assert of(document).urn == document["deployment"]["resources"][0]["urn"]
    document["deployment"]["resources"].append(root)
    assert of(document).urn == root["urn"]


def test_an_encrypted_secret_is_unknown_and_a_shown_one_is_never_repeated() -> None:
    assert one(with_props(tags=ENCRYPTED)).resource.props["tags"] is UNKNOWN
    shown = one(with_props(tags=SHOWN)).resource
    assert shown.props["tags"] == {"owner": "hush-hush"}
    assert shown.secrets == {"hush-hush"}


def test_in_a_preview_a_masked_secret_is_unknown() -> None:
    document = preview([compliant()["lake"].with_value("tags.owner", "[secret]")])
    assert one(document).resource.props["tags"]["owner"] is UNKNOWN


def test_a_preview_knows_of_outputs_what_the_inputs_say() -> None:
    seen = one(preview(compliant().values())).in_stack()
    assert seen.outputs.get("accountName") == "mlopsprodlake"
    assert seen.outputs.get("id") is UNKNOWN
    unknown = preview([compliant()["lake"].with_value("accountName", UNKNOWN_STRING)])
    assert one(unknown).resource.props["accountName"] is UNKNOWN


def test_what_a_preview_leaves_as_it_is_keeps_the_outputs_it_has() -> None:
    document = preview(compliant().values(), op="same")
    for step in document["steps"]:
        step["oldState"] = step["newState"] | {"outputs": {"id": "/known"}}
    assert one(document).in_stack().outputs == {"id": "/known"}


@pytest.mark.parametrize("op", ["delete", "delete-replaced", "discard"])
def test_what_a_preview_removes_is_not_judged(op: str) -> None:
    document = preview(compliant().values())
    document["steps"][-1]["op"] = op
    name = document["steps"][-1]["urn"].rpartition("::")[2]
    assert name not in {item.resource.name for item in of(document).resources}


def test_a_replaced_resource_is_judged_once_as_it_will_be() -> None:
    document = preview([compliant()["lake"]], op="create-replacement")
    old = json.loads(json.dumps(document["steps"][-1])) | {"op": "delete-replaced"}
    document["steps"].append(old | {"newState": None, "oldState": old["newState"]})
    assert [item.resource.name for item in of(document).resources].count("lake") == 1


def test_a_resource_pending_deletion_is_not_judged() -> None:
    document = state(compliant().values())
    document["deployment"]["resources"][-1]["delete"] = True
    assert len(of(document).resources) == len(document["deployment"]["resources"]) - 1


def test_a_checkpoint_of_a_file_backend_is_a_state_too() -> None:
    document = state(compliant().values())
    checkpoint = {"version": 3, "checkpoint": {"latest": document["deployment"]}}
    assert len(of(checkpoint).resources) == len(of(document).resources)


@pytest.mark.parametrize(
    ("positions", "expected"),
    [
        (["project:///components/x.py#12"], ("components/x.py", 12)),
        (["project:///../../components/x.py#12"], ("components/x.py", 12)),
        (
            ["project:///.venv/lib/site-packages/sdk.py#1", "project:///__main__.py#7"],
            ("__main__.py", 7),
        ),
        (["/elsewhere/x.py#1", None], ("", 0)),
    ],
)
def test_the_place_is_the_innermost_one_in_the_projects_own_files(
    positions: list[str | None], expected: tuple[str, int]
) -> None:
    document = state([compliant()["lake"]])
    lake = document["deployment"]["resources"][-1]
    lake["sourcePosition"] = positions[0]
    lake["stackTrace"] = [{"sourcePosition": each} if each else {} for each in positions]
    assert one(document).place == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is not one JSON document"),
        ('{"a": 1}\n{"b": 2}', "is not one JSON document"),
        ("[]", "is neither what pulumi preview --json writes"),
        ('{"version": 3}', "is neither what pulumi preview --json writes"),
        ('{"deployment": {"resources": null}}', "has no resources; there is nothing to judge"),
        ('{"steps": []}', "has no resources; there is nothing to judge"),
        ('{"deployment": {"resources": [{"type": "a"}]}}', "is damaged: KeyError 'urn'"),
        ('{"deployment": {"resources": [3]}}', "is damaged: AttributeError"),
        (
            '{"steps": [], "diagnostics": [{"severity": "error", "message": "boom\\n"}]}',
            "is of a preview that failed: boom",
        ),
        ('{"steps": null}', "has no resources"),
        ("[" * 5000, "is nested too deeply to be read"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_the_command_that_helps(
    text: str, complaint: str
) -> None:
    with pytest.raises(InputError) as refused:
        read(text, "file.json")
    assert complaint in str(refused.value)
    assert "file.json" in str(refused.value)


def test_a_value_nested_beyond_reason_is_refused_with_the_file_s_name() -> None:
    deep: list[Any] = []
    for _ in range(600):  # few enough for JSON, and too many to be taken apart
        deep = [deep]
    with pytest.raises(InputError, match=r"file\.json is nested too deeply"):
        of(with_props(tags=deep))
    shown = {SIGNATURE: SECRET_SIGNATURE, "plaintext": "[" * 5000}
    with pytest.raises(InputError, match=r"file\.json is nested too deeply"):
        of(with_props(tags=shown))


def test_a_preview_that_a_pack_refused_is_judged_all_the_same() -> None:
    document = preview(compliant().values())
    document["diagnostics"] = [{"severity": "error", "message": "error: preview failed\n"}]
    assert len(of(document).resources) == len(document["steps"])


def test_a_preview_that_hides_unchanged_resources_is_refused() -> None:
    document = preview(compliant().values(), op="same", shown=False)
    with pytest.raises(InputError, match=r"leaves out \d+ unchanged resources.*--show-sames"):
        of(document)


def test_secrets_of_the_wire_are_read_as_before() -> None:
    graph = [compliant()["lake"].with_value("tags", Secret({"owner": "hush"}))]
    assert one(state(graph)).resource.props["tags"] == {"owner": "hush"}
