"""The codec server: shows payments in clear to those who may see them, in the Temporal UI and its CLI."""
