"""The gateway's protocol: models, amounts, signing, codes, errors and the client.

The package depends on Antom's API alone: it knows nothing of workflows, merchants' orders or how a payment is
settled. Import from the modules (`holdfast.antom.models`, `holdfast.antom.signing`, ...): only
`holdfast.antom.client` imports an HTTP library.
"""
