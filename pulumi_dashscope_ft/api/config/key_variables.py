"""Decides which environment variables may be read as an API key.

A resource names the variable that holds its key, and the content of that variable is sent to the service. The name
comes from a program, from a state or, over the plugin's port, from any process on the machine. Unchecked, it could send
out any secret of the process. So the name must begin with `DASHSCOPE_`, or the operator must have listed it. A name
that looks like another system's secret is never read, because the list may come from the same place as the name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

__all__ = ["LIST_VARIABLE", "is_foreign", "is_meant_for_keys", "is_variable_name", "listed_names"]

LIST_VARIABLE = "DASHSCOPE_FT_API_KEY_ENVS"
"""Holds further names, separated by commas: for the command, and in addition to the configuration's `apiKeyEnvs`."""

_OURS = "DASHSCOPE_"
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BETWEEN = re.compile(r"[\s,;]+")

_PASSWORD = re.compile(r"PASSPHRASE|PASSWORD|PASSWD|(?:^|_)(?:PASS|PWD)(?:_|$)")
_OTHER_SECRET = re.compile(
    r"ACCESS_KEY_(?:ID|SECRET)|ACCESSKEY|SECRET_ACCESS|SECRET_KEY|PRIVATE_KEY|CLIENT_SECRET|SIGNING_KEY|ENCRYPTION_KEY"
    r"|SECURITY_TOKEN|SESSION_TOKEN|REFRESH_TOKEN|ID_TOKEN|AUTH_TOKEN|AUTHTOKEN|JOB_TOKEN|CREDENTIAL|COOKIE|KUBECONFIG"
    r"|SERVICE_ACCOUNT"
    r"|CONNECTION_?STRING|DATABASE_URL|(?:^|_)DSN(?:_|$)"
)
_OTHER_SYSTEM = re.compile(
    r"(?:ACTIONS|ALIBABA|ALIBABACLOUD|ALICLOUD|ALIYUN|ANTHROPIC|ARM|ARTIFACTORY|AWS|AZURE|BITBUCKET|BUILDKITE|CARGO"
    r"|CI|CIRCLE|CIRCLECI|CLOUDFLARE|CLOUDSDK|CODECOV|CONSUL|COSIGN|DATADOG|DD|DIGITALOCEAN|DOCKER|DOPPLER|GCLOUD"
    r"|GCP|GEMINI|GH|GIT|GITEA|GITHUB|GITLAB|GOOGLE|GPG|GRAFANA|HCLOUD|HEROKU|HF|HUGGING|HUGGINGFACE|INFISICAL|JENKINS"
    r"|JIRA|KUBE|KUBERNETES|LINODE|MONGO|MONGODB|MYSQL|NETLIFY|NODE|NPM|OCI|OIDC|OKTA|OPENAI|OSS|PG|POSTGRES|PULUMI"
    r"|PYPI|REDIS|SENTRY|SLACK|SNYK|SONAR|SOPS|SPACELIFT|SSH|STRIPE|SYSTEM|TENCENTCLOUD|TF|TFE|TRAVIS|TWILIO|TWINE"
    r"|VAULT|VERCEL|WANDB)_|DASHSCOPE_EMULATOR_"
)


def is_variable_name(name: str) -> bool:
    """Whether this can be the name of a variable. A key given by mistake can't be one: keys have a hyphen."""
    return _VARIABLE_NAME.fullmatch(name) is not None


def is_foreign(name: str) -> bool:
    """Whether this name looks like the secret of another system. No list opens such a variable.

    Upper and lower case are the same, because on Windows they name the same variable.
    """
    upper = name.upper()
    if _PASSWORD.search(upper) or _OTHER_SYSTEM.match(upper):
        return True
    return not upper.startswith(_OURS) and _OTHER_SECRET.search(upper) is not None


def is_meant_for_keys(name: str, listed: Iterable[str] = ()) -> bool:
    """Whether the variable with this name may be read as a key, given the operator's list."""
    return not is_foreign(name) and (name.startswith(_OURS) or name in listed)


def listed_names(value: Any) -> tuple[str, ...]:
    """Return the names in a configured list, sorted, each once.

    :param value: a list; its JSON text, as Pulumi hands over structured configuration; or one text with commas between
        names. Text that cannot be a name is left out, because it might be the key itself.
    """
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return ()
    if isinstance(value, str):
        value = _BETWEEN.split(value)
    if not isinstance(value, (list, tuple)):
        return ()
    return tuple(sorted({name for name in value if isinstance(name, str) and is_variable_name(name)}))
