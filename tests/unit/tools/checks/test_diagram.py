"""The diagrams in docs/states.md and README.md match the transition table."""

from pathlib import Path

import pytest

from holdfast.statuses.payment_status import FINAL, PaymentStatus
from settlement.transitions import EDGES
from tools.checks import diagram


def test_diagrams_in_the_repository_are_current() -> None:
    assert diagram.run(["--check"]) == 0


def test_every_transition_is_in_diagram_and_table() -> None:
    arrows = [line.strip() for line in diagram.diagram().splitlines() if "-->" in line]
    rows = diagram.table().replace("**", "")
    for source, edges in EDGES.items():
        for event, to in edges.items():
            assert f"| `{source}` | `{event}` | `{to}` |" in rows
            [arrow] = [a for a in arrows if a.startswith(f"{source} --> {to}:")]
            assert event in arrow.partition(": ")[2].split(", ")


def test_diagram_has_no_other_arrow() -> None:
    arrows = [line.strip().partition(":")[0] for line in diagram.diagram().splitlines() if "-->" in line]
    legal = {f"{source} --> {to}" for source, edges in EDGES.items() for to in edges.values()}
    ends = {f"{status} --> [*]" for status in FINAL}
    assert set(arrows) == legal | ends | {"[*] --> AUTHORIZING"}
    assert len(arrows) == len(set(arrows))


def test_readme_draws_edges_of_the_graph_and_no_review() -> None:
    common = diagram.common_transitions()
    assert all(edges.items() <= EDGES[source].items() for source, edges in common.items())
    drawn = diagram.diagram(common)
    assert "NEEDS_REVIEW" not in drawn
    assert "CAPTURING --> CAPTURED: captured" in drawn
    assert "CAPTURED --> [*]" in drawn


def test_final_statuses_are_marked_and_no_other() -> None:
    marked = {status for status in PaymentStatus if f"**`{status}`**" in diagram.table()}
    assert marked == FINAL


def test_readme_block_is_replaced_and_the_rest_is_kept() -> None:
    text = f"# Holdfast\n\n{diagram.OPENING}\nstale\n{diagram.CLOSING}\n\nafter\n"
    fresh = diagram.with_diagram(text)
    assert fresh.startswith(f"# Holdfast\n\n{diagram.OPENING}\n```mermaid\n")
    assert fresh.endswith(f"```\n{diagram.CLOSING}\n\nafter\n")
    assert "stale" not in fresh
    assert diagram.with_diagram(fresh) == fresh


def test_text_without_markers_is_unchanged() -> None:
    assert diagram.with_diagram("# Holdfast\n") == "# Holdfast\n"


@pytest.mark.parametrize("text", [diagram.OPENING, diagram.CLOSING, diagram.CLOSING + diagram.OPENING])
def test_single_marker_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.md").write_text(text)
    assert diagram.run([], tmp_path) == 1
    assert "README.md needs" in capsys.readouterr().err


def test_check_names_stale_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"{diagram.OPENING}\n{diagram.CLOSING}\n")
    assert diagram.run(["--check"], tmp_path) == 1
    text = capsys.readouterr().err
    assert "README.md is stale" in text
    assert "states.md is stale" in text
    assert diagram.run([], tmp_path) == 0
    assert diagram.run(["--check"], tmp_path) == 0
