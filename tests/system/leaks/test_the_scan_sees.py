"""What the scan would find, if it were there: in every form, in every place."""

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
from holdfast.temporal.codec import codec_from
from services.webhook.app import moment_of
from tests.support.leaks import marks
from tests.support.leaks.scanned import CODEC_KEY
from tests.support.leaks.search import Finding, card_data_in, person_in
from tests.support.leaks.temporal_store import Held, leaks_of
from tests.system.leaks.verbose import tell_every_exception, without_locals

NUMBER = marks.VISA
WRITTEN: list[Callable[[str], bytes]] = [
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


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("mark", marks.PERSON, ids=lambda mark: mark.name)
def test_a_person_in_any_form(mark: marks.Mark, written: Callable[[str], bytes]) -> None:
    assert {found.what for found in person_in("here", b"\0" + written(mark.text) + b"\0")} == {mark.name}


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("number", marks.CARD_NUMBERS)
def test_a_card_number_in_any_form(number: str, written: Callable[[str], bytes]) -> None:
    assert {found.what for found in card_data_in("here", written(number))} == {"card number"}


@pytest.mark.parametrize(
    "text",
    [
        f"card {NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:12]} {NUMBER[12:]}",
        f"card {NUMBER[:4]}-{NUMBER[4:8]}-{NUMBER[8:12]}-{NUMBER[12:]}",
        f"{NUMBER[:9]}*******",
        f"******{NUMBER[6:15]}",
    ],
)
def test_more_of_a_card_number_than_may_be_kept(text: str) -> None:
    assert list(card_data_in("here", text.encode())) == [Finding("here", "card number", "in clear")]


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
def test_the_rest_of_a_card(text: str, what: str) -> None:
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
def test_what_may_be_kept_is_no_finding(text: str) -> None:
    assert list(card_data_in("here", text.encode())) == []


def in_clear(text: str) -> Payload:
    """As a client without a codec key sends it."""
    return Payload(metadata={"encoding": b"json/plain"}, data=json.dumps({"value": text}).encode())


def search_attribute(payload: Payload) -> Message:
    return SearchAttributes(indexed_fields={"ReferenceOrderId": payload})


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("a search attribute", search_attribute(in_clear(marks.EMAIL))),
        ("a memo", Memo(fields={"note": in_clear(marks.EMAIL)})),
        ("a summary", HistoryEvent(user_metadata=UserMetadata(summary=in_clear(marks.EMAIL)))),
        ("an exception's text", Failure(message=f"cannot tell {marks.EMAIL}")),
        ("a stack trace", Failure(stack_trace=f'File "/{marks.EMAIL}"')),
    ],
)
async def test_a_person_at_temporal(place: str, message: Message) -> None:
    found = await leaks_of(Held(place, message), codec_from(CODEC_KEY))
    assert Finding(place, "e-mail", "in clear") in found


async def test_whatever_is_not_encrypted() -> None:
    for message in (Memo(fields={"note": in_clear("x")}), Failure(message="words")):
        assert {each.form for each in await leaks_of(Held("here", message), codec_from(CODEC_KEY))} == {
            "not encrypted"
        }


def marker(data: bytes) -> HistoryEvent:
    """As the SDK writes one for a change of the code."""
    details = {"patch-data": Payloads(payloads=[Payload(metadata={"encoding": b"json/plain"}, data=data)])}
    recorded = MarkerRecordedEventAttributes(marker_name="core_patch", details=details)
    return HistoryEvent(marker_recorded_event_attributes=recorded)


RESET = Failure(message="as agreed", reset_workflow_failure_info=ResetWorkflowFailureInfo())
NO_REPLAY = Failure(message="[TMPRL1100] Nondeterminism error: Timer machine does not handle this event")
CUT_OFF = Failure(message="Worker is shutting down and this activity did not complete in time")
PATCH = marker(b'{"id":"a-change-of-the-code","deprecated":false}')
TEMPORALS_OWN = {"a patch": PATCH, "a reset": RESET, "no replay": NO_REPLAY, "cut off": CUT_OFF}


@pytest.mark.parametrize("message", TEMPORALS_OWN.values(), ids=TEMPORALS_OWN)
async def test_what_temporal_itself_writes_is_no_finding(message: Message) -> None:
    assert await leaks_of(Held("here", message), codec_from(CODEC_KEY)) == []


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
async def test_what_only_looks_like_it_is_one(message: Message) -> None:
    found = await leaks_of(Held("here", message), codec_from(CODEC_KEY))
    assert "not encrypted" in {each.form for each in found}


async def test_a_person_in_what_temporal_itself_writes() -> None:
    for failure in (RESET, NO_REPLAY, CUT_OFF):
        with_a_person = Failure()
        with_a_person.CopyFrom(failure)
        with_a_person.message += f" {marks.EMAIL}"
        assert Finding("here", "e-mail", "in clear") in await leaks_of(Held("here", with_a_person), None)


async def test_a_card_inside_what_is_encrypted() -> None:
    """A person may be in there, a card may not: not even encrypted (PCI DSS 3.3.1)."""
    codec = codec_from(CODEC_KEY)
    person, card = await codec.encode([in_clear(marks.EMAIL), in_clear(marks.VISA)])
    assert await leaks_of(Held("here", Memo(fields={"note": person})), codec) == []
    found = await leaks_of(Held("here", Memo(fields={"note": card})), codec)
    assert [each.what for each in found] == ["card number"]


def test_a_row_of_a_database_that_was_deleted(tmp_path: Path) -> None:
    """What is deleted without being overwritten stays in the file."""
    file = tmp_path / "some.db"
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("PRAGMA secure_delete = OFF")
        db.execute("CREATE TABLE row (text TEXT)")
        db.execute("INSERT INTO row VALUES (?)", (marks.VISA,))
        db.commit()
        db.execute("DELETE FROM row")
    assert [each.what for each in card_data_in("file", file.read_bytes())] == ["card number"]


def told_of(work: Callable[[], object], file: Path) -> bytes:
    """What is told of the exceptions that pass meanwhile."""
    before, of_threads = sys.gettrace(), threading.gettrace()
    with file.open("wb") as log:
        tell_every_exception(log.fileno())
        try:
            with suppress(AntomError):
                work()
        finally:
            sys.settrace(before)
            threading.settrace(of_threads)
    return file.read_bytes()


def test_an_exception_that_somebody_catches(tmp_path: Path) -> None:
    told = told_of(lambda: moment_of(marks.EMAIL), tmp_path / "exceptions.log")
    assert {each.what for each in person_in("file", without_locals(told))} == {"e-mail"}


def test_a_card_in_the_locals_of_a_function_that_an_exception_passes(tmp_path: Path) -> None:
    told = told_of(lambda: keys.public_key(marks.VISA), tmp_path / "exceptions.log")
    assert {each.what for each in card_data_in("file", told)} == {"card number"}
    assert list(card_data_in("file", without_locals(told))) == []
