"""The checks of settings: each problem is found, none hides another, and no secret is shown."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from holdfast.antom.models import InquiryPaymentResponse
from holdfast.antom.outcome import DidNotHappen, Happened, Unknown
from holdfast.cli.doctor.account import account_checks
from holdfast.cli.doctor.check import Check, DoctorReport, Level
from holdfast.cli.doctor.encryption import keyring_rule
from holdfast.cli.doctor.examination import examine
from holdfast.cli.doctor.gateway import call_finding, clock_finding
from holdfast.cli.doctor.temporal import workers_finding
from holdfast.cli.doctor.vault import vault_checks
from services.settings import Settings
from tests.support.services.notification_sender import CLIENT_ID, NOTIFY_PATH, KeyPair, new_key_pair

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SECRET = base64.b64encode(b"s" * 32).decode()
PASSWORD = "hunter2-of-the-vault"


@pytest.fixture(scope="module")
def merchant_key() -> KeyPair:
    return new_key_pair()


@pytest.fixture(scope="module")
def gateway_key() -> KeyPair:
    return new_key_pair()


@pytest.fixture(scope="module")
def environment(merchant_key: KeyPair, gateway_key: KeyPair) -> dict[str, str]:
    return {
        "ANTOM_GATEWAY_URL": "http://127.0.0.1:1",
        "ANTOM_CLIENT_ID": CLIENT_ID,
        "ANTOM_MERCHANT_PRIVATE_KEY": merchant_key.private_text,
        "ANTOM_PUBLIC_KEY": gateway_key.public_text,
        "HOLDFAST_NOTIFY_URL": f"http://127.0.0.1:1{NOTIFY_PATH}",
    }


@pytest.fixture(autouse=True)
def no_temporal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens on port 1."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")


def named(checks: list[Check], name: str) -> Check:
    [found] = [check for check in checks if check.name == name]
    return found


def problems(report: DoctorReport) -> dict[str, str]:
    return {check.name: check.finding for check in report.checks if check.level is Level.PROBLEM}


async def test_every_variable_of_the_processes_is_checked(environment: dict[str, str]) -> None:
    report = await examine(environment, processes=True)
    checked = {check.name for check in report.checks}
    settings = {name.upper().removesuffix("_FILE") for name in Settings.model_fields}
    assert settings <= checked


async def test_all_problems_are_reported_at_once(environment: dict[str, str]) -> None:
    wrong = {
        "ANTOM_GATEWAY_URL": "http://pay.example.com",
        "ANTOM_CLIENT_ID": "",
        "ANTOM_MERCHANT_PRIVATE_KEY": "nonsense",
        "ANTOM_PUBLIC_KEY": environment["ANTOM_MERCHANT_PRIVATE_KEY"],
        "ANTOM_CALLS_AT_ONCE": "many",
        "ANTOM_CALLS_PER_SECOND": "0",
        "ANTOM_ANSWER_SKEW": "0",
        "HOLDFAST_NOTIFY_URL": "https://pay.example.com",
        "HOLDFAST_NOTIFY_TOLERANCE": "a day",
        "HOLDFAST_WEBHOOK_BIND": "everywhere",
        "HOLDFAST_METRICS_BIND": "9464",
        "HOLDFAST_DEPLOYMENT": "shop",
        "HOLDFAST_ACCOUNTS": "/nonexistent.toml",
        "HOLDFAST_CARD_VAULT": "postgres://x",
        "HOLDFAST_CARD_VAULT_KEYS": "k1:short",
        "HOLDFAST_CODEC_KEYS": "k1",
    }
    report = await examine(wrong, processes=True)
    expected = (set(wrong) - {"HOLDFAST_DEPLOYMENT"}) | {"HOLDFAST_BUILD_ID", "connection"}
    assert set(problems(report)) == expected
    assert problems(report)["ANTOM_CLIENT_ID"] == "is missing"
    assert report.problems == len(expected)
    assert all(check.advice for check in report.checks if check.level in (Level.PROBLEM, Level.WARNING))


async def test_no_secret_is_in_the_report(environment: dict[str, str], merchant_key: KeyPair) -> None:
    secrets = {
        "HOLDFAST_CARD_VAULT": f"redis://user:{PASSWORD}@127.0.0.1:1/0",
        "HOLDFAST_CARD_VAULT_KEYS": f"k1:{SECRET}",
        "HOLDFAST_CODEC_KEYS": f"k2:{SECRET}",
    }
    malformed = {name: f"{value}x" for name, value in secrets.items()}
    for variables in (environment | secrets, environment | malformed):
        text = (await examine(variables, processes=True)).model_dump_json()
        assert SECRET not in text
        assert PASSWORD not in text
        assert merchant_key.private_text not in text


async def test_merchant_service_is_not_asked_for_the_settings_of_the_processes() -> None:
    report = await examine({}, processes=None)
    assert set(problems(report)) == {"connection"}
    assert "ANTOM_CLIENT_ID" in problems(await examine({}, processes=True))


def test_own_public_key_in_place_of_the_gateways_is_found(
    environment: dict[str, str], merchant_key: KeyPair, gateway_key: KeyPair
) -> None:
    checks, _ = account_checks(environment)
    assert named(checks, "keys of default").level is Level.OK
    for keys in (merchant_key.public_text, f"{gateway_key.public_text},{merchant_key.public_text}"):
        checks, _ = account_checks(environment | {"ANTOM_PUBLIC_KEY": keys})
        assert named(checks, "ANTOM_PUBLIC_KEY").level is Level.OK
        assert named(checks, "keys of default").level is Level.PROBLEM


def test_keys_of_further_accounts_are_checked_too(
    environment: dict[str, str], merchant_key: KeyPair, tmp_path: Path
) -> None:
    (tmp_path / "own.key").write_text(merchant_key.private_text)
    (tmp_path / "own.pub").write_text(merchant_key.public_text)
    file = tmp_path / "accounts.toml"
    file.write_text(
        '[accounts.shop-two]\ngateway_url = "https://open-sea-global.alipay.com"\nclient_id = "5X0"\n'
        'merchant_private_key_file = "own.key"\ngateway_public_key_file = "own.pub"\n'
    )
    checks, accounts = account_checks(environment | {"HOLDFAST_ACCOUNTS": str(file)})
    assert list(accounts) == ["default", "shop-two"]
    assert named(checks, "keys of shop-two").level is Level.PROBLEM
    assert named(checks, "environment of shop-two").finding == "production: real money"


@pytest.mark.parametrize(
    ("url", "client_id", "level"),
    [
        ("http://127.0.0.1:1", "SANDBOX_5X0", Level.OK),
        ("http://127.0.0.1:1", "5X0", Level.WARNING),
        ("https://open-na-global.alipay.com", "SANDBOX_5X0", Level.OK),
        ("https://open-na-global.alipay.com", "5X0", Level.OK),
        ("https://open-na.alipay.example.com", "5X0", Level.WARNING),
    ],
)
def test_client_id_is_compared_with_the_gateway(
    environment: dict[str, str], url: str, client_id: str, level: Level
) -> None:
    checks, _ = account_checks(environment | {"ANTOM_GATEWAY_URL": url, "ANTOM_CLIENT_ID": client_id})
    assert named(checks, "environment of default").level is level


def answer(code: str) -> Happened[InquiryPaymentResponse]:
    result = {"resultCode": code, "resultStatus": "F", "resultMessage": code.lower()}
    return Happened(InquiryPaymentResponse.model_validate({"result": result}))


def test_signed_answer_about_an_unknown_payment_shows_that_the_keys_fit() -> None:
    assert call_finding("signed call", answer("ORDER_NOT_EXIST")).level is Level.OK


@pytest.mark.parametrize(
    ("outcome", "advice"),
    [
        (DidNotHappen("not sent: ConnectError"), "ANTOM_GATEWAY_URL"),
        (answer("SIGNATURE_INVALID"), "ANTOM_MERCHANT_PRIVATE_KEY"),
        (
            Unknown("response without a signature", claimed_code="CLIENT_INVALID"),
            "ANTOM_MERCHANT_PRIVATE_KEY",
        ),
        (Unknown("response with a wrong signature"), "ANTOM_PUBLIC_KEY"),
        (Unknown("response-time is 412 s before the request, and 300 s are allowed"), "clock"),
        (Unknown("HTTP status 502"), "ANTOM_GATEWAY_URL"),
    ],
)
def test_call_that_fails_names_what_to_correct(
    outcome: DidNotHappen | Unknown | Happened[InquiryPaymentResponse], advice: str
) -> None:
    check = call_finding("signed call", outcome)
    assert check.level is Level.PROBLEM
    assert advice in str(check.advice)


@pytest.mark.parametrize(
    ("seconds", "level"),
    [(0, Level.OK), (-4, Level.OK), (60, Level.WARNING), (-60, Level.WARNING), (400, Level.PROBLEM)],
)
def test_clock_is_compared_with_the_gateways(seconds: int, level: Level) -> None:
    assert clock_finding("clock", NOW + timedelta(seconds=seconds), NOW).level is level


def test_worker_counts_while_it_polls() -> None:
    recent, old = NOW - timedelta(seconds=60), NOW - timedelta(minutes=3)
    assert workers_finding({"a": recent}, {"a": recent}, NOW).level is Level.OK
    assert workers_finding({"a": old, "b": recent}, {"a": old, "b": recent}, NOW).finding.startswith(
        "1 polls"
    )
    for pollers in ({}, {"a": old}):
        assert workers_finding(pollers, pollers, NOW).level is Level.PROBLEM
    assert workers_finding({"a": recent}, {}, NOW).level is Level.PROBLEM
    ahead = NOW + timedelta(minutes=2)
    assert workers_finding({"a": ahead}, {"a": ahead}, NOW).level is Level.WARNING


def test_keys_are_shown_by_their_ids() -> None:
    rule = keyring_rule("HOLDFAST_CODEC_KEYS")
    assert rule(f"new:{SECRET}") == "key new encrypts"
    assert rule(f"new:{SECRET},old:{SECRET}") == "key new encrypts; old decrypt too"


@pytest.mark.parametrize(("codec_keys", "is_named"), [(f"new:{SECRET}, old:{SECRET}", True), ("", False)])
async def test_key_that_vault_and_codec_share_is_found_under_another_id(
    codec_keys: str, is_named: bool, tmp_path: Path
) -> None:
    environment = {
        "HOLDFAST_CARD_VAULT": f"sqlite:///{tmp_path}/cards.db",
        "HOLDFAST_CARD_VAULT_KEYS": f"vault:{SECRET}",
        "HOLDFAST_CODEC_KEYS": codec_keys,
    }
    names = {check.name for check in await vault_checks(environment)}
    assert ("separate keys" in names) is is_named
