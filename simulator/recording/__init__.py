"""The record of what was exchanged with the merchant: gateway calls and sends of notifications."""
