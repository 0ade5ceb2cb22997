"""What a person's decision on a version counts for. Pure: tags in, the approval's state out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from company_ml.audit import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Where an approval stands."""

    outcome: Outcome
    by: str
    reason: str


APPROVED, REJECTED = "Approved", "Rejected"


def approval(tags: Mapping[str, str], evidence_key: str, requesters: set[str]) -> Approval:
    """What the approval tags of a version say for this evidence.

    ``approval`` = ``Approved`` is what the Approve button of a Databricks deployment job sets; it
    does not say who pressed it, so ``approval_by`` and ``approval_evidence`` are needed beside it.
    https://docs.databricks.com/aws/en/mlflow/deployment-job
    """
    decision = tags.get("approval", "")
    by = tags.get("approval_by", "")
    if not decision:
        return Approval(outcome=Outcome.WAITING, by="", reason="nobody has decided yet")
    if not by:
        return Approval(
            outcome=Outcome.WAITING, by="",
            reason="it was decided in the model's page, which does not say by whom; "
            "confirm with: company_ml approve",
        )  # fmt: skip
    if tags.get("approval_evidence") != evidence_key:
        return Approval(
            outcome=Outcome.WAITING, by=by,
            reason=f"{by} decided on other evidence; gates, data, champion or tags changed since",
        )  # fmt: skip
    if by in requesters:
        return Approval(
            outcome=Outcome.REFUSED, by=by, reason=f"{by} requested it and cannot approve it"
        )
    if decision.casefold() == APPROVED.casefold():
        return Approval(outcome=Outcome.DONE, by=by, reason=f"{by} approved")
    return Approval(outcome=Outcome.REFUSED, by=by, reason=f"{by} decided: {decision}")
