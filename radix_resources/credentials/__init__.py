"""Credentials: looked up by name at the last moment, and never written down."""

from radix_resources.credentials.base import Backend, Store
from radix_resources.credentials.cloud import SCHEME, SecretsManager
from radix_resources.credentials.environment import Environment
from radix_resources.credentials.file import KEY, EncryptedFile
from radix_resources.credentials.known import HIDDEN, hide, remember, scrub, shows
from radix_resources.credentials.lookup import REFERENCE, Credentials, Found, credentials, let_ask, names_in, vault
from radix_resources.credentials.system import SystemKeyring

__all__ = [
    "HIDDEN",
    "KEY",
    "REFERENCE",
    "SCHEME",
    "Backend",
    "Credentials",
    "EncryptedFile",
    "Environment",
    "Found",
    "SecretsManager",
    "Store",
    "SystemKeyring",
    "credentials",
    "hide",
    "let_ask",
    "names_in",
    "remember",
    "scrub",
    "shows",
    "vault",
]
