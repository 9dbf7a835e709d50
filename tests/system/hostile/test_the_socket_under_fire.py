"""What is nearly HTTP never fails the webhook, and a flood does not fill its memory."""

from tests.support.tools.running_demo import reads_proc
from tests.system.hostile.flood import flooded
from tests.system.hostile.raw_bytes import try_raw_bytes


async def test_bytes_that_are_nearly_http_are_refused_and_never_an_error() -> None:
    tally = await try_raw_bytes(150)
    assert tally.tried == 150
    assert (tally.accepted, tally.failed) == (0, 0)
    assert tally.statuses.get(401, 0) > 10, "some get as far as the signature"


@reads_proc
async def test_a_flood_of_large_forgeries_fills_no_memory() -> None:
    before, (first, second) = await flooded(2, 600)
    for wave in (first, second):
        assert wave.tally.statuses == {401: 600}
    assert second.megabytes < before + 150
    assert second.megabytes < first.megabytes + 20, "what a wave has taken serves the next one"
