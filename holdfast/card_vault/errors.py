"""What can go wrong with the card vault.

CardVaultError
├── CardNotFound         no entry under this reference: never there, deleted, or expired
├── CardUnreadable       the entry is there and does not open: another key, or changed at rest
├── VaultUnavailable     the store itself does not answer: a retry may help
└── KeyringError         a key variable is malformed

No message here ever holds card data, key material or a reference.
"""


class CardVaultError(Exception):
    """Base of every error of this package."""


class CardNotFound(CardVaultError):
    """There is no entry under this reference: never put, deleted, or expired."""

    def __init__(self) -> None:
        super().__init__("no card under this reference: it was used, it expired, or it never was")


class CardUnreadable(CardVaultError):
    """The entry exists and does not open. Which of the reasons it is stays untold on purpose."""

    def __init__(self) -> None:
        super().__init__("the card under this reference cannot be opened")


class VaultUnavailable(CardVaultError):
    """The store does not answer (locked, full, away). The same call again does no harm."""


class KeyringError(CardVaultError):
    """A key variable breaks `rule`; names the variable, never the key."""

    def __init__(self, variable: str, rule: str) -> None:
        super().__init__(f"{variable} {rule}")
        self.variable = variable
        self.rule = rule
