"""Card data in the fields of an answer where the gateway's documentation has none."""

from simulator.http.body import Answer

CARD: dict[str, object] = {
    "cardNo": "4054695723100768",
    "cvv": "0831",
    "expiryMonth": "09",
    "expiryYear": "38",
    "cardPasswordDigest": "86",
    "cavv": "AAIBBYNoEQAAAAAAg4PyBhdAEQs=",
}
"""A made-up card, the same for each payment: the simulator stores no card data."""
_OBJECTS = ("paymentResultInfo", "redirectActionForm")


def with_card_data(answered: Answer) -> Answer:
    """Returns the answer with card data at its top level and in its objects that are passed on."""
    objects = {name: answered.get(name) for name in _OBJECTS}
    leaking = {name: {**value, **CARD} for name, value in objects.items() if isinstance(value, dict)}
    return {**answered, **CARD, **leaking}
