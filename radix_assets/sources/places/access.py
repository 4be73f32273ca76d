"""The settings of how files elsewhere are reached. No I/O."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from radix_resources.credentials.lookup import REFERENCE

_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")
_SECRET_HEADERS = re.compile(r"authorization|cookie|token|key|secret|password", re.IGNORECASE)


class Access(BaseModel):
    """How files elsewhere are reached. Secrets are references such as ${NAME}."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    credential: str | None = Field(
        None,
        description="A reference such as ${NAME}: the secret key of S3, the JSON key of a service account of Google, "
        "the account key or the SAS of Azure, the private key of SFTP. Without it files are read as anyone can.",
    )
    user: str | None = Field(None, description="The access key id of S3; may be a reference.")
    session: str | None = Field(None, description="A reference to the session token of S3, of a temporary credential.")
    identity: Literal["cloud"] | None = Field(
        None,
        description="cloud: the identity of this machine, as the cloud's own tools find it (environment, profile, "
        "role). Never used unless this says so.",
    )
    endpoint: str | None = Field(
        None, description="The address of a server that speaks the protocol of S3, Google Cloud Storage or Azure Blob."
    )
    region: str | None = Field(None, description="S3: the region of the bucket; found by itself on AWS.")
    account: str | None = Field(None, description="Azure: the storage account.")
    headers: dict[str, str] = Field(
        {}, description="HTTP: headers of each request, such as Authorization: Bearer ${NAME}."
    )
    host_key: str | list[str] | None = Field(
        None, description="SFTP: the fingerprint of the server's key, as SHA256:…, or several."
    )
    requests_per_second: float | None = Field(None, description="At most so many requests each second.", gt=0)
    most_bytes: int = Field(50 << 30, description="A file that is larger is refused, also one that never ends.", ge=1)
    timeout: float = Field(30, description="Seconds to wait for a connection, and for each part of an answer.", gt=0)

    @field_validator("credential", "session")
    @classmethod
    def _is_reference(cls, value: str | None) -> str | None:
        if value is not None and not REFERENCE.fullmatch(value):
            raise ValueError("write a reference such as ${NAME}, never a secret; then: radix credentials set NAME")
        return value

    @field_validator("headers")
    @classmethod
    def _no_secret_in_headers(cls, headers: dict[str, str]) -> dict[str, str]:
        if any(_SECRET_HEADERS.search(name) and not REFERENCE.search(value) for name, value in headers.items()):
            raise ValueError("write ${NAME} in place of the secret in a header; then: radix credentials set NAME")
        if any(re.search(r"[\r\n\0]", name + value) for name, value in headers.items()):
            raise ValueError("a header is one line")
        return headers

    @field_validator("host_key")
    @classmethod
    def _is_fingerprint(cls, value: str | list[str] | None) -> str | list[str] | None:
        for key in [value] if isinstance(value, str) else value or []:
            if not _FINGERPRINT.fullmatch(key):
                raise ValueError("a fingerprint is SHA256: and 43 characters, as `ssh-keygen -lf` shows it")
        return value

    def host_keys(self) -> frozenset[str]:
        """Return the fingerprints that are accepted, without padding."""
        keys = [self.host_key] if isinstance(self.host_key, str) else self.host_key or []
        return frozenset(key.rstrip("=") for key in keys)
