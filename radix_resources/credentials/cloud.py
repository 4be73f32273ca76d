"""Secrets of a cloud, referred to by a stored value of the form `aws-secretsmanager://name#field`."""

import json
import time
from typing import Any

from radix_resources.credentials.base import Backend
from radix_resources.errors import CredentialError, TransientCredentialError

SCHEME = "aws-secretsmanager://"
_KEPT = 300.0
"""Seconds for which a fetched value is cached; a value that is refused is fetched again at once."""
_ABSENT = {"ResourceNotFoundException"}
_CODES = {
    *("AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException"),
    *("InvalidClientTokenId", "DecryptionFailure", "InvalidRequestException", "InvalidParameterException"),
    *("ValidationException", "SignatureDoesNotMatch"),
}
_fetched: dict[str, tuple[float, str]] = {}


class SecretsManager(Backend):
    """AWS Secrets Manager; items are named by their references. Identity and region are boto3's configuration."""

    kind = "aws-secretsmanager"

    def unavailable(self) -> str | None:
        try:
            import boto3  # noqa: F401 whether it is installed
        except ImportError:
            return "boto3 is not installed: pip install 'radix[aws]'"
        return None

    def get(self, name: str) -> str | None:
        cached = _fetched.get(name)
        if cached and time.monotonic() - cached[0] < _KEPT:
            return cached[1]
        secret, _, field = name.removeprefix(SCHEME).partition("#")
        answer = self._call("get_secret_value", secret)
        if answer is None:
            return None
        value = answer.get("SecretString")
        if value is not None and field:
            value = _field(value, field)
        if value is None:
            raise CredentialError(
                "RDX-CRD-007",
                f"the secret {secret} " + (f"has no field {field}" if field else "is not a text"),
                expected=f"{SCHEME}name for a text, {SCHEME}name#field for a field of a JSON object",
                hint="correct the reference",
                secret=secret,
            )
        _fetched[name] = (time.monotonic(), value)
        return str(value)

    def stamp(self, name: str) -> str:
        answer = self._call("describe_secret", name.removeprefix(SCHEME).partition("#")[0])
        versions = (answer or {}).get("VersionIdsToStages") or {}
        return next((version for version, stages in sorted(versions.items()) if "AWSCURRENT" in stages), "")

    @staticmethod
    def forget() -> None:
        """Clear the cache, so that every secret is fetched again."""
        _fetched.clear()

    def _call(self, operation: str, secret: str) -> dict[str, Any] | None:
        if why := self.unavailable():
            raise CredentialError("RDX-CRD-007", f"the secret {secret} cannot be fetched", hint=why, secret=secret)
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

        settings = Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 2})
        region = secret.split(":")[3] if secret.startswith("arn:") and secret.count(":") > 3 else None  # noqa: PLR2004
        try:
            client = boto3.client("secretsmanager", region_name=region, config=settings)
            answer: dict[str, Any] = getattr(client, operation)(SecretId=secret)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _ABSENT:
                return None
            if code not in _CODES:
                raise _silent(secret, code) from None
            raise _refused(secret, code) from None
        except (NoCredentialsError, NoRegionError) as error:
            raise _refused(secret, type(error).__name__) from None
        except BotoCoreError as error:
            raise _silent(secret, type(error).__name__) from None
        return answer


def _field(text: str, field: str) -> str | None:
    try:
        value = json.loads(text)[field]
    except (ValueError, KeyError, TypeError):
        return None
    return value if isinstance(value, str) else json.dumps(value)


def _refused(secret: str, why: str) -> CredentialError:
    return CredentialError(
        "RDX-CRD-007",
        f"AWS refused the secret {secret}: {why}",
        expected="an identity that may call secretsmanager:GetSecretValue on it, and a region",
        hint="run `aws sts get-caller-identity` where Radix runs; set AWS_REGION, AWS_PROFILE or a role",
        secret=secret,
    )


def _silent(secret: str, why: str) -> CredentialError:
    return TransientCredentialError(
        "RDX-CRD-008",
        f"AWS Secrets Manager does not answer: {why}",
        expected="an answer within 10 seconds",
        hint="check the network; it is retried automatically",
        secret=secret,
    )
