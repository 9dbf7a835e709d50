"""The example in TypeScript knows the errors of payments by the names that Holdfast gives them."""

import re

from holdfast.errors import REFUSALS
from tools.local_stack.processes import ROOT

ERRORS = ROOT / "examples" / "typescript" / "src" / "errors.ts"
OF_THE_CLIENT = {"PaymentReferenceReused", "PaymentNotFound", "PaymentUnavailable", "PaymentStopped"}
"""These are not refusals of the workflow, so that each client finds out about them by itself."""


def test_every_refusal_has_its_type() -> None:
    union = ERRORS.read_text().partition("export type ErrorType =")[2].partition(";")[0]
    assert set(re.findall(r"'(\w+)'", union)) == set(REFUSALS) | OF_THE_CLIENT
