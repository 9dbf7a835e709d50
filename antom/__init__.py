"""The gateway's protocol: models, amounts, signing, codes, errors and the client.

Everything in here is true of Antom whoever calls it: it knows nothing of workflows, merchants' orders or
how a payment is settled. Import from the modules (`antom.models`, `antom.signing`, `antom.client`, ...):
only `antom.client` brings in an HTTP library.
"""
