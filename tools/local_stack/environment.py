"""The complete environments of the processes, without the caller's own configuration."""

import os

from holdfast.settings import names
from holdfast.temporal.codec import CODEC_KEYS
from tools.local_stack import temporal_server
from tools.local_stack.folder import Folder
from tools.local_stack.ports import HOST, Ports
from tools.local_stack.processes import ROOT

_INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR")
"""The caller's own TEMPORAL_, ANTOM_ and HOLDFAST_ variables would name another installation."""


def base(folder: Folder) -> dict[str, str]:
    """The environment of every process. HOME is the run's folder, which has no profile file of Temporal."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    home = {"HOME": str(folder.path), "XDG_CONFIG_HOME": str(folder.path)}
    return {**inherited, **home, "PYTHONPATH": str(ROOT)}


def product(
    folder: Folder, ports: Ports, client_id: str, vault_keys: str, codec_keys: str | None
) -> dict[str, str]:
    """The environment of worker.py and webhook.py without the URLs of gateway and webhook."""
    encryption = {} if codec_keys is None else {CODEC_KEYS: codec_keys}
    return {
        **base(folder),
        **encryption,
        "TEMPORAL_ADDRESS": ports.temporal_address,
        "TEMPORAL_NAMESPACE": temporal_server.NAMESPACE,
        names.CLIENT_ID: client_id,
        f"{names.PRIVATE_KEY}_FILE": str(folder.key_files.merchant_private_key),
        f"{names.PUBLIC_KEY}_FILE": str(folder.key_files.gateway_public_keys),
        names.CARD_VAULT: f"sqlite:///{folder.cards}",
        names.CARD_VAULT_KEYS: vault_keys,
    }


def codec_server(folder: Folder, ports: Ports, codec_keys: str, token: str) -> dict[str, str]:
    """The environment of codec_server.py; a browser may reach the UI's host by either name."""
    return {
        **base(folder),
        CODEC_KEYS: codec_keys,
        "HOLDFAST_CODEC_BIND": f"{HOST}:{ports.codec}",
        "HOLDFAST_CODEC_ORIGINS": f"{ports.url('ui')},http://localhost:{ports.ui}",
        "HOLDFAST_CODEC_TOKENS": f"operator:{token}",
    }
