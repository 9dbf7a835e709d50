"""Reviews, resolutions, reconciliations and the checks of `doctor` on a running system."""

import json
from collections.abc import Awaitable, Sequence

import httpx

from holdfast import DifferenceNotice, ReconciliationReport
from holdfast import PaymentStatus as S
from holdfast.cli.doctor.check import DoctorReport, Level
from holdfast.difference_kind import DifferenceKind
from tests.support.crashes.system import SystemUnderTest
from tests.support.eventually import eventually
from tests.system.cli.conftest import CommandLine
from tools.local_stack.merchant_environment import SIMULATOR_URL
from tools.local_stack.processes import ROOT

FINDING = ("--reason", "compared by hand", "--evidence", "dashboard, 14:02")


async def reviews(cli: CommandLine) -> dict[str, dict[str, object]]:
    """Returns the review list by payment reference."""
    done = await cli.run("review", "--json")
    entries = json.loads(done.out)
    assert done.status == (5 if entries else 0)
    return {entry["paymentReference"]: entry for entry in entries}


async def capture_in_dashboard(cli: CommandLine, reference: str, value: int) -> None:
    """Captures a part in the gateway's dashboard, which sends no notification."""
    url = f"{cli.merchant[SIMULATOR_URL]}/dashboard/{reference}-1"
    async with httpx.AsyncClient(trust_env=False) as http:
        (await http.post(url, json={"operation": "capture", "value": value})).raise_for_status()


async def test_review_is_listed_with_its_command_and_acknowledged(cli: CommandLine) -> None:
    reference = (await cli.json("pay", "--card", "visa", "--manual")).paymentReference
    await capture_in_dashboard(cli, reference, 500)
    refreshed = await cli.run("refresh", reference)
    assert (refreshed.status, refreshed.out.split()[1]) == (0, "PARTIALLY_CAPTURED")
    assert "A person must look: " in refreshed.out

    async def is_listed() -> bool:
        return reference in await reviews(cli)

    await eventually(is_listed)
    entry = (await reviews(cli))[reference]
    payment = await cli.system.payments.get(reference)
    assert payment.review is not None
    assert (entry["reason"], entry["status"], entry["amount"]) == (
        payment.review.reason,
        "PARTIALLY_CAPTURED",
        "EUR 12.50",
    )
    text = (await cli.run("review")).out
    assert f"  $ holdfast resolve {reference} --outcome ACKNOWLEDGED --reason '' --evidence ''\n" in text
    done = await cli.run("resolve", reference, "--outcome", "ACKNOWLEDGED", *FINDING, "--json")
    assert done.status == 0, done
    assert done.payment.review is None
    assert "ops-7: compared by hand (evidence: dashboard, 14:02)" in str(done.payment.events[-1].detail)

    async def is_gone() -> bool:
        return reference not in await reviews(cli)

    await eventually(is_gone)
    again = await cli.run("resolve", reference, "--outcome", "ACKNOWLEDGED", *FINDING)
    assert (again.status, len(again.err.splitlines())) == (1, 2)


async def test_unknown_outcome_needs_a_person_until_it_is_resolved(cli: CommandLine) -> None:
    reference = (await cli.json("pay", "--manual")).paymentReference
    gateway = cli.system.gateway
    await gateway.inject_fault(reference, "notification", "none", times=-1)
    await gateway.inject_fault(reference, "inquiryPayment", "wrong_amount", times=-1)
    assert await gateway.act_as_buyer(f"{reference}-1", "pay")
    unknown = await cli.run("refresh", reference)
    assert (unknown.status, unknown.out.split()[1]) == (5, "NEEDS_REVIEW")
    finding = ("resolve", reference, "--outcome", "SUCCEEDED", *FINDING, "--by", "ops-9", "--json")
    refused = await cli.run(*finding)
    assert refused.status != 0
    assert "--force" in refused.err
    done = await cli.run(*finding, "--force")
    assert done.payment.status is S.AUTHORIZED
    assert done.status == (5 if done.payment.review else 0)
    assert any("ops-9: compared by hand" in str(line.detail) for line in done.payment.events)
    assert (await gateway.summary(reference)).held == 1250


async def _any(found: Awaitable[Sequence[object]]) -> bool:
    return bool(await found)


async def test_finding_that_the_gateway_contradicts_is_not_applied(cli: CommandLine) -> None:
    reference = (await cli.json("pay", "--manual")).paymentReference
    gateway = cli.system.gateway
    await gateway.inject_fault(reference, "notification", "none", times=-1)
    await gateway.inject_fault(reference, "inquiryPayment", "wrong_amount")
    assert await gateway.act_as_buyer(f"{reference}-1", "pay")
    assert (await cli.run("refresh", reference)).status == 5
    done = await cli.run("resolve", reference, "--outcome", "FAILED", *FINDING)
    assert (done.status, done.out.split()[1]) == (5, "AUTHORIZED")
    assert "was not applied: the gateway's record counts" in done.err


