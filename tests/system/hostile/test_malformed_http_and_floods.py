"""Malformed HTTP causes no error, and a flood of requests does not fill the memory."""

from tests.support.tools.running_demo import reads_proc
from tests.system.hostile.flood import flooded
from tests.system.hostile.raw_bytes import try_raw_bytes


async def test_malformed_http_is_refused_without_an_error() -> None:
    responses = await try_raw_bytes(150)
    assert responses.total == 150
    assert (responses.accepted, responses.failed) == (0, 0)
    assert responses.statuses.get(401, 0) > 10, "some requests reach the signature check"


@reads_proc
async def test_flood_of_large_forgeries_does_not_fill_the_memory() -> None:
    before, (first, second) = await flooded(2, 600)
    for wave in (first, second):
        assert wave.responses.statuses == {401: 600}
    assert second.megabytes < before + 150
    assert second.megabytes < first.megabytes + 20, "the second wave reuses the memory of the first"
