"""Which modules workflows share with the worker, and which the SDK's sandbox imports anew for each workflow.

In production every module that workflow code imports is passed through: imported once for the process. A
sandbox that imports the package `workflows` for each payment takes more than half of the worker's CPU and
five times the memory per open payment (`make bench-sandbox`). The protection that the sandbox gives is kept
by `tests/replay`, which replays every stored history with `STRICT`, and by an import-linter contract
(docs/adr/0017-workflow-code-is-passed-through-the-sandbox.md).
"""

from typing import Final

from temporalio.worker.workflow_sandbox import SandboxRestrictions

_LIBRARIES = ("pydantic", "holdfast")
_WORKFLOW_CODE = ("settlement", "activities", "workflows")

PRODUCTION: Final = SandboxRestrictions.default.with_passthrough_modules(*_LIBRARIES, *_WORKFLOW_CODE)
"""What `worker.py` uses."""
STRICT: Final = SandboxRestrictions.default.with_passthrough_modules(*_LIBRARIES)
"""Imports workflow code anew for each workflow: a call that is not deterministic is refused."""
