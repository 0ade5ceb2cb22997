"""Trouble on demand: what heals does, what does not reaches the user, a crash loses nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from sandbox.__main__ import main
from tests.sandbox.providers import BIN, GROUP, SUBNET, VNET, error_of, started

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.state import Cloud
    from tests.sandbox.providers import Answer, Client

INPUTS: dict[str, Any] = {"resourceGroupName": "rg", "location": "eastus2"}


def fault(*arguments: str) -> None:
    assert main(["fault", "add", "--type", GROUP, "--op", "create", *arguments]) == 0


@pytest.mark.parametrize("status", ["408", "429", "500", "502", "503", "504"])
def test_three_transient_faults_heal(azure: Client, status: str) -> None:
    fault("--status", status, "--times", "3", "--retry-after", "0.01")
    assert azure.create(GROUP, "rg", INPUTS).id


def test_persistent_throttling_reaches_the_user_with_what_to_do(
    azure: Client, cloud: Cloud
) -> None:
    fault("--status", "429", "--times", "99", "--retry-after", "0.01")
    with pytest.raises(grpc.RpcError) as caught:
        azure.create(GROUP, "rg", INPUTS)
    words = error_of(caught.value)
    assert 'Status=429 Code="TooManyRequests"' in words
    assert "run the same command again" in words
    assert not cloud.all()


def test_a_wait_asked_for_is_kept(azure: Client) -> None:
    fault("--status", "429", "--retry-after", "0.4")
    began = time.monotonic()
    azure.create(GROUP, "rg", INPUTS)
    assert time.monotonic() - began >= 0.4


def test_a_conflict_is_retried_only_where_the_real_provider_retries(azure: Client) -> None:
    fault("--status", "409", "--code", "AnotherOperationInProgress", "--retry-after", "0.01")
    assert azure.create(GROUP, "rg", INPUTS).id
    fault("--status", "409")
    with pytest.raises(grpc.RpcError) as caught:
        azure.create(GROUP, "other", {**INPUTS, "resourceGroupName": "other"})
    assert 'Status=409 Code="Conflict"' in error_of(caught.value)


def test_a_fault_strikes_after_those_it_skips_and_is_then_spent(azure: Client) -> None:
    fault("--status", "400", "--code", "Boom", "--skip", "1")
    outcomes: list[bool] = []
    for name in ("a", "b", "c"):
        try:
            azure.create(GROUP, name, {**INPUTS, "resourceGroupName": name})
            outcomes.append(True)
        except grpc.RpcError:
            outcomes.append(False)
    assert outcomes == [True, False, True]


def test_a_fault_of_another_type_or_operation_does_not_strike(azure: Client) -> None:
    main(["fault", "add", "--type", VNET, "--status", "400"])
    main(["fault", "add", "--type", GROUP, "--op", "delete", "--status", "400"])
    assert azure.create(GROUP, "rg", INPUTS).id


def test_a_delay_delays(azure: Client) -> None:
    fault("--delay", "0.3")
    began = time.monotonic()
    azure.create(GROUP, "rg", INPUTS)
    assert time.monotonic() - began >= 0.3


def test_a_crash_before_the_create_leaves_nothing(cloud: Cloud) -> None:
    fault("--crash", "before")
    with started("azure-native") as azure, pytest.raises(grpc.RpcError):
        azure.create(GROUP, "rg", INPUTS)
    assert not cloud.all()
    with started("azure-native") as azure:
        assert azure.create(GROUP, "rg", INPUTS).id


def test_a_crash_after_the_create_leaves_it_to_be_imported(cloud: Cloud) -> None:
    fault("--crash", "after")
    with started("azure-native") as azure, pytest.raises(grpc.RpcError):
        azure.create(GROUP, "rg", INPUTS)
    (record,) = cloud.all()
    with started("azure-native") as azure:
        with pytest.raises(grpc.RpcError) as caught:
            azure.create(GROUP, "rg", INPUTS)
        assert "pulumi import" in error_of(caught.value)
        assert azure.read(GROUP, "rg", record.id).inputs == INPUTS


def test_the_second_crash_of_two_is_the_second_create(cloud: Cloud) -> None:
    fault("--crash", "before", "--skip", "1")
    with started("azure-native") as azure:
        azure.create(GROUP, "rg", INPUTS)
        with pytest.raises(grpc.RpcError):
            azure.create(GROUP, "other", {**INPUTS, "resourceGroupName": "other"})
    assert [record.outputs["name"] for record in cloud.all()] == ["rg"]


def test_two_processes_create_at_once_without_losing_anything(
    cloud: Cloud, cloud_path: Path
) -> None:
    assert cloud_path.exists()
    count = 40

    def create(client: Client, prefix: str) -> None:
        for number in range(count):
            name = f"{prefix}{number}"
            client.create(GROUP, name, {**INPUTS, "resourceGroupName": name})

    with started("azure-native") as one, started("azure-native") as two:
        threads = [
            threading.Thread(target=create, args=(client, prefix))
            for client, prefix in ((one, "a"), (one, "b"), (two, "c"), (two, "d"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(cloud.all(GROUP)) == 4 * count


def test_changes_that_exclude_each_other_wait_their_turn(azure: Client, group: Answer) -> None:
    """Subnets of one network: the provider waits out AnotherOperationInProgress."""
    assert group.id
    network = {
        "resourceGroupName": "rg",
        "virtualNetworkName": "net",
        "location": "eastus2",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
    }
    azure.create(VNET, "net", network)
    made: list[Answer] = []

    def create(number: int) -> None:
        inputs = {
            "resourceGroupName": "rg",
            "virtualNetworkName": "net",
            "addressPrefix": f"10.0.{number}.0/24",
        }
        made.append(azure.create(SUBNET, f"s{number}", inputs))

    threads = [threading.Thread(target=create, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({subnet.id for subnet in made}) == 3


def test_what_a_killed_process_was_at_work_on_is_free_again(azure: Client, cloud: Cloud) -> None:
    """One that lives keeps it, and the provider gives up waiting."""
    network = {**INPUTS, "virtualNetworkName": "net"}
    azure.create(GROUP, "rg", INPUTS)
    made = azure.create(
        VNET, "net", {**network, "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    )
    subnet = {
        "virtualNetworkName": "net",
        "resourceGroupName": "rg",
        "addressPrefix": "10.0.1.0/24",
    }
    cloud.execute("INSERT INTO busy VALUES (?, ?)", made.id.lower(), os.getpid())
    with pytest.raises(grpc.RpcError) as caught:
        azure.create(SUBNET, "s", subnet)
    assert "AnotherOperationInProgress" in error_of(caught.value)
    gone = subprocess.Popen(["true"])
    gone.wait()
    cloud.execute("UPDATE busy SET pid = ?", gone.pid)
    assert azure.create(SUBNET, "s", subnet).id


def test_the_provider_ends_when_its_engine_is_killed(cloud_path: Path) -> None:
    assert cloud_path.parent.exists()
    program = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(60)"
    provider = BIN / "pulumi-resource-azure-native"
    engine = subprocess.Popen(
        [sys.executable, "-c", program, provider], stdout=subprocess.PIPE, text=True
    )
    assert engine.stdout is not None
    with engine.stdout:
        assert engine.stdout.readline().strip().isdigit(), "the provider printed its port"
        engine.kill()
        engine.wait()
        assert not engine.stdout.read(), "the pipe closes when the provider has ended"
