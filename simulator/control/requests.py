"""The bodies of control requests that no other module of the simulator reads."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from simulator.control.model import MAX_SECONDS, ControlModel
from simulator.notifications.forgery import OTHER_CLIENT_ID, Forgery, ForgeryKind

MAX_ADVANCE_SECONDS = 366 * 24 * 3600
PaymentId = Annotated[str, Field(max_length=64, description="The paymentRequestId; absent or empty for all.")]


class EmptyBody(ControlModel):
    """An endpoint without a body; a body that is sent is not read."""


class BuyerAction(ControlModel):
    """What the buyer does."""

    action: Literal["pay", "fail", "abandon", "pending"] = Field(
        description="pay, fail with `code`, abandon (the payment stays open until it closes), or pending"
    )
    code: str = Field(default="", description="The result code of a failure.")


class KeyChange(ControlModel):
    """A change of keys, as in the gateway's dashboard."""

    do: Literal["register", "remove", "prepare", "switch"] = Field(
        description=(
            "register or remove a public key of the merchant; prepare the gateway's next key pair; switch "
            "to it"
        )
    )
    merchantPublicKey: str = Field(default="", description="Base64 DER or PEM, for register and remove.")


class ClockStep(ControlModel):
    """A step of the clock, which moves forward only."""

    advance: float = Field(ge=0, le=MAX_ADVANCE_SECONDS, description="Seconds.")


class HoldRequest(ControlModel):
    """Whose notifications are held or released."""

    paymentRequestId: PaymentId = ""


class ForgeRequest(ControlModel):
    """A forged form of a notification."""

    kind: Annotated[ForgeryKind, Field(strict=False)] = Field(
        description=(
            "changed_content: changed, with a valid signature. tampered_content: changed after signing. "
            "wrong_signature: changed, with a signature of other content. old_time: an old Request-Time, "
            "with a valid signature. other_client_id: another client id, with a valid signature."
        )
    )
    changes: dict[str, JsonValue] = Field(
        default={},
        description="Fields to replace. Without them, a changed content has the opposite result.",
    )
    seconds: float = Field(
        default=0.0, ge=0, le=MAX_SECONDS, description="The age of an old time; 0 means two days."
    )
    clientId: str = Field(
        default=OTHER_CLIENT_ID, min_length=1, max_length=64, description="The other client id."
    )

    def forgery(self) -> Forgery:
        """Returns what to forge."""
        return Forgery(self.kind, self.changes, self.seconds, self.clientId)
