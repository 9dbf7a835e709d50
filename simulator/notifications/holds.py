"""Which notifications are held back until they are released: all, or those of single payments."""

import asyncio


class Holds:
    """What is held. A payment that is held or released by itself is an exception to the rule for all."""

    def __init__(self) -> None:
        self._all = False
        self._exceptions: set[str] = set()
        self._changed = asyncio.Event()

    def hold(self, payment_request_id: str = "") -> None:
        """Holds the notifications of a payment, or of all where none is given."""
        self._set(payment_request_id, held=True)

    def release(self, payment_request_id: str = "") -> None:
        """Releases the notifications of a payment, or of all where none is given."""
        self._set(payment_request_id, held=False)

    def is_held(self, payment_request_id: str) -> bool:
        """Returns whether the notifications of a payment are held."""
        return (payment_request_id in self._exceptions) != self._all

    async def wait_until_released(self, payment_request_id: str) -> None:
        """Waits until the notifications of a payment are not held."""
        while self.is_held(payment_request_id):
            await self._changed.wait()

    def wire(self) -> dict[str, object]:
        """Returns what is held in the format of GET /notifications/holds."""
        return {"all": self._all, "exceptions": sorted(self._exceptions)}

    def _set(self, payment_request_id: str, *, held: bool) -> None:
        if not payment_request_id:
            self._all = held
            self._exceptions.clear()
        elif held == self._all:
            self._exceptions.discard(payment_request_id)
        else:
            self._exceptions.add(payment_request_id)
        self._changed.set()
        self._changed = asyncio.Event()