async def test_late_notification_is_listed_with_the_commands_that_compare_it(cli: CommandLine) -> None:
    reference = (await cli.json("pay", "--card", "visa", "--manual")).paymentReference
    assert (await cli.run("capture", reference)).status == 0
    async with httpx.AsyncClient(base_url=cli.merchant[SIMULATOR_URL], trust_env=False) as http:

        async def notified() -> list[str]:
            sent = (await http.get("/notifications")).json()
            return [each["id"] for each in sent if each["captureRequestId"] == f"{reference}-c1"]

        await eventually(lambda: _any(notified()))
        [sent] = await notified()
        forged = await http.post(f"/notifications/{sent}/forge", json={"kind": "changed_content"})
        forged.raise_for_status()

    async def late() -> list[dict[str, object]]:
        entries = json.loads((await cli.run("review", "--ended", "--json")).out)
        return [each for each in entries if each["paymentReference"] == reference]

    await eventually(lambda: _any(late()))
    [entry] = await late()
    assert (entry["workflowType"], entry["isOpen"]) == ("LateNotification", False)
    assert entry["commands"] == [f"holdfast show {reference}", f"holdfast reconcile --reference {reference}"]


async def test_reconciliation_reports_agreement_and_difference(
    cli: CommandLine, system: SystemUnderTest
) -> None:
    agreed, terminated = [
        (await cli.json("pay", "--card", "visa", "--manual")).paymentReference for _ in range(2)
    ]
    done = await cli.run("reconcile", "--reference", agreed, "--json")
    report = ReconciliationReport.model_validate_json(done.out)
    assert (done.status, report.compared, report.agreed) == (0, 1, 1)
    await system.handle(terminated).terminate("a test")
    stopped = await cli.run("show", terminated)
    assert (stopped.status, len(stopped.err.splitlines())) == (5, 2)
    text = await cli.run("reconcile", "--reference", terminated)
    assert text.status == 5
    assert DifferenceKind.UNATTENDED in text.out
    listed = await cli.run("review", "--json")
    [entry] = [each for each in json.loads(listed.out) if each["paymentReference"] == terminated]
    assert entry["workflowType"] == "Difference"
    closed = await cli.run("resolve", entry["workflowId"], "--outcome", "ACKNOWLEDGED", *FINDING, "--json")
    assert closed.status == 0, closed
    assert DifferenceNotice.model_validate_json(closed.out).resolution is not None
    refused = await cli.run("resolve", entry["workflowId"], "--outcome", "FAILED", *FINDING)
    assert refused.status == 1


async def test_doctor_finds_no_problem_in_a_running_system(cli: CommandLine) -> None:
    for environment in (cli.processes, cli.merchant):
        done = await cli.run("doctor", "--json", environment=environment)
        report = DoctorReport.model_validate_json(done.out)
        assert (done.status, report.problems) == (0, 0), done.out
        levels = {check.name: check.level for check in report.checks}
        expected = {"connection", "search attributes", "workers", "trial entry", "HOLDFAST_SIMULATOR_URL"}
        if environment is not cli.merchant and "ANTOM_CLIENT_ID" in environment:
            expected |= {"signed call of default", "clock of default", "webhook", "keys of default"}
        assert {name for name in expected if levels[name] is not Level.OK} == set()


async def test_doctor_finds_keys_that_do_not_fit(cli: CommandLine, system: SystemUnderTest) -> None:
    keys = system.stack.folder.keys
    own_key = {**cli.processes, "ANTOM_PUBLIC_KEY_FILE": str(keys / "merchant_public_key")}
    swapped = {**cli.processes, "ANTOM_MERCHANT_PRIVATE_KEY_FILE": str(keys / "gateway_private_key")}
    other_codec = {**cli.processes, "TEMPORAL_NAMESPACE": "absent"}
    for environment, names in (
        (own_key, {"keys of default", "signed call of default"}),
        (swapped, {"keys of default", "signed call of default"}),
        (other_codec, {"namespace"}),
    ):
        done = await cli.run("doctor", "--json", environment=environment)
        report = DoctorReport.model_validate_json(done.out)
        found = {check.name for check in report.checks if check.level is Level.PROBLEM}
        assert (done.status, found) == (5, names)


async def test_report_of_doctor_fits_a_narrow_terminal(cli: CommandLine) -> None:
    done = await cli.run("doctor", environment={**cli.processes, "COLUMNS": "80"})
    assert done.status == 0
    assert max(len(line) for line in done.out.splitlines()) <= 80
    assert done.out.splitlines()[-1].startswith("No problem found")
    assert str(ROOT) not in done.out
