"""JSON Schemas of what other programs exchange with a payment, into `docs/schemas`.

`python -m tools.checks.schemas` writes them; with `--check` it exits 1 and names what is stale.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from holdfast.order import CancelRequest, CaptureRequest, PaymentOrder, RetryRequest
from holdfast.payment import Payment
from holdfast.reconciliation.difference import DifferenceNotice
from holdfast.reconciliation.report import ReconciliationReport, ReconciliationRequest
from holdfast.resolution import Resolution
from settlement.notification.late_notice import LateNotice
from settlement.notification.verified_notification import VerifiedNotification
from tools.checks.generated import ROOT, main

FOLDER: Final = ROOT / "docs" / "schemas"
SENT: Final[tuple[type[BaseModel], ...]] = (
    PaymentOrder,
    CaptureRequest,
    CancelRequest,
    RetryRequest,
    Resolution,
    VerifiedNotification,
    LateNotice,
    ReconciliationRequest,
)
"""What a workflow is given: the schema says what is accepted."""
ANSWERED: Final[tuple[type[BaseModel], ...]] = (Payment, ReconciliationReport, DifferenceNotice)
"""What a workflow answers: the schema says what is written."""


def texts() -> Mapping[str, str]:
    """File name → text of every schema."""
    modes: Iterable[tuple[tuple[type[BaseModel], ...], Literal["validation", "serialization"]]] = (
        (SENT, "validation"),
        (ANSWERED, "serialization"),
    )
    return {f"{model.__name__}.json": _text(model, mode) for models, mode in modes for model in models}


def _text(model: type[BaseModel], mode: Literal["validation", "serialization"]) -> str:
    schema = {"$schema": GenerateJsonSchema.schema_dialect, **model.model_json_schema(mode=mode)}
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def run(arguments: Sequence[str], folder: Path = FOLDER) -> int:
    """Write or check the schemas in a folder. Returns the exit status."""
    files = {folder / name: text for name, text in texts().items()}
    leftovers = [path for path in folder.glob("*.json") if path not in files]
    return main(arguments, files, "tools.checks.schemas", leftovers)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
