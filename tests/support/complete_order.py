"""Orders with a value in every field of their models, whatever fields the models have.

A field that is added to a model is in the order from then on. Where the generic value of its type breaks a
rule of the field, the order is invalid, and the test fails until `VALUES` has a valid one.
"""

import itertools
from collections.abc import Iterator
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from holdfast.order import PaymentMethod, PaymentOrder

Json = dict[str, Any]

VALUES: Json = {
    "paymentReference": "ORDER_1",
    "merchantAccount": "default",
    "currency": "EUR",
    "value": "30000",
    "region": "DE",
    "goodsQuantity": "3",
    "merchantRegisterDate": "2020-01-31T12:00:00+08:00",
    "buyerRegistrationTime": "2021-02-28T12:00:00+08:00",
    "paymentRedirectUrl": "https://shop.example/back",
    "settlementCurrency": "USD",
    "paymentMethodType": "CARD",
    "paymentMethodId": "card-token-1",
    "dateOfBirth": "1990-12-31",
    "is3DSAuthentication": False,
    "requireIssuerAuthentication": False,
    "screenHeight": 1080,
    "screenWidth": 1920,
    "timeZoneOffset": -480,
    "completeWithin": 900,
    "attemptLimit": 4,
    "retryWindow": 1800,
}
"""The values of the fields with a rule of their own, by name."""
_numbers = itertools.count(1)


def complete_order(**fields: object) -> Json:
    """Returns an order with every field of the model except `cardReference`, changed by `fields`."""
    return {**complete(PaymentOrder), **fields}


def complete_payment_method() -> Json:
    """Returns a payment method with every field except `cardReference`, which excludes a stored card."""
    return complete(PaymentMethod)


def complete(model: type[BaseModel]) -> Json:
    """Returns a value for every field of a model at any depth."""
    return {
        name: VALUES[name] if name in VALUES else _value(field.annotation)
        for name, field in model.model_fields.items()
        if name != "cardReference"
    }


def leaves(data: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yields every value that is no object and no list, with its path."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from leaves(value, (*path, name))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from leaves(value, (*path, str(index)))
    else:
        yield path, data


def _value(kind: Any) -> object:
    """Returns a value of a type; each text is another one, so that exchanged fields are noticed."""
    if get_origin(kind) is Annotated:
        return _value(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return _value(next(member for member in get_args(kind) if member is not NoneType))
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) is list:
        return [_value(get_args(kind)[0]), _value(get_args(kind)[0])]
    if issubclass(kind, BaseModel):
        return complete(kind)
    if issubclass(kind, Enum):
        return [*kind][-1].value
    plain: dict[type, object] = {bool: True, int: 2, str: f"t{next(_numbers)}"}
    return plain[kind]
