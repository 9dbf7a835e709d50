"""`workflow.patched` has one place."""

from pathlib import Path

from workflows import versions

ROOT = Path(versions.__file__).parents[1]
PRODUCT = ("holdfast", "settlement", "activities", "workflows", "services")


def test_patched_is_called_only_in_versions() -> None:
    assert all((ROOT / room).is_dir() for room in PRODUCT)
    sources = (path for room in PRODUCT for path in (ROOT / room).rglob("*.py"))
    callers = {str(path.relative_to(ROOT)) for path in sources if "patched(" in path.read_text()}
    assert callers == {"workflows/versions.py"}
