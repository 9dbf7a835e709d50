"""What a gateway should never say: a card, in fields of an answer that nobody has asked for."""

from simulator.http.body import Answer

CARD: dict[str, object] = {
    "cardNo": "4054695723100768",
    "cvv": "0831",
    "expiryMonth": "09",
    "expiryYear": "38",
    "cardPasswordDigest": "86",
}
"""A made-up card. The simulator keeps none, so it is the same for every payment."""
_PARTS = ("paymentResultInfo", "redirectActionForm")


def indiscreet(answered: Answer) -> Answer:
    """The answer with the card at its top and in each of its parts that tell of cards or are passed on."""
    parts = {name: answered.get(name) for name in _PARTS}
    told = {name: {**part, **CARD} for name, part in parts.items() if isinstance(part, dict)}
    return {**answered, **CARD, **told}
