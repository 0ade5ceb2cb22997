"""Promotion over fakes: every gate, the approval, resuming, aliases, rollback."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from company_ml import environment
from company_ml.adapters.fakes import (
    FakeAudit,
    FakeClock,
    FakeFeatures,
    FakeModels,
    FakeRegistry,
    FakeTracking,
)
from company_ml.audit import Outcome
from company_ml.cli import JobError
from company_ml.documents import DocumentError
from company_ml.ports import Column, Signature
from company_ml.problems import Problem
from company_ml.promotion import approve, champion, core, decision, evaluate, gates, promote, steps
from company_ml.wiring import Lifecycle

if TYPE_CHECKING:
    from collections.abc import Callable

    from company_ml.audit import AuditRecord
    from company_ml.ports import ModelVersion

DEV, CANDIDATE, PRODUCTION = (
    f"ml_models_catalog.{schema}.churn"
    for schema in ("dev_models", "candidate_models", "production_models")
)
GATES: dict[str, Any] = {
    "required_tags": {"pii": "false"},
    "holdout": {"label": "churned", "minimum_rows": 50},
    "metrics": {"roc_auc": {"at_least": 0.7, "worse_than_champion_by_at_most": 0.02}},
    "slices": {"region": {"metric": "accuracy", "gap_at_most": 0.2, "minimum_rows": 10}},
    "signature": "compatible",
}
SIGNATURE = Signature(
    inputs=(Column(name="x", type="double"), Column(name="hint", type="string", required=False)),
    outputs=(Column(name="prediction", type="long"), Column(name="probability", type="double")),
)


def _model(skill: float, *, blind_in: str = "") -> Callable[[pd.DataFrame], pd.DataFrame]:
    """A model that is right in a share of rows; by chance in one region, when told so."""

    def answer(frame: pd.DataFrame) -> pd.DataFrame:
        generator = np.random.default_rng(7)
        right = generator.random(len(frame)) < skill
        if blind_in:
            right &= (frame["region"] != blind_in) | (generator.random(len(frame)) < 0.5)
        said = np.where(right, frame["churned"], 1 - frame["churned"])
        return pd.DataFrame({"prediction": said, "probability": 0.2 + 0.6 * said})

    return answer


def _holdout(rows: int = 400) -> pd.DataFrame:
    generator = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "x": generator.random(rows),
            "region": np.where(np.arange(rows) % 2, "north", "south"),
            "churned": generator.integers(0, 2, rows),
        }
    )


@dataclass
class Setting:
    """A registry with one trained version, and the world around it."""

    registry: FakeRegistry = field(default_factory=FakeRegistry)
    models: FakeModels = field(default_factory=FakeModels)
    tracking: FakeTracking = field(default_factory=FakeTracking)
    audit: FakeAudit = field(default_factory=FakeAudit)
    features: FakeFeatures = field(default_factory=FakeFeatures)
    gates: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(GATES))

    def __post_init__(self) -> None:
        self.features.kept["holdout"] = [_holdout()]
        self.train(0.9)

    def train(self, skill: float, **tags: str) -> ModelVersion:
        """A new version in the development schema."""
        run_id = f"run-{len(self.models.functions)}"
        self.models.functions[run_id] = _model(skill)
        self.models.signatures[run_id] = SIGNATURE
        return self.registry.add(DEV, run_id=run_id, tags={"pii": "false", "team": "crm", **tags})

    def world(self, actor: str = "release-job") -> Lifecycle:
        return Lifecycle(
            environment=environment.load("prod"), actor=actor, registry=self.registry,
            models=self.models, publisher=_Nobody(), tracking=self.tracking,
            features=self.features, audit=self.audit, clock=FakeClock(),
        )  # fmt: skip

    def promote(self, name: str = DEV, version: str = "1") -> promote.Promotion:
        return promote.promote(
            self.world(), name, version, gates.parse(self.gates, "gates"), holdout="holdout"
        )

    def approve(self, version: str = "1", actor: str = "reviewer",
                decided: str = decision.APPROVED) -> None:  # fmt: skip
        world = self.world(actor)
        approve.decide(world, steps.hop(world, CANDIDATE, version), decided, "looks right")

    def to_production(self, version: str = "1") -> promote.Promotion:
        """All the way, with an approval on the way."""
        candidate = self.promote(DEV, version).model_version
        waiting = self.promote(CANDIDATE, candidate)
        assert waiting.outcome is Outcome.WAITING
        self.approve(candidate)
        return self.promote(CANDIDATE, candidate)

    def state(self) -> dict[str, Any]:
        """All that a run leaves behind."""
        return {
            "versions": {
                name: self.registry.versions(name) for name in (DEV, CANDIDATE, PRODUCTION)
            },
            "aliases": dict(self.registry.aliases),
            "runs": self.tracking.runs,
            "audit": [said(record) for record in self.audit.kept],
        }


class _Nobody:
    """Promotion publishes nothing."""

    def publish(self, *_: Any, **__: Any) -> Any:
        raise AssertionError


def said(record: AuditRecord) -> tuple[Any, ...]:
    """A record without its time."""
    return (record.actor, record.action, record.object, record.version, record.outcome,
            record.correlation, sorted(record.details.items()))  # fmt: skip


def test_the_first_version_goes_all_the_way_and_becomes_the_champion() -> None:
    setting = Setting()
    done = setting.to_production()
    assert (done.outcome, done.model_name, done.alias) == (Outcome.DONE, PRODUCTION, "champion")
    version = setting.registry.version(PRODUCTION, done.model_version)
    assert version.aliases == ("champion",)
    assert version.run_id == setting.registry.version(DEV, "1").run_id
    assert version.tags == {
        "pii": "false", "team": "crm", "promoted_from": f"models:/{CANDIDATE}/1",
        "promoted_approved_by": "reviewer", "promoted_alias": "champion",
        "promoted_evidence": version.tags["promoted_evidence"],
        "promoted_run": version.tags["promoted_run"],
        "promoted_seal": version.tags["promoted_seal"],
    }  # fmt: skip
    assert [(each.action, each.outcome.value) for each in setting.audit.kept] == [
        ("promotion.evaluate", "done"), ("promotion.copy", "done"), ("promotion.alias", "done"),
        ("promotion.evaluate", "done"), ("promotion.approval", "waiting"),
        ("promotion.approve", "done"), ("promotion.approval", "done"), ("promotion.copy", "done"),
        ("promotion.alias", "done"),
    ]  # fmt: skip
    assert len({each.correlation for each in setting.audit.kept}) == 2


def test_a_later_version_becomes_the_challenger_and_moves_no_champion() -> None:
    setting = Setting()
    setting.to_production()
    setting.train(0.95)
    done = setting.to_production("2")
    assert done.alias == "challenger"
    assert setting.registry.aliases[PRODUCTION, "champion"] == "1"
    assert setting.registry.aliases[PRODUCTION, "challenger"] == "2"


def test_a_promotion_run_again_after_it_ended_changes_nothing() -> None:
    setting = Setting()
    setting.to_production()
    setting.train(0.95)
    setting.to_production("2")
    before = copy.deepcopy(setting.state())
    again = setting.promote(CANDIDATE, "1")
    assert (again.outcome, again.alias) == (Outcome.DONE, "champion")
    setting.promote(DEV, "2")
    assert setting.state() == before


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        (lambda s: s.registry.set_tag(DEV, "1", "pii", "true"), "tag pii: true, wanted false"),
        (lambda s: s.registry.delete_tag(DEV, "1", "pii"), "tag pii: absent, wanted false"),
        (lambda s: s.models.functions.update({"run-0": _model(0.6)}), "metric roc_auc: 0.58"),
        (lambda s: s.models.functions.update({"run-0": _model(0.95, blind_in="north")}),
         "slice region: 0."),
        (lambda s: s.models.signatures.clear(), "signature: none declared"),
        (lambda s: s.gates["holdout"].update(minimum_rows=401), "held-out rows: 400, wanted at"),
        (lambda s: s.gates["slices"]["region"].update(minimum_rows=201), "two groups of 201"),
    ],
)  # fmt: skip
def test_each_gate_alone_stops_a_version(change: Callable[[Setting], None], gate: str) -> None:
    setting = Setting()
    change(setting)
    assert setting.promote().outcome is Outcome.REFUSED
    assert setting.registry.versions(CANDIDATE) == []
    (sentence,) = core.judge(gates.parse(setting.gates, "gates"), _facts(setting)).refusals
    assert gate in sentence
    (run,) = setting.tracking.runs.values()
    report: Any = run["artifacts"]["gates.json"]
    assert [each["gate"] for each in json.loads(report) if not each["passed"]] == [
        sentence.split(":")[0]
    ]
    assert [each.outcome for each in setting.audit.records()] == [Outcome.REFUSED]


def _facts(setting: Setting) -> core.Facts:
    version, wanted = setting.registry.version(DEV, "1"), gates.parse(setting.gates, "gates")
    frame = setting.features.read("holdout").frame
    answer = setting.models.predict(version, frame)
    return core.Facts(
        problem=Problem.BINARY, rows=len(frame), tags=version.tags,
        candidate=core.measure(wanted, frame, answer), champion=None,
        groups=core.groups(wanted, frame, answer),
        candidate_signature=setting.models.signature(version), champion_signature=None,
    )  # fmt: skip


def test_a_version_worse_than_the_champion_is_stopped_however_good() -> None:
    setting = Setting()
    setting.to_production()
    setting.train(0.8)
    assert setting.promote(DEV, "2").outcome is Outcome.REFUSED
    setting.train(0.895)
    assert setting.promote(DEV, "3").outcome is Outcome.DONE


def test_an_undefined_metric_does_not_pass() -> None:
    setting = Setting()
    setting.gates["slices"]["region"] |= {"metric": "roc_auc", "gap_at_most": 1}
    assert setting.promote().outcome is Outcome.DONE
    setting = Setting()
    setting.gates["slices"]["region"] |= {"metric": "roc_auc", "gap_at_most": 1}
    rows = _holdout()
    setting.features.kept["holdout"] = [
        rows.assign(churned=rows["churned"] | (rows["region"] == "north"))
    ]
    assert setting.promote().outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="churned"), "no column churned, the label"),
        (lambda f: f.drop(columns="region"), "no column region, which a slice needs"),
        (lambda f: f.assign(churned=[np.nan, *f["churned"][1:]]), "label is missing in 1 of 400"),
        (lambda f: f.head(0), "no rows"),
        (lambda f: f.assign(churned=1), "label churned is 1 in all 400 rows"),
    ],
)
def test_held_out_rows_that_are_no_evidence_are_an_error_not_a_verdict(
    change: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    setting = Setting()
    setting.models.functions["run-0"] = lambda frame: pd.DataFrame(
        {"prediction": np.zeros(len(frame)), "probability": np.zeros(len(frame))}
    )
    setting.features.kept["holdout"] = [change(_holdout())]
    with pytest.raises(JobError, match=message):
        setting.promote()
    assert setting.registry.version(DEV, "1").tags == {"pii": "false", "team": "crm"}


def test_whoever_asked_or_registered_cannot_approve() -> None:
    setting = Setting()
    setting.promote()
    setting.promote(CANDIDATE)
    with pytest.raises(JobError, match="release-job asked for"):
        setting.approve(actor="release-job")
    setting.registry.kept[CANDIDATE]["1"] = replace(
        setting.registry.kept[CANDIDATE]["1"], user="author"
    )
    with pytest.raises(JobError, match="author asked for"):
        setting.approve(actor="author")
    assert setting.promote(CANDIDATE).outcome is Outcome.WAITING
    # Even when someone writes the tags past the command.
    setting.approve()
    setting.registry.set_tag(CANDIDATE, "1", "approval_by", "author")
    refused = setting.promote(CANDIDATE)
    assert (refused.outcome, refused.reason) == (
        Outcome.REFUSED, "author requested it and cannot approve it",
    )  # fmt: skip
    assert setting.registry.versions(PRODUCTION) == []


def test_a_click_in_the_models_page_alone_does_not_say_who_and_waits() -> None:
    setting = Setting()
    setting.promote()
    setting.promote(CANDIDATE)
    setting.registry.set_tag(CANDIDATE, "1", "approval", "Approved")
    waiting = setting.promote(CANDIDATE)
    assert waiting.outcome is Outcome.WAITING
    assert "confirm with: company_ml approve" in waiting.reason


def test_an_approval_counts_for_the_evidence_it_was_given_on_alone() -> None:
    setting = Setting()
    setting.promote()
    setting.promote(CANDIDATE)
    setting.approve()
    setting.features.kept["holdout"].append(_holdout(500))
    waiting = setting.promote(CANDIDATE)
    assert waiting.outcome is Outcome.WAITING
    assert "other evidence" in waiting.reason
    setting.approve()
    assert setting.promote(CANDIDATE).outcome is Outcome.DONE


def test_a_rejection_ends_it_until_someone_decides_again() -> None:
    setting = Setting()
    setting.promote()
    setting.promote(CANDIDATE)
    setting.approve(decided=decision.REJECTED)
    assert setting.promote(CANDIDATE).outcome is Outcome.REFUSED
    setting.approve()
    assert setting.promote(CANDIDATE).outcome is Outcome.DONE


def test_nobody_can_approve_what_has_not_passed() -> None:
    setting = Setting()
    with pytest.raises(JobError, match="has not passed its gates"):
        approve.decide(
            setting.world("reviewer"),
            steps.hop(setting.world(), DEV, "1"),
            decision.APPROVED,
            "fine",
        )


def test_an_interrupted_copy_is_thrown_away_and_made_again() -> None:
    setting = Setting()
    broken = setting.registry.add(CANDIDATE, source=f"models:/{DEV}/1")
    setting.registry.kept[CANDIDATE]["1"] = replace(broken, ready=False)
    assert setting.promote().model_version == "2"
    assert [each.version for each in setting.registry.versions(CANDIDATE)] == ["2"]


@pytest.mark.parametrize(
    ("name", "version", "message"),
    [
        ("churn", "1", "is not catalog.schema.model"),
        (DEV, "9", "has no version 9"),
        (PRODUCTION, "1", "versions are promoted from ml_models_catalog.dev_models or"),
        ("other.dev_models.churn", "1", "versions are promoted from"),
    ],
)
def test_a_version_that_cannot_be_promoted_is_named(name: str, version: str, message: str) -> None:
    with pytest.raises(JobError, match=message):
        Setting().promote(name, version)


def test_a_champion_that_was_rolled_back_is_not_crowned_again() -> None:
    setting = Setting()
    setting.to_production()
    setting.train(0.95)
    setting.to_production("2")
    champion.crown(setting.world(), PRODUCTION, "2", "canary was good")
    champion.rollback(setting.world(), PRODUCTION, "2", "complaints")
    assert setting.registry.aliases[PRODUCTION, "champion"] == "1"
    assert (PRODUCTION, "challenger") not in setting.registry.aliases
    with pytest.raises(JobError, match=r"was rolled back \(complaints\)"):
        champion.crown(setting.world(), PRODUCTION, "2", "again")
    with pytest.raises(JobError, match="replaced no champion"):
        champion.rollback(setting.world(), PRODUCTION, "1", "more")


def test_only_the_champion_can_be_rolled_back_and_only_in_production() -> None:
    setting = Setting()
    setting.to_production()
    setting.train(0.95)
    setting.train(0.95)
    for number in ("2", "3"):
        setting.to_production(number)
        champion.crown(setting.world(), PRODUCTION, number, "good")
    with pytest.raises(JobError, match="is 3, not 2: there is nothing to undo"):
        champion.rollback(setting.world(), PRODUCTION, "2", "late")
    with pytest.raises(JobError, match="aliases move in"):
        champion.rollback(setting.world(), CANDIDATE, "2", "wrong place")
    with pytest.raises(JobError, match="comes back with company_ml recover-model"):
        champion.crown(setting.world(), PRODUCTION, "7", "not there")


@pytest.mark.parametrize(
    ("new", "problem"),
    [
        ({}, None),
        ({"inputs": SIGNATURE.inputs[:1]}, None),
        ({"inputs": (*SIGNATURE.inputs, Column(name="y", type="double", required=False))}, None),
        ({"inputs": (*SIGNATURE.inputs, Column(name="y", type="double"))}, "y is new and required"),
        ({"inputs": (Column(name="x", type="string"),)}, "x is string, was double"),
        ({"inputs": (Column(name="hint", type="string"),)}, "hint is required, was optional"),
        ({"outputs": SIGNATURE.outputs[:1]}, "output probability is gone"),
        ({"outputs": (Column(name="prediction", type="double"), SIGNATURE.outputs[1])},
         "prediction is double, was long"),
    ],
)  # fmt: skip
def test_a_signature_is_compatible_when_callers_notice_nothing(
    new: dict[str, Any], problem: str | None
) -> None:
    problems = core.signature_problems(replace(SIGNATURE, **new), SIGNATURE)
    assert problems == [] if problem is None else problem in problems[0]


def test_numbers_are_sliced_into_bands() -> None:
    setting = Setting()
    setting.gates["slices"] = {
        "x": {"metric": "accuracy", "gap_at_most": 1, "minimum_rows": 1, "bands": [0.5, 0.25]}
    }
    frame = _holdout(4).assign(x=[0.25, 0.5, 0.1, np.nan])
    answer = pd.DataFrame({"prediction": frame["churned"], "probability": frame["churned"]})
    found = core.groups(gates.parse(setting.gates, "gates"), frame, answer)
    assert set(found["x"]) == {"below 0.25", "0.25 to below 0.5", "0.5 and up", "missing"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metrics": {"auc": {"at_least": 1}}}, "auc"),
        ({"metrics": {"roc_auc": {"at_leats": 1}}}, "allowed keys: at_least, at_most"),
        ({"signature": "strict"}, "signature is 'strict'; allowed: compatible, any"),
        ({"required_tags": {"a.b": "x"}}, "a.b"),
        ({"metrics": {}}, "metrics"),
    ],
)
def test_gates_that_break_their_schema_are_refused_by_key(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(DocumentError, match=message):
        gates.parse({**GATES, **change}, "my.yaml")
    with pytest.raises(DocumentError, match="file 'nowhere"):
        gates.load("nowhere.yaml")


def test_the_packaged_gates_fit_the_example() -> None:
    from company_ml.train import example_data

    wanted = gates.load(None)
    columns = set(example_data.patients().columns)
    assert {wanted.label, *wanted.slices} <= columns


def test_evaluating_twice_on_the_same_evidence_asks_no_model_again() -> None:
    setting = Setting()
    setting.promote()
    world = setting.world()
    setting.models.functions.clear()
    move = steps.hop(world, DEV, "1")
    found = evaluate.evaluate(world, move, gates.parse(setting.gates, "gates"), "holdout")
    assert found.passed
