"""What the shopkeeper chooses for the payments of future orders."""

from dataclasses import dataclass

from holdfast.antom.models import CaptureMode


@dataclass
class ShopSettings:
    """The settings, changed on the shopkeeper's page.

    `asks_for_3ds` is whether the buyer's bank is asked to authenticate the buyer (3-D Secure).
    """

    capture_mode: CaptureMode = CaptureMode.AUTOMATIC
    asks_for_3ds: bool = True
