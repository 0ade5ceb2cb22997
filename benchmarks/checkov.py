"""The report beside Checkov, over the same resources: ours as a state, Checkov's as Terraform.

Checkov is installed once, pinned, into an environment of its own. It reads no Pulumi files, so it
is given what the state declares, each type under its Terraform name with the same inputs.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import venv
from typing import TYPE_CHECKING, Any

from benchmarks.harness import Result, medians
from engine import paths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

VERSION = "3.3.30"
RUNS = 3
_HOME = paths.LOCAL / f"checkov-{VERSION}"
_SCAN = ("--framework", "terraform", "--compact", "--quiet", "--output", "json", "--soft-fail",
         "--skip-download")  # fmt: skip
_PATIENCE = 900  # seconds
_AZURE: Mapping[str, str] = {
    "azure-native:resources:ResourceGroup": "azurerm_resource_group",
    "azure-native:network:VirtualNetwork": "azurerm_virtual_network",
    "azure-native:network:Subnet": "azurerm_subnet",
    "azure-native:network:NetworkSecurityGroup": "azurerm_network_security_group",
    "azure-native:network:NatGateway": "azurerm_nat_gateway",
    "azure-native:network:PublicIPAddress": "azurerm_public_ip",
    "azure-native:network:PrivateEndpoint": "azurerm_private_endpoint",
    "azure-native:privatedns:PrivateZone": "azurerm_private_dns_zone",
    "azure-native:privatedns:VirtualNetworkLink": "azurerm_private_dns_zone_virtual_network_link",
    "azure-native:databricks:Workspace": "azurerm_databricks_workspace",
    "azure-native:databricks:AccessConnector": "azurerm_databricks_access_connector",
    "azure-native:keyvault:Vault": "azurerm_key_vault",
    "azure-native:storage:StorageAccount": "azurerm_storage_account",
    "azure-native:storage:BlobContainer": "azurerm_storage_container",
    "azure-native:authorization:RoleAssignment": "azurerm_role_assignment",
    "azure-native:monitor:DiagnosticSetting": "azurerm_monitor_diagnostic_setting",
    "azure-native:operationalinsights:Workspace": "azurerm_log_analytics_workspace",
}


def measure(state: Path, folder: Path) -> list[Result]:
    """Seconds per check of both, start-up included; nothing where Checkov cannot be installed."""
    from benchmarks.policies import report

    command = _installed()
    if command is None:
        return []
    directory = folder / "terraform"
    directory.mkdir()
    count = _write(json.loads(state.read_text())["deployment"]["resources"], directory)
    checks = {"report": report(state)[1], "checkov": _run(command, directory)[1]}
    seconds = medians(
        {"report": lambda: report(state)[0], "checkov": lambda: _run(command, directory)[0]},
        runs=RUNS,
    )
    for name, spent in seconds.items():
        per = spent / checks[name] * 1000
        print(f"{name}: {count} resources, {checks[name]} checks, {spent:.2f} s, {per:.2f} ms each")
    ours, theirs = (seconds[name] / checks[name] for name in ("report", "checkov"))
    return [
        Result(
            f"a check of the report ÷ one of Checkov {VERSION}, {count} resources",
            ours / theirs,
            1,
            seconds["checkov"],
        )
    ]


def _installed() -> Path | None:
    """Checkov's command, installed when it is not there yet."""
    command = _HOME / "bin" / "checkov"
    if command.is_file():
        return command
    venv.create(_HOME, with_pip=True, clear=True)
    done = subprocess.run(
        [str(_HOME / "bin" / "python"), "-m", "pip", "install", "-q", f"checkov=={VERSION}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    if done.returncode:
        print(f"Checkov {VERSION} cannot be installed, so it is left out: {done.stderr.strip()}",
              file=sys.stderr)  # fmt: skip
        return None
    return command


def _run(command: Path, directory: Path) -> tuple[float, int]:
    """Scan once: the seconds, and how many checks were made."""
    start = time.perf_counter()
    done = subprocess.run(
        [str(command), "--directory", str(directory), *_SCAN],
        capture_output=True,
        text=True,
        check=True,
        timeout=_PATIENCE,
    )
    seconds = time.perf_counter() - start
    summary = json.loads(done.stdout)["summary"]
    return seconds, summary["passed"] + summary["failed"]


def _write(resources: Sequence[dict[str, Any]], directory: Path) -> int:
    """Write each resource that Terraform has, a hundred a file; how many there are."""
    blocks = [
        _block(token, number, resource["inputs"])
        for number, resource in enumerate(resources)
        if (token := _terraform(resource["type"]))
    ]
    for start in range(0, len(blocks), 100):
        text = "\n".join(blocks[start : start + 100])
        (directory / f"part{start}.tf").write_text(text)
    return len(blocks)


def _terraform(token: str) -> str | None:
    """A type's name in Terraform; the Databricks SDK is made from the Terraform provider."""
    if token.startswith("databricks:index/"):
        return f"databricks_{_snake(token.rpartition(':')[2])}"
    return _AZURE.get(token)


def _block(token: str, number: int, inputs: Mapping[str, Any]) -> str:
    lines = [f'resource "{token}" "r{number}" {{']
    lines += [
        f"  {_snake(key)} = {_expression(value)}"
        for key, value in inputs.items()
        if not key.startswith("__")
    ]
    return "\n".join([*lines, "}", ""])


def _expression(value: Any) -> str:
    """JSON is an HCL expression once template sequences are escaped."""
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
