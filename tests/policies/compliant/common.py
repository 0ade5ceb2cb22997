"""What every part of the compliant stack is made with."""

from __future__ import annotations

TAGS = {
    "env": "prod",
    "owner": "platform",
    "cost-center": "1001",
    "project": "mlops",
    "data-class": "internal",
}
PAIRS = [{"key": key, "value": value} for key, value in TAGS.items()]
ARM = "/subscriptions/0000/resourceGroups/mlops-prod-rg/providers"
NETWORK = f"{ARM}/Microsoft.Network"
KEY = {"keyName": "platform", "keyVaultUri": "https://keys.vault.azure.net", "keyVersion": "1"}
