"""The buyer's environment: terminal, device and browser (Antom: pay)."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from holdfast.antom.base import RequestModel, Text64, Text128


class TerminalType(StrEnum):
    """The kind of page or app in which the buyer pays."""

    WEB = "WEB"
    WAP = "WAP"
    APP = "APP"
    MINI_APP = "MINI_APP"


class OsType(StrEnum):
    """The operating system of the buyer's device; required for each terminal except WEB."""

    IOS = "IOS"
    ANDROID = "ANDROID"


class BrowserInfo(RequestModel):
    """The browser properties that an issuer's 3-D Secure server asks for."""

    acceptHeader: str | None = None
    javaEnabled: bool | None = None
    javaScriptEnabled: bool | None = None
    language: str | None = None
    userAgent: str | None = None


class Env(RequestModel):
    """The buyer's environment; `timeZoneOffset` is in minutes, with the sign that JavaScript uses."""

    terminalType: TerminalType
    osType: OsType | None = None
    clientIp: str | None = None
    deviceTokenId: Text64 | None = None
    deviceId: str | None = None
    deviceLanguage: str | None = None
    deviceBrand: Text64 | None = None
    deviceModel: Text128 | None = None
    osVersion: str | None = None
    userAgent: str | None = None
    cookieId: str | None = None
    colorDepth: Literal[1, 4, 8, 15, 16, 24, 30, 32, 48] | None = None
    screenHeight: Annotated[int, Field(ge=1)] | None = None
    screenWidth: Annotated[int, Field(ge=1)] | None = None
    timeZoneOffset: Annotated[int, Field(ge=-720, le=720)] | None = None
    browserInfo: BrowserInfo | None = None
    extendInfo: str | None = None

    @model_validator(mode="after")
    def _check_os_type(self) -> Self:
        if self.terminalType is not TerminalType.WEB and self.osType is None:
            raise ValueError(f"osType is required when terminalType is {self.terminalType}")
        return self
