"""The codec server, which decrypts payloads for authorized users of the Temporal UI and its CLI."""
