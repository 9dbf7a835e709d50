"""`workflow.patched` has one place."""

from pathlib import Path

from workflows import versions

ROOT = Path(versions.__file__).parents[1]
PRODUCT = ("holdfast", "settlement", "activities", "workflows", "services")


def test_patched_is_called_in_the_file_of_versions_alone() -> None:
    assert all((ROOT / folder).is_dir() for folder in PRODUCT)
    sources = (path for folder in PRODUCT for path in (ROOT / folder).rglob("*.py"))
    callers = {str(path.relative_to(ROOT)) for path in sources if "patched(" in path.read_text()}
    assert callers == {"workflows/versions.py"}
