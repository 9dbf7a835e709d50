"""The scan finds the marks in every encoding and in every place."""

import base64
import gzip
import json
import sqlite3
import sys
import threading
import zlib
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from google.protobuf.message import Message
from google.protobuf.wrappers_pb2 import StringValue
from temporalio.api.common.v1 import Memo, Payload, Payloads, SearchAttributes
from temporalio.api.failure.v1 import Failure, ResetWorkflowFailureInfo
from temporalio.api.history.v1 import HistoryEvent, MarkerRecordedEventAttributes
from temporalio.api.sdk.v1 import UserMetadata

from holdfast.antom import keys
from holdfast.antom.errors import AntomError
from holdfast.antom.message_time import parse_message_time
from holdfast.temporal.codec import codec_from
from tests.support.leaks import marks
from tests.support.leaks.scanned import CODEC_KEY
from tests.support.leaks.search import Finding, card_data_in, person_in
from tests.support.leaks.temporal_store import StoredMessage, leaks_of
from tests.system.leaks.verbose import log_every_exception, without_locals

NUMBER = marks.VISA
ENCODINGS: list[Callable[[str], bytes]] = [
    str.encode,
    lambda text: text.encode("utf-16-le"),
    lambda text: text.encode("utf-16-be"),
    lambda text: json.dumps(text).encode(),
    lambda text: quote(text, safe="").encode(),
    lambda text: text.encode().hex().encode(),
    lambda text: text[::-1].encode(),
    lambda text: base64.b64encode(text.encode()),
    lambda text: base64.b64encode(b"." + text.encode()),
    lambda text: base64.urlsafe_b64encode(b".." + text.encode()),
    lambda text: text.encode("latin-1"),
    lambda text: repr(text.encode()).encode(),
    lambda text: repr(repr(text.encode())).encode(),
    lambda text: ascii(text).encode(),
    lambda text: str(StringValue(value=text)).encode(),
    lambda text: text.encode("ascii", "xmlcharrefreplace"),
    lambda text: zlib.compress(text.encode()),
    lambda text: gzip.compress(text.encode(), 1),
]


@pytest.mark.parametrize("encode", ENCODINGS)
@pytest.mark.parametrize("mark", marks.PERSON, ids=lambda mark: mark.name)
def test_person_is_found_in_any_encoding(mark: marks.Mark, encode: Callable[[str], bytes]) -> None:
    assert {found.what for found in person_in("here", b"\0" + encode(mark.text) + b"\0")} == {mark.name}


@pytest.mark.parametrize("encode", ENCODINGS)
@pytest.mark.parametrize("number", marks.CARD_NUMBERS)
def test_card_number_is_found_in_any_encoding(number: str, encode: Callable[[str], bytes]) -> None:
    assert {found.what for found in card_data_in("here", encode(number))} == {"card number"}


@pytest.mark.parametrize(
    "text",
    [
        f"card {NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:12]} {NUMBER[12:]}",
        f"card {NUMBER[:4]}-{NUMBER[4:8]}-{NUMBER[8:12]}-{NUMBER[12:]}",
        f"{NUMBER[:9]}*******",
        f"******{NUMBER[6:15]}",
    ],
)
def test_card_number_beyond_the_allowed_digits_is_found(text: str) -> None:
    assert list(card_data_in("here", text.encode())) == [Finding("here", "card number", "plain text")]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"cvv {marks.CVV}", "security code"),
        (f'["{marks.CVV}"]', "security code"),
        (f"code={marks.CVV}&", "security code"),
        (f"valid until {marks.MONTH}/{marks.YEAR}", "expiry date"),
        (f"(20{marks.YEAR}-{marks.MONTH})", "expiry date"),
        ('"expiryMonth": "01"', "expiryMonth"),
        (r"{\"cardPasswordDigest\":\"12\"}", "cardPasswordDigest"),
        ("cvv='123'", "cvv"),
    ],
)
def test_other_card_fields_are_found(text: str, what: str) -> None:
    assert what in {found.what for found in card_data_in("here", text.encode())}


@pytest.mark.parametrize(
    "text",
    [
        '"cardNo": "405469******0768", "cardBin": "405469", "lastFour": "0768", "cvvResultRaw": "Y"',
        "paymentMethod.paymentMethodMetaData.cvv: card data is not allowed here",
        "at 2026-11-25T19:09:38.083100Z, run 01a20831-0831-7589-b5e5-c70831a63bca",
        "paymentId 202611230938108001001880000000001",
    ],
)
def test_allowed_data_is_no_finding(text: str) -> None:
    assert list(card_data_in("here", text.encode())) == []


def plain_payload(text: str) -> Payload:
    """Returns a payload as a client without a codec key sends it."""
    return Payload(metadata={"encoding": b"json/plain"}, data=json.dumps({"value": text}).encode())


def search_attribute(payload: Payload) -> Message:
    return SearchAttributes(indexed_fields={"ReferenceOrderId": payload})


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("a search attribute", search_attribute(plain_payload(marks.EMAIL))),
        ("a memo", Memo(fields={"note": plain_payload(marks.EMAIL)})),
        ("a summary", HistoryEvent(user_metadata=UserMetadata(summary=plain_payload(marks.EMAIL)))),
        ("an exception's text", Failure(message=f"cannot notify {marks.EMAIL}")),
        ("a stack trace", Failure(stack_trace=f'File "/{marks.EMAIL}"')),
    ],
)
async def test_person_in_temporal_is_found(place: str, message: Message) -> None:
    found = await leaks_of(StoredMessage(place, message), codec_from(CODEC_KEY))
    assert Finding(place, "e-mail", "plain text") in found


