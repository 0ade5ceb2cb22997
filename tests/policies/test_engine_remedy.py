"""Remedies as the real engine applies them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.policies.project import Project

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.engine

TAGS = {"env": "prod", "owner": "me", "cost-center": "1", "project": "p"}
PROGRAM = f"""
import pulumi
import pulumi_azure_native as azure

group = azure.resources.ResourceGroup(
    "group", resource_group_name="g", location="eastus2", tags={TAGS!r}
)
account = azure.storage.StorageAccount(
    "lake",
    account_name="remediedlake",
    resource_group_name=group.name,
    location="eastus2",
    kind="StorageV2",
    sku=azure.storage.SkuArgs(name="Standard_LRS"),
    minimum_tls_version="TLS1_0",
    allow_blob_public_access=True,
    allow_shared_key_access=False,
    public_network_access="Disabled",
    network_rule_set=azure.storage.NetworkRuleSetArgs(default_action="Deny"),
    tags={{**{TAGS!r}, "note": pulumi.Output.secret("hush-hush")}},
    opts=pulumi.ResourceOptions(protect=False),
)
"""
REMEDIES = {
    "sec-14-storage-encrypted-transport": {"enforcementLevel": "remediate"},
    "sec-15-storage-no-anonymous-blobs": {"enforcementLevel": "remediate"},
    "cost-01-azure-tags": {
        "enforcementLevel": "remediate",
        "remedyTags": {"data-class": "internal", "owner": "nobody"},
    },
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.make(PROGRAM)
    return project


def test_a_remedied_resource_is_created_right_and_stays_as_it_is(project: Project) -> None:
    judged = project.judged(REMEDIES)
    up = ("up", "--yes", "--skip-preview", "--stack", "prod", *judged)

    printed = project.pulumi(*up)

    assert "sec-14-storage-encrypted-transport" in printed
    account = project.resource("lake")
    for side in ("inputs", "outputs"):
        assert account[side]["minimumTlsVersion"] == "TLS1_2"
        assert account[side]["allowBlobPublicAccess"] is False
        tags = account[side]["tags"]
        # The whole of tags is secret in outputs where one of them is.
        if "ciphertext" not in tags:
            assert tags["data-class"] == "internal"
            assert tags["owner"] == "me"
            assert "ciphertext" in tags["note"]
    assert "hush-hush" not in json.dumps(account) + printed
    assert project.resource("group")["inputs"]["tags"]["data-class"] == "internal"
    project.pulumi(*up, "--expect-no-changes")


def test_a_preview_says_what_a_remedy_would_do_and_finds_nothing_left(project: Project) -> None:
    printed = project.pulumi(
        "preview", "--stack", "prod", "--show-policy-remediations", *project.judged(REMEDIES)
    )
    assert "[remediate]  sec-14-storage-encrypted-transport" in printed
    assert "[diff: ~minimumTlsVersion]" in printed
    assert "[mandatory]" not in printed


def test_what_a_remedy_leaves_wrong_stops_the_update(project: Project) -> None:
    # There is no value for data-class, so the tag stays missing.
    settings = REMEDIES | {"cost-01-azure-tags": {"enforcementLevel": "remediate"}}
    printed = project.pulumi(
        *("up", "--yes", "--skip-preview", "--stack", "prod"),
        *project.judged(settings),
        expected=None,
    )
    assert "[mandatory] [severity: medium]  cost-01-azure-tags" in printed
    assert "tags lacks data-class" in printed
    assert "lake" not in project.pulumi("stack", "export", "--stack", "prod")


def test_remediation_of_a_rule_without_a_remedy_is_refused(project: Project) -> None:
    settings = {"sec-03-workspace-no-public-ip": {"enforcementLevel": "remediate"}}
    printed = project.pulumi("preview", "--stack", "prod", *project.judged(settings), expected=None)
    assert "this rule has no remedy; use 'mandatory'" in printed
