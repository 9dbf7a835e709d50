"""Where a person sees the workflows of payments, and the gateway's record of them."""

from dataclasses import dataclass

from holdfast.temporal.names import workflow_id


@dataclass(frozen=True)
class Links:
    """The Temporal UI's list of workflows, and the base URL of the gateway's simulator."""

    workflows: str
    simulator: str

    @property
    def console(self) -> str:
        """The simulator's console."""
        return f"{self.simulator}/"

    @property
    def ledger(self) -> str:
        """The simulator's ledger, as JSON."""
        return f"{self.simulator}/ledger"

    def workflow(self, reference: str) -> str:
        """The payment in the Temporal UI."""
        return f"{self.workflows}/{workflow_id(reference)}"