async def test_unencrypted_data_in_temporal_is_found() -> None:
    for message in (Memo(fields={"note": plain_payload("x")}), Failure(message="words")):
        assert {
            each.form for each in await leaks_of(StoredMessage("here", message), codec_from(CODEC_KEY))
        } == {"not encrypted"}


def marker(data: bytes) -> HistoryEvent:
    """Returns a marker as the SDK writes it for a code change."""
    details = {"patch-data": Payloads(payloads=[Payload(metadata={"encoding": b"json/plain"}, data=data)])}
    recorded = MarkerRecordedEventAttributes(marker_name="core_patch", details=details)
    return HistoryEvent(marker_recorded_event_attributes=recorded)


RESET = Failure(message="as agreed", reset_workflow_failure_info=ResetWorkflowFailureInfo())
NO_REPLAY = Failure(message="[TMPRL1100] Nondeterminism error: Timer machine does not handle this event")
SHUT_DOWN = Failure(message="Worker is shutting down and this activity did not complete in time")
PATCH = marker(b'{"id":"a-change-of-the-code","deprecated":false}')
TEMPORAL_TEXTS = {"a patch": PATCH, "a reset": RESET, "no replay": NO_REPLAY, "shut down": SHUT_DOWN}


@pytest.mark.parametrize("message", TEMPORAL_TEXTS.values(), ids=TEMPORAL_TEXTS)
async def test_text_of_temporal_itself_is_no_finding(message: Message) -> None:
    assert await leaks_of(StoredMessage("here", message), codec_from(CODEC_KEY)) == []


@pytest.mark.parametrize(
    "message",
    [
        marker(b'"words"'),
        marker(json.dumps({"id": marks.EMAIL, "deprecated": False}, separators=(",", ":")).encode()),
        Memo(fields={"note": Payload(data=b'{"id":"a-change-of-the-code","deprecated":false}')}),
        Failure(message="words [TMPRL1100] Nondeterminism error: "),
        Failure(message=NO_REPLAY.message, stack_trace="words"),
        Failure(
            message=RESET.message,
            reset_workflow_failure_info=ResetWorkflowFailureInfo(),
            cause=Failure(message="words"),
        ),
    ],
)
async def test_text_that_resembles_temporals_is_found(message: Message) -> None:
    found = await leaks_of(StoredMessage("here", message), codec_from(CODEC_KEY))
    assert "not encrypted" in {each.form for each in found}


async def test_person_in_a_text_of_temporal_is_found() -> None:
    for failure in (RESET, NO_REPLAY, SHUT_DOWN):
        with_a_person = Failure()
        with_a_person.CopyFrom(failure)
        with_a_person.message += f" {marks.EMAIL}"
        assert Finding("here", "e-mail", "plain text") in await leaks_of(
            StoredMessage("here", with_a_person), None
        )


async def test_card_in_encrypted_data_is_found() -> None:
    """Encrypted personal data is allowed, encrypted card data is not (PCI DSS 3.3.1)."""
    codec = codec_from(CODEC_KEY)
    person, card = await codec.encode([plain_payload(marks.EMAIL), plain_payload(marks.VISA)])
    assert await leaks_of(StoredMessage("here", Memo(fields={"note": person})), codec) == []
    found = await leaks_of(StoredMessage("here", Memo(fields={"note": card})), codec)
    assert [each.what for each in found] == ["card number"]


def test_deleted_row_of_a_database_is_found(tmp_path: Path) -> None:
    """Deleted data stays in the file until it is overwritten."""
    file = tmp_path / "some.db"
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("PRAGMA secure_delete = OFF")
        db.execute("CREATE TABLE row (text TEXT)")
        db.execute("INSERT INTO row VALUES (?)", (marks.VISA,))
        db.commit()
        db.execute("DELETE FROM row")
    assert [each.what for each in card_data_in("file", file.read_bytes())] == ["card number"]


def exceptions_logged(work: Callable[[], object], file: Path) -> bytes:
    """Returns the log of the exceptions that the work raises."""
    before, of_threads = sys.gettrace(), threading.gettrace()
    with file.open("wb") as log:
        log_every_exception(log.fileno())
        try:
            with suppress(AntomError):
                work()
        finally:
            sys.settrace(before)
            threading.settrace(of_threads)
    return file.read_bytes()


def test_person_in_a_caught_exception_is_found(tmp_path: Path) -> None:
    log = exceptions_logged(lambda: parse_message_time(marks.EMAIL), tmp_path / "exceptions.log")
    assert {each.what for each in person_in("file", without_locals(log))} == {"e-mail"}


def test_card_in_local_variables_of_an_exception_is_found(tmp_path: Path) -> None:
    log = exceptions_logged(lambda: keys.load_public_key(marks.VISA), tmp_path / "exceptions.log")
    assert {each.what for each in card_data_in("file", log)} == {"card number"}
    assert list(card_data_in("file", without_locals(log))) == []
