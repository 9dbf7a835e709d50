"""The codec keys: whether they can be used, and decrypt the newest payments here and at the workers."""

import asyncio

from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError

from holdfast.card_vault import Keyring
from holdfast.cli.doctor.check import Area, Check, ok, problem, skipped
from holdfast.cli.doctor.variables import Environment, Rule, optional
from holdfast.errors import CodecKeyError
from holdfast.temporal import names
from holdfast.temporal.codec import CODEC_KEYS

LOOKED_AT = 20
"""How many payments are looked at, the newest first: with another key, a part of them cannot be read."""
_NEWEST = "newest payments"
_OTHER_KEYS = (
    f"Read the worker's log. Where it names {CODEC_KEYS}, set them here and at the worker to the same keys. "
    "With the demo: source .demo/merchant.env again."
)


async def encryption_checks(environment: Environment, client: Client | None) -> list[Check]:
    """Returns the checks of the codec keys; without a `client` the newest payments cannot be read."""
    keys = optional(
        Area.ENCRYPTION, environment, CODEC_KEYS, keyring_rule(CODEC_KEYS), "payloads are plain JSON"
    )
    if client is None:
        return [keys, skipped(Area.ENCRYPTION, _NEWEST, "not known without a connection")]
    return [keys, await _newest_check(client)]


def keyring_rule(variable: str) -> Rule:
    """Returns the rule of a variable with keys, which shows their ids alone."""

    def rule(text: str) -> str:
        keyring = Keyring.parse(text, variable)
        others = [key_id for key_id in keyring.keys if key_id != keyring.primary_id]
        return f"key {keyring.primary_id} encrypts" + (f"; {', '.join(others)} decrypt too" if others else "")

    return rule


async def _newest_check(client: Client) -> Check:
    query = f"WorkflowType = '{names.CARD_PAYMENT}' AND ExecutionStatus != 'ContinuedAsNew'"
    try:
        found = [each async for each in client.list_workflows(query, limit=LOOKED_AT)]
        if not found:
            return skipped(Area.ENCRYPTION, _NEWEST, "there is no payment yet")
        checks = await asyncio.gather(*(_payment_check(client, each) for each in found))
    except RPCError as error:
        return skipped(Area.ENCRYPTION, _NEWEST, f"Temporal did not answer ({error.status.name})")
    bad = next((check for check in checks if check is not None), None)
    some = "it" if len(found) == 1 else f"all of the newest {len(found)}"
    return bad or ok(Area.ENCRYPTION, _NEWEST, f"{some} can be read")


async def _payment_check(client: Client, execution: WorkflowExecution) -> Check | None:
    """Returns the problem with one payment; None where this process and the workers can read it."""
    try:
        description = await client.get_workflow_handle(execution.id, run_id=execution.run_id).describe()
        await description.static_summary()
    except CodecKeyError as error:
        advice = f"Set {CODEC_KEYS} to the keys of the worker, and keep the old ones during a key change."
        return problem(Area.ENCRYPTION, _NEWEST, f"{execution.id}: {error}", advice)
    attempt = description.raw_description.pending_workflow_task.attempt
    if attempt > 1:
        finding = f"no worker can process {execution.id} (attempt {attempt} of one task)"
        return problem(Area.ENCRYPTION, _NEWEST, finding, _OTHER_KEYS)
    return None
