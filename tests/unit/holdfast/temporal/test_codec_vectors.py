"""The payloads in examples/codec-vectors.json, for codecs in other languages, have the codec's format."""

import json
from pathlib import Path

import pytest
from google.protobuf.json_format import ParseDict
from temporalio.api.common.v1 import Payload

from holdfast.temporal.codec import codec_from

VECTORS = json.loads((Path(__file__).parents[4] / "examples" / "codec-vectors.json").read_text())


@pytest.mark.parametrize("vector", VECTORS["payloads"], ids=lambda vector: str(vector["name"]))
async def test_payload_is_decrypted_to_the_plain_one(vector: dict[str, dict[str, object]]) -> None:
    codec = codec_from(VECTORS["HOLDFAST_CODEC_KEYS"])
    [plain] = await codec.decode([ParseDict(vector["encrypted"], Payload())])
    assert plain == ParseDict(vector["plain"], Payload())


async def test_vectors_have_both_forms_and_both_keys() -> None:
    encrypted = [ParseDict(vector["encrypted"], Payload()) for vector in VECTORS["payloads"]]
    assert {"compression" in payload.metadata for payload in encrypted} == {True, False}
    assert {payload.metadata["encryption-key-id"] for payload in encrypted} == {b"first", b"second"}
