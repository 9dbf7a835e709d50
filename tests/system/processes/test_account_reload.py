"""worker.py and webhook.py apply changes of accounts and keys while they run."""

import signal
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client

from tests.support.services.accounts_file import account_table
from tests.support.services.notification_sender import NOW, KeyPair, Sender, payment_result
from tests.support.services.service_process import port_of, running_process

MONTH = str(31 * 86_400)


@dataclass(frozen=True)
class Files:
    """The accounts file of both processes and the key files of its accounts."""

    folder: Path

    def accounts(self, text: str) -> None:
        (self.folder / "accounts.toml").write_text(text)

    def gateway_keys(self, *keys: KeyPair) -> None:
        (self.folder / "gateway.pub").write_text(",".join(key.public_text for key in keys))


@pytest.fixture
def files(tmp_path: Path, environment: dict[str, str], gateway_key: KeyPair) -> Files:
    (tmp_path / "merchant.key").write_text(environment["ANTOM_MERCHANT_PRIVATE_KEY"])
    files = Files(tmp_path)
    files.gateway_keys(gateway_key)
    files.accounts(account_table("one"))
    return files


@pytest.fixture
def with_accounts(environment: dict[str, str], temporal: Client, files: Files) -> dict[str, str]:
    return environment | {
        "TEMPORAL_ADDRESS": temporal.service_client.config.target_host,
        "HOLDFAST_WEBHOOK_BIND": "127.0.0.1:0",
        "HOLDFAST_NOTIFY_TOLERANCE": MONTH,
        "HOLDFAST_ACCOUNTS": str(files.folder / "accounts.toml"),
    }


async def test_webhook_applies_new_account_and_new_gateway_key(
    with_accounts: dict[str, str], files: Files, gateway_key: KeyPair, other_key: KeyPair
) -> None:
    async with running_process("webhook.py", with_accounts) as webhook:
        url = f"http://127.0.0.1:{await port_of(webhook)}"
        async with httpx.AsyncClient(base_url=url) as http:
            old, new = Sender(http, gateway_key, NOW), Sender(http, other_key, NOW)

            async def status_of(sender: Sender, account: str) -> int:
                body = payment_result("ORDER_UNKNOWN-1")
                return (
                    await sender.post(body, "ORDER_UNKNOWN", account=account, client_id="5X2")
                ).status_code

            assert await status_of(old, "two") == 401
            files.accounts(account_table("one") + account_table("two"))
            await webhook.wait_for_log("merchant accounts: two was added")
            assert await status_of(old, "two") == 200
            assert await status_of(new, "two") == 401
            files.gateway_keys(gateway_key, other_key)
            webhook.process.send_signal(signal.SIGHUP)
            await webhook.wait_for_log("merchant accounts: two changed: gateway_public_keys")
            assert [await status_of(each, "two") for each in (old, new)] == [200, 200]
            files.accounts("[accounts]\nmistake = 5")
            await webhook.wait_for_log(
                "ERROR .* merchant accounts are unchanged: HOLDFAST_ACCOUNTS account 'mistake'"
            )
            assert await status_of(new, "two") == 200
        webhook.process.send_signal(signal.SIGTERM)
        assert await webhook.wait_for_exit() == 0
    assert not [line for line in webhook.log_lines if "Traceback" in line]


async def test_worker_applies_new_account_after_an_invalid_file(
    with_accounts: dict[str, str], files: Files, new_namespace: Client
) -> None:
    namespace = {"TEMPORAL_NAMESPACE": new_namespace.namespace}
    async with running_process("worker.py", with_accounts | namespace) as worker:
        await worker.wait_for_log("working on card-payments")
        files.accounts("[accounts.one")
        await worker.wait_for_log("ERROR .* merchant accounts are unchanged: .* not TOML")
        files.accounts(account_table("one") + account_table("two"))
        await worker.wait_for_log("merchant accounts: two was added")
        worker.process.send_signal(signal.SIGHUP)
        await worker.wait_for_log("merchant accounts: nothing has changed")
        worker.process.send_signal(signal.SIGTERM)
        assert await worker.wait_for_exit() == 0
    assert not [line for line in worker.log_lines if "Traceback" in line]
