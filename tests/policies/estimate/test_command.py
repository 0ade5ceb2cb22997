"""The command line: what it shows, compares, draws, refuses, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from policies import tokens
from policies.estimate.__main__ import main
from tests.policies.harness import urn

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER = {"nodeTypeId": "Standard_DS3_v2", "numWorkers": 4, "autoterminationMinutes": 20}
POOL_PARENT = "urn:pulumi:prod::mlops::mlops:compute:ClusterPolicy::compute"


def state(folder: Path, name: str, *resources: tuple[str, str, dict[str, Any]]) -> str:
    """A state file of stack prod."""
    held = [
        {
            "urn": urn(token, title),
            "custom": True,
            "type": token,
            "inputs": props,
            "parent": POOL_PARENT,
        }
        for token, title, props in resources
    ]
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"version": 3, "deployment": {"resources": held}}))
    return str(path)


def small(folder: Path) -> str:
    tags = {"owner": "growth"}
    return state(folder, "small", (tokens.CLUSTER, "small", {**CLUSTER, "customTags": tags}))


def large(folder: Path) -> str:
    return state(
        folder,
        "large",
        (tokens.CLUSTER, "small", {**CLUSTER, "numWorkers": 9}),
        (tokens.NAT_GATEWAY, "nat", {"location": "eastus2"}),
    )


def run(*words: str) -> int:
    return main([str(word) for word in words])


def test_a_bill_is_shown_by_every_view(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """20 h in production: 5 x (0.229 + 0.75 x 0.55) x 20 = 64.15."""
    assert run("show", small(tmp_path)) == 0
    shown = capsys.readouterr().out
    assert "Estimated month  64.15 USD, between 64.15 and 64.15" in shown
    assert "Worst hour       3.21 USD" in shown
    for word in ("prod", "compute", "DBU all-purpose", "growth", "Assumed for prod"):
        assert word in shown
    assert "clusterHours 20" in shown


def test_several_stacks_make_one_bill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", small(tmp_path), small(tmp_path), "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["month"]["expected"] == pytest.approx(128.30)


def test_json_has_every_line_with_whose_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("show", small(tmp_path), "--format", "json", "--env", "dev") == 0
    document = json.loads(capsys.readouterr().out)
    assert {line["meter"] for line in document["lines"]} == {"DBU all-purpose", "Virtual machines"}
    assert {line["owner"] for line in document["lines"]} == {"growth"}
    assert {line["component"] for line in document["lines"]} == {"compute"}
    assert document["assumptions"]["prod"]["clusterHours"] == 60, "--env says whose hold"


def test_markdown_is_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", small(tmp_path), "--format", "markdown") == 0
    assert "| DBU all-purpose | 41.25 | 41.25 | 41.25 |" in capsys.readouterr().out


def test_an_assumption_can_be_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", small(tmp_path), "--assume", "clusterHours=40") == 0
    assert "Estimated month  128 USD" in capsys.readouterr().out


def test_what_is_not_in_the_sum_fails_and_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = state(tmp_path, "odd", (tokens.CLUSTER, "odd", {"nodeTypeId": "Standard_X"}))
    assert run("show", odd) == 1
    shown = capsys.readouterr().out
    assert "Costs money and is NOT in the sum" in shown
    assert "odd: no price of vm/Standard_X/on-demand" in shown


def test_a_commitment_covers_dbu_first_and_is_due_in_any_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """10,000 DBCU over three years are 277.78 a month; 41.25 of DBU use up so much of them."""
    words = ("--format", "json", "--commitment-dbcu", "10000", "--commitment-years", "3")
    assert run("show", small(tmp_path), *words, "--commitment-discount", "10") == 0
    commitment = json.loads(capsys.readouterr().out)["commitment"]
    assert commitment["paid"] == pytest.approx(250.0)
    assert commitment["covered"] == pytest.approx(41.25)
    assert commitment["unused"] == pytest.approx(277.78 - 41.25, abs=0.01)
    assert commitment["beyond"] == 0
    hours = "clusterHours=730"
    assert run("show", small(tmp_path), *words, "--assume", hours) == 0
    commitment = json.loads(capsys.readouterr().out)["commitment"]
    assert commitment["beyond"] == pytest.approx(730 * 5 * 0.75 * 0.55 - 277.78, abs=0.01)
    assert commitment["unused"] == 0


def test_a_discount_beyond_a_commitment_is_taken_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--assume", "clusterHours=730", "--assume", "discountPercent=20")
    assert (
        run("show", small(tmp_path), *words, "--commitment-dbcu", "10000", "--format", "json") == 0
    )
    document = json.loads(capsys.readouterr().out)
    assert document["commitment"]["beyond"] == pytest.approx(
        0.8 * (730 * 5 * 0.75 * 0.55 - 10000 / 36)
    )


@pytest.mark.parametrize(
    ("limits", "code", "says"),
    [
        ((), 0, "+120 USD a month, +186.3 %"),
        (("--fail-over", "100"), 1, "**Fails**: 120 USD a month more is above 100"),
        (("--fail-over", "200"), 0, ""),
        (("--fail-over-percent", "20"), 1, "**Fails**: 186.3 % more is above 20 %"),
        (("--warn-over", "100"), 0, "**Warning**: 120 USD"),
        (("--warn-over-percent", "20", "--fail-over", "100"), 1, "**Warning**: 186.3 %"),
    ],
)
def test_a_change_is_held_against_limits(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    limits: tuple[str, ...],
    code: int,
    says: str,
) -> None:
    """Five more workers: 64.15. A NAT gateway and 500 GB: 32.85 + 22.50. Together 119.50."""
    assert run("diff", small(tmp_path), large(tmp_path), *limits) == code
    shown = capsys.readouterr().out
    assert says in shown
    assert "| `nat` | 0.00 | 55.35 | +55.35 |" in shown


def test_less_breaks_no_limit(tmp_path: Path) -> None:
    assert run("diff", large(tmp_path), small(tmp_path), "--fail-over-percent", "0") == 0


def test_a_first_deployment_has_no_percentage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = state(tmp_path, "empty")
    assert run("diff", empty, small(tmp_path), "--fail-over-percent", "20") == 0
    assert "+64.15 USD a month\n" in capsys.readouterr().out
    assert run("diff", empty, small(tmp_path), "--fail-over", "20") == 1


def test_pictures_are_drawn_and_show_something(tmp_path: Path) -> None:
    assert run("show", small(tmp_path), "--plot", str(tmp_path / "pictures")) == 0
    matplotlib_image = pytest.importorskip("matplotlib.image")
    for name in ("cost-by-environment.png", "cost-by-meter.png"):
        pixels = matplotlib_image.imread(tmp_path / "pictures" / name)
        assert pixels.shape[1] == 1350
        blue = (pixels[..., 2] > 0.6) & (pixels[..., 0] < 0.1)
        assert blue.mean() > 0.05, "the dearest meter's bar"


def test_no_picture_no_matplotlib(tmp_path: Path) -> None:
    """A pack, and a report in a pull request, must not wait for it."""
    code = (
        "import sys; from policies.estimate.__main__ import main; "
        f"assert main(['show', {small(tmp_path)!r}]) == 0; sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "absent.json"), "absent.json cannot be read"),
        (("show", "{small}", "--env", "staging"), "no assumptions for 'staging'"),
        (("show", "{small}", "--assume", "clusterHours"), "write NAME=NUMBER"),
        (("show", "{small}", "--assume", "clusterHuors=1"), "did you mean 'clusterHours'?"),
        (("show", "{small}", "--assume", "clusterHours=800"), "is more than 730"),
        (("show", "{small}", "--book", "none.json"), "none.json cannot be read"),
        (("show", "{small}", "--config", "{deep}"), "prod.json is nested too deeply"),
        (("show", "{empty}"), "has no resources"),
        (("diff", "{small}", "{other}"), "compare two files of one stack"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    other = tmp_path / "other.json"
    other.write_text((tmp_path / small(tmp_path)).read_text().replace("pulumi:prod", "pulumi:dev"))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "prod.json").write_text("[" * 5000)
    files = {"small": small(tmp_path), "empty": state(tmp_path, "empty"), "other": str(other)}
    files["deep"] = str(tmp_path / "deep")
    assert run(*(word.format(**files) for word in words)) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "COMMAND"),
        (("show",), "FILE"),
        (("show", "f", "--commitment-dbcu", "0"), "not above 0"),
        (("show", "f", "--commitment-discount", "101"), "not between 0 and 100"),
        (("diff", "a", "b", "--fail-over", "much"), "'much' is not a number"),
    ],
)
def test_wrong_words_are_refused(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_the_age_of_the_book_can_be_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.json"
    old.write_text('{"reviewed": "2020-01-01", "prices": []}')
    assert run("prices", "--book", str(old)) == 0
    assert run("prices", "--book", str(old), "--check-age", "180") == 1
    assert "run: make prices" in capsys.readouterr().out
