"""The compose file of the repository, as the tests of its services read it."""

import re
from pathlib import Path
from typing import cast

from ruamel.yaml import YAML

Service = dict[str, object]

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
KEYS_VOLUME = "simulator-keys:/var/lib/holdfast"
REFERENCE = re.compile(r"(?<!\$)\$\{([A-Z][A-Z0-9_]*)(?P<rule>:[?-])?")


def services() -> dict[str, Service]:
    document = YAML(typ="safe", pure=True).load(COMPOSE)
    return cast("dict[str, Service]", document["services"])


def environment(service: Service) -> dict[str, str | None]:
    return cast("dict[str, str | None]", service.get("environment", {}))


def started_by(*profiles: str) -> set[str]:
    """Returns the services that compose starts with these profiles."""
    chosen = set(profiles)
    profiles_of = {name: cast("list[str]", each.get("profiles", [])) for name, each in services().items()}
    return {name for name, own in profiles_of.items() if not own or chosen & set(own)}
