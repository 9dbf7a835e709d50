"""The gateway's protocol: models, amounts, signing, codes, errors and the client.

Everything in here is true of Antom whoever calls it: it knows nothing of workflows, merchants' orders or
how a payment is settled. Import from the modules (`holdfast.antom.models`, `holdfast.antom.signing`, ...):
only `holdfast.antom.client` brings in an HTTP library.
"""
