"""The errors of the card vault.

    CardVaultError
    ├── CardNotFound         no entry under this reference: deleted, expired, or a wrong reference
    ├── CardUnreadable       the entry cannot be decrypted: another key, or changed at rest
    │   └── CardKeyUnknown   the entry names a key that this process does not have
    ├── VaultUnavailable     the store does not respond: a retry may help
    └── KeyringError         a key variable is malformed

No message contains card data, key material or a reference.
"""


class CardVaultError(Exception):
    """Base of every error of this package."""


class CardNotFound(CardVaultError):
    """There is no entry under this reference: it was deleted, it has expired, or the reference is wrong."""

    def __init__(self) -> None:
        super().__init__(
            "no card under this reference: it was used or has expired, or the reference is wrong"
        )


class CardUnreadable(CardVaultError):
    """The entry exists and cannot be decrypted; the message deliberately does not give the reason."""

    def __init__(self) -> None:
        super().__init__("the card under this reference cannot be decrypted")


class CardKeyUnknown(CardUnreadable):
    """The entry names a key that this process does not have; a process with that key can decrypt it."""


class VaultUnavailable(CardVaultError):
    """The store does not respond (it is locked, full or unreachable); the same call may be repeated."""


class KeyringError(CardVaultError):
    """A key variable breaks `rule`; the message names the variable and never contains the key."""

    def __init__(self, variable: str, rule: str) -> None:
        super().__init__(f"{variable} {rule}")
        self.variable = variable
        self.rule = rule
