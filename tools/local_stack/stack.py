"""The whole house on one machine, as real processes: Temporal, the gateway's simulator, and ours."""

import asyncio
import base64
import os
import secrets
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from temporalio.client import Client

from holdfast import PaymentClient
from holdfast.card_vault import Keyring, open_vault
from holdfast.temporal.codec import CODEC_KEYS
from tools.demo.folder import Folder
from tools.demo.key_change import KeyFiles
from tools.local_stack import temporal_server
from tools.local_stack.ports import HOST, Ports
from tools.local_stack.processes import Child, Children, has_said, ready

NOTIFY_PATH = "/antom/notifications"
_INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR")
"""Nothing else: the person's own TEMPORAL_, ANTOM_ and HOLDFAST_ variables are of another house."""
_VAULT_KEYS = "HOLDFAST_CARD_VAULT_KEYS"


def new_key() -> str:
    """A key, as HOLDFAST_CARD_VAULT_KEYS and HOLDFAST_CODEC_KEYS want it."""
    return f"demo:{base64.b64encode(secrets.token_bytes(32)).decode()}"


@dataclass
class LocalStack:
    """What runs, and how to reach it. Keys of vault and codec live in memory alone; `codec_token` lets a
    person see payments in clear.
    """

    folder: Folder
    ports: Ports
    children: Children
    http: httpx.AsyncClient
    vault_keys: str = field(default_factory=new_key, repr=False)
    codec_keys: str = field(default_factory=new_key, repr=False)
    codec_token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    _worker: Child | None = None
    _webhook: Child | None = None

    async def open(self) -> PaymentClient:
        """Start everything, and return the merchant's client once payments can be taken.

        Raises ChildFailed.
        """
        client, _ = await asyncio.gather(self._temporal(), self._simulator())
        await asyncio.gather(self._start_worker(), self._start_webhook(), self._codec_server())
        vault = open_vault(f"sqlite:///{self.folder.cards}", Keyring.parse(self.vault_keys, _VAULT_KEYS))
        return PaymentClient(client, vault=vault)

    async def replace_worker(self) -> None:
        """`kill -9` of the worker, and another one in its place. Raises ChildFailed."""
        if self._worker is not None:
            self.children.kill(self._worker)
        await self._start_worker()

    @property
    def key_files(self) -> KeyFiles:
        """The keys that worker and webhook read."""
        keys = self.folder.keys
        return KeyFiles(keys / "merchant_private_key", keys / "gateway_public_key")

    async def take_keys(self) -> None:
        """Have worker and webhook read their key files. Raises ChildFailed."""
        await asyncio.gather(*(self._obeys(child) for child in (self._worker, self._webhook) if child))

    async def _obeys(self, child: Child) -> None:
        before = len(child.log.read_text(errors="replace"))
        child.process.send_signal(signal.SIGHUP)
        await ready(child, lambda: has_said(child, "merchant accounts: ", since=before))

    async def _temporal(self) -> Client:
        command = temporal_server.command(self.ports, self.folder.database)
        child = self.children.start(
            "temporal", command, _environment(self.folder), self.folder.log("temporal")
        )
        await ready(child, lambda: self._answers(self.ports.url("ui")))
        return await temporal_server.connected(child, self.ports, self.codec_keys)

    async def _simulator(self) -> None:
        bind, keys = f"{HOST}:{self.ports.simulator}", str(self.folder.keys)
        arguments = ["-m", "simulator", "--bind", bind, "--keys", keys]
        child = self._python("simulator", _environment(self.folder), *arguments)
        await ready(child, lambda: self._answers(f"{self.ports.url('simulator')}/healthz"))

    async def _start_worker(self) -> None:
        log = self.folder.log("worker")
        before = len(log.read_text(errors="replace")) if log.exists() else 0
        self._worker = worker = self._python("worker", self._settings(), "worker.py")
        await ready(worker, lambda: has_said(worker, "working on", since=before))

    async def _start_webhook(self) -> None:
        self._webhook = child = self._python("webhook", self._settings(), "webhook.py")
        await ready(child, lambda: self._answers(f"{self.ports.url('webhook')}/readyz"))

    async def _codec_server(self) -> None:
        child = self._python("codec_server", self._codec_settings(), "codec_server.py")
        await ready(child, lambda: self._answers(f"{self.ports.url('codec')}/healthz"))

    async def _answers(self, url: str) -> bool:
        try:
            return (await self.http.get(url)).status_code == 200
        except httpx.HTTPError:
            return False

    def _python(self, name: str, environment: Mapping[str, str], *arguments: str) -> Child:
        return self.children.start(name, [sys.executable, *arguments], environment, self.folder.log(name))

    def _settings(self) -> Mapping[str, str]:
        """The environment of worker.py and webhook.py, complete."""
        keys = self.folder.keys
        return {
            **_environment(self.folder),
            "TEMPORAL_ADDRESS": self.ports.temporal_address,
            "TEMPORAL_NAMESPACE": temporal_server.NAMESPACE,
            "ANTOM_GATEWAY_URL": self.ports.url("simulator"),
            "ANTOM_CLIENT_ID": (keys / "client_id").read_text().strip(),
            "ANTOM_MERCHANT_PRIVATE_KEY_FILE": str(self.key_files.merchant_private_key),
            "ANTOM_PUBLIC_KEY_FILE": str(self.key_files.gateway_public_keys),
            "HOLDFAST_NOTIFY_URL": self.ports.url("webhook") + NOTIFY_PATH,
            "HOLDFAST_WEBHOOK_BIND": f"{HOST}:{self.ports.webhook}",
            "HOLDFAST_CARD_VAULT": f"sqlite:///{self.folder.cards}",
            _VAULT_KEYS: self.vault_keys,
            CODEC_KEYS: self.codec_keys,
        }

    def _codec_settings(self) -> Mapping[str, str]:
        """The environment of codec_server.py; a person may call the UI's host by either name."""
        return {
            **_environment(self.folder),
            CODEC_KEYS: self.codec_keys,
            "HOLDFAST_CODEC_BIND": f"{HOST}:{self.ports.codec}",
            "HOLDFAST_CODEC_ORIGINS": f"{self.ports.url('ui')},http://localhost:{self.ports.ui}",
            "HOLDFAST_CODEC_TOKENS": f"operator:{self.codec_token}",
        }


def _environment(folder: Folder) -> dict[str, str]:
    """HOME is the demo's folder, where no profile file of Temporal waits."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, "HOME": str(folder.path), "XDG_CONFIG_HOME": str(folder.path)}
