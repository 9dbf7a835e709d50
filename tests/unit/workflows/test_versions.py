"""Only one file calls `workflow.patched`."""

from pathlib import Path

from workflows import versions

ROOT = Path(versions.__file__).parents[1]
PRODUCT = ("holdfast", "settlement", "activities", "workflows", "services")


def test_patched_is_called_only_in_versions() -> None:
    assert all((ROOT / package).is_dir() for package in PRODUCT)
    sources = (path for package in PRODUCT for path in (ROOT / package).rglob("*.py"))
    callers = {str(path.relative_to(ROOT)) for path in sources if "patched(" in path.read_text()}
    assert callers == {"workflows/versions.py"}
