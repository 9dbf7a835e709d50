"""The text of an accounts file, for tests that write one."""


def account_table(alias: str, client_id: str = "5X2", more: str = "") -> str:
    """Returns the table of one account, whose key files are `merchant.key` and `gateway.pub`."""
    return (
        f'[accounts.{alias}]\ngateway_url = "http://127.0.0.1:9"\nclient_id = "{client_id}"\n'
        f'merchant_private_key_file = "merchant.key"\ngateway_public_key_file = "gateway.pub"\n{more}'
    )
