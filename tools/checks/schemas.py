"""The JSON Schemas of the messages that other programs exchange with a payment, in `docs/schemas`.

`python -m tools.checks.schemas` writes them; with `--check` it exits with 1 and names stale files.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DataclassField, ModelField, TypedDictField

from holdfast.order import CancelRequest, CaptureRequest, PaymentOrder, RetryRequest
from holdfast.payment import Payment
from holdfast.reconciliation.difference import DifferenceNotice
from holdfast.reconciliation.report import ReconciliationReport, ReconciliationRequest
from holdfast.resolution import Resolution
from settlement.notification.late_notice import LateNotice
from settlement.notification.verified_notification import VerifiedNotification
from tools.checks.generated import ROOT, main

FOLDER: Final = ROOT / "docs" / "schemas"
ACCEPTED: Final[tuple[type[BaseModel], ...]] = (
    PaymentOrder,
    CaptureRequest,
    CancelRequest,
    RetryRequest,
    Resolution,
    VerifiedNotification,
    LateNotice,
    ReconciliationRequest,
)
"""The input of workflows: the schema describes what is accepted."""
RETURNED: Final[tuple[type[BaseModel], ...]] = (Payment, ReconciliationReport, DifferenceNotice)
"""The output of workflows: the schema describes what is written."""


class _Schema(GenerateJsonSchema):
    """Requires every field of what is written: a field with a default is written too.

    Types that are generated from the schema are then free of a case that does not occur.
    """

    def field_is_required(self, field: ModelField | DataclassField | TypedDictField, total: bool) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)


def texts() -> Mapping[str, str]:
    """Returns the text of every schema by its file name."""
    modes: Iterable[tuple[tuple[type[BaseModel], ...], Literal["validation", "serialization"]]] = (
        (ACCEPTED, "validation"),
        (RETURNED, "serialization"),
    )
    return {f"{model.__name__}.json": _text(model, mode) for models, mode in modes for model in models}


def _text(model: type[BaseModel], mode: Literal["validation", "serialization"]) -> str:
    fields = model.model_json_schema(mode=mode, schema_generator=_Schema)
    schema = {"$schema": GenerateJsonSchema.schema_dialect, **fields}
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def run(arguments: Sequence[str], folder: Path = FOLDER) -> int:
    """Writes or checks the schemas in a folder. Returns the exit status."""
    files = {folder / name: text for name, text in texts().items()}
    leftovers = [path for path in folder.glob("*.json") if path not in files]
    return main(arguments, files, "tools.checks.schemas", leftovers)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
