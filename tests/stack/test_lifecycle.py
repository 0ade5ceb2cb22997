"""The three stack files through the real engine, from nothing to nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from engine import recovery
from tests.stack.estate import Estate

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

SOFT_DELETED = "DeletedVault"
MODEL = "ml_models_catalog.production_models.churn"
FEATURES, LOGS = "feature_store.customer_features", "serving.inference_logs_churn_payload"


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    return Estate(tmp_path)


def left(estate: Estate) -> list[str]:
    """What the clouds still hold; deleted vaults stay recoverable, as they do on Azure."""
    return [line for line in estate.cloud("list").splitlines() if SOFT_DELETED not in line]


def test_an_environment_lives_from_up_to_destroy(estate: Estate) -> None:
    """Up, no change, what waited, drift, repair, destroy; rules on throughout."""
    estate.init("prod")
    empty = left(estate)
    estate.up("prod")
    estate.up("prod", "--expect-no-changes")
    assert [e["name"] for e in estate.outputs("prod")["waitingEndpoints"]] == ["churn"]
    assert [m["name"] for m in estate.outputs("prod")["waitingMonitors"]] == [FEATURES, LOGS]
    assert waiting_jobs(estate) == {"quality", "drift", "performance", "rehearsal"}
    assert pause_status(estate, "quality") == "PAUSED"
    assert pause_status(estate, "cost") == "UNPAUSED"

    estate.cloud("add-model-version", MODEL)
    estate.cloud("add-table", f"ml_prod_catalog.{FEATURES}")
    estate.up("prod")
    assert estate.outputs("prod")["waitingEndpoints"] == []
    assert [m["name"] for m in estate.outputs("prod")["waitingMonitors"]] == [LOGS]
    assert waiting_jobs(estate) == {"drift", "performance"}
    assert pause_status(estate, "quality") == "UNPAUSED"
    monitor = estate.one("prod", "observability-monitor-feature-store-customer-features")
    assert monitor["outputs"]["status"] == "MONITOR_STATUS_ACTIVE"
    assert estate.one("prod", "serving-churn-endpoint")["outputs"]["name"] == "churn"
    estate.up("prod", "--expect-no-changes")
    what_the_release_controller_serves_stays(estate)

    account = estate.one("prod", "catalog-storage")["id"]
    estate.cloud("change", account, "allowSharedKeyAccess=true")
    vault = estate.one("prod", "workspace-kv")["id"]
    estate.cloud("remove", vault)
    drift = estate.pulumi(
        "refresh", "--yes", "--skip-preview", "--expect-no-changes", stack="prod", expected=None
    )
    assert drift.returncode != 0, "a change behind the engine's back went unnoticed"
    assert "catalog-storage" in drift.stdout
    estate.up("prod")
    assert "True" not in estate.cloud("show", account).split("allowSharedKeyAccess")[1][:12]
    # A vault made anew has a new name, and Azure leads no endpoint to another target.
    assert estate.one("prod", "workspace-kv")["id"] != vault
    estate.up("prod", "--expect-no-changes")

    table = f"databricks:index/sqlTable:SqlTable|ml_prod_catalog.{FEATURES}"
    for made_by_jobs in (f"{MODEL}/2", MODEL, table):
        estate.cloud("remove", made_by_jobs)
    estate.destroy("prod")
    assert estate.resources("prod") == []
    assert left(estate) == empty


def waiting_jobs(estate: Estate) -> set[str]:
    return {job["name"] for job in estate.outputs("prod")["waitingJobs"]}


def pause_status(estate: Estate, job: str) -> str:
    return estate.one("prod", f"workloads-{job}")["outputs"]["schedule"]["pauseStatus"]


def what_the_release_controller_serves_stays(estate: Estate) -> None:
    """Neither an update nor a refresh sees a difference, and a change beside it touches nothing."""
    estate.cloud("add-model-version", MODEL)
    served = [
        {"name": f"churn-{version}", "entityName": MODEL, "entityVersion": version,
         "workloadType": "CPU", "workloadSize": "Medium", "scaleToZeroEnabled": False}
        for version in ("1", "2")
    ]  # fmt: skip
    routes = [
        {"servedEntityName": "churn-1", "trafficPercentage": 90},
        {"servedEntityName": "churn-2", "trafficPercentage": 10},
    ]
    config = {"servedEntities": served, "trafficConfig": {"routes": routes}}
    estate.cloud("change", "churn", f"config={json.dumps(config)}")
    estate.up("prod", "--expect-no-changes")
    estate.cloud("change", "churn", "tags=[]")
    estate.up("prod", "--refresh")
    held = json.loads(estate.cloud("show", "churn"))["outputs"]
    assert held["config"] == config, "an update of the tags took the traffic back"
    assert {tag["key"] for tag in held["tags"]} >= {"model-owner", "risk-tier"}

    config["servedEntities"], routes[:] = served[1:], [{**routes[1], "trafficPercentage": 100}]
    estate.cloud("change", "churn", f"config={json.dumps(config)}")
    estate.cloud("remove", f"{MODEL}/1")
    estate.up("prod", "--expect-no-changes")
    assert estate.outputs("prod")["waitingEndpoints"] == [], "the first version is long archived"


def test_the_other_stacks_read_what_the_owner_shares(estate: Estate) -> None:
    """Both get metastore, groups and connectivity from prod, and from nowhere else."""
    estate.init("prod")
    estate.up("prod")
    shared = estate.outputs("prod")["sharedEstate"]
    for stack in ("dev", "test"):
        estate.init(stack)
        estate.up(stack)
        assignment = estate.one(stack, "workspace-metastore")
        assert assignment["inputs"]["metastoreId"] == shared["metastore_id"]
        estate.up(stack, "--expect-no-changes")
    for stack in ("test", "dev", "prod"):
        estate.destroy(stack)


def test_a_reader_before_its_owner_is_told_what_to_deploy_first(estate: Estate) -> None:
    estate.init("dev")
    failed = estate.pulumi("preview", stack="dev", expected=None)
    assert failed.returncode != 0
    assert "organization/mlops/prod" in failed.stdout + failed.stderr


def test_a_killed_update_is_finished_by_the_next(estate: Estate) -> None:
    """Kill -9 of the engine and all it started, in the middle; then up, no change, destroy."""
    estate.init("prod")
    estate.cloud("fault", "add", "--type", "azure-native:databricks:Workspace", "--delay", "30")
    running = subprocess.Popen(
        estate.command("up", "--yes", "--skip-preview", stack="prod"),
        env=estate.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while "databricks-container" not in estate.cloud("list") and time.monotonic() < deadline:
        time.sleep(0.5)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    estate.cloud("fault", "clear")
    assert left(estate), "the update was killed before it did anything"

    assert recovery.take_in(estate.environment, "prod") == 0
    estate.pulumi("refresh", "--yes", "--skip-preview", stack="prod")
    estate.up("prod")
    estate.up("prod", "--expect-no-changes")
    estate.destroy("prod")
