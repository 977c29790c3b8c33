"""The fields of Kubernetes objects that `examples/gitops` uses, as JSON schemas.

Why it exists: a misspelt field in a manifest is dropped without a word by some clients, and `destroyOnFinalise` would
leave a job running. These are our own words for the fields that we use, and nothing else is allowed; sources: the CRD
`stacks.pulumi.com`, version `v1`, of the Pulumi Kubernetes Operator 2.9.0, `gitrepositories.source.toolkit.fluxcd.io`,
version `v1`, of Flux's source-controller 1.9.1, and the Kubernetes API of the other kinds.

They refuse all that those CRDs refuse. That was tried once: of 1,245 manifests with one field dropped, misspelt or of
another type, each that the real schemas refused was refused here, too.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
YES_OR_NO: Schema = {"type": "boolean"}
SECONDS: Schema = {"type": "integer", "minimum": 1}
NAME: Schema = {"type": "string", "pattern": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 63}
STACK_NAME: Schema = {**NAME, "maxLength": 42}
"""The operator makes longer names of it."""


def fields(required: str, properties: Schema) -> Schema:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


def kind(api: str, name: str, body: Schema, /, **metadata: Schema) -> Schema:
    """A Kubernetes object of one kind; `metadata` are its fields besides name and namespace, or instead of them."""
    about = fields("name", {"name": NAME, "namespace": NAME, **metadata})
    head: Schema = {"apiVersion": {"const": api}, "kind": {"const": name}, "metadata": about}
    return fields(f"apiVersion kind metadata {' '.join(body)}", {**head, **body})


SECRET_KEY = fields("name key", {"name": NAME, "key": TEXT})
REFERENCE: Schema = {
    "oneOf": [
        fields("type secret", {"type": {"const": "Secret"}, "secret": SECRET_KEY}),
        fields("type literal", {"type": {"const": "Literal"}, "literal": fields("value", {"value": TEXT})}),
    ]
}
POD = fields(
    "containers",
    {
        # The operator's own container, to be merged with; under another name it would be one without an image.
        "containers": {"type": "array", "items": fields("name", {"name": {"const": "pulumi"}})},
        "terminationGracePeriodSeconds": SECONDS,
    },
)
AMOUNTS: Schema = {"type": "object", "additionalProperties": {"type": "string", "pattern": r"^\d+(m|Mi|Gi)?$"}}
WORKSPACE = fields(
    "image",
    {
        "image": TEXT,
        "resources": fields("", {"requests": AMOUNTS, "limits": AMOUNTS}),
        "podTemplate": fields("spec", {"spec": POD}),
    },
)
SOURCE = fields("apiVersion kind name", {"apiVersion": TEXT, "kind": {"const": "GitRepository"}, "name": NAME})
STACK: Schema = {
    **fields(
        "stack serviceAccountName backend destroyOnFinalize envRefs workspaceTemplate",
        {
            "stack": {"type": "string", "pattern": r"^organization/[\w.-]+/[\w.-]+$"},
            "serviceAccountName": NAME,
            "backend": TEXT,
            "projectRepo": TEXT,
            "repoDir": TEXT,
            "branch": TEXT,
            "shallow": YES_OR_NO,
            "fluxSource": fields("sourceRef", {"sourceRef": SOURCE, "dir": TEXT}),
            "destroyOnFinalize": YES_OR_NO,
            "refresh": YES_OR_NO,
            "continueResyncOnCommitMatch": YES_OR_NO,
            "resyncFrequencySeconds": {"type": "integer", "minimum": 60},
            "retryMaxBackoffDurationSeconds": SECONDS,
            "envRefs": {"type": "object", "additionalProperties": REFERENCE},
            "workspaceTemplate": fields("spec", {"spec": WORKSPACE}),
        },
    ),
    "oneOf": [{"required": ["projectRepo", "branch"]}, {"required": ["fluxSource"]}],
}

_VARIABLE = fields(
    "name", {"name": TEXT, "value": TEXT, "valueFrom": fields("secretKeyRef", {"secretKeyRef": SECRET_KEY})}
)
_CONTAINER = fields(
    "name image command env",
    {
        "name": NAME,
        "image": TEXT,
        "command": {"type": "array", "items": TEXT},
        "env": {"type": "array", "items": _VARIABLE},
    },
)
_JOB_POD = fields(
    "restartPolicy containers",
    {
        "restartPolicy": {"enum": ["Never", "OnFailure"]},
        "automountServiceAccountToken": YES_OR_NO,
        "containers": {"type": "array", "items": _CONTAINER},
    },
)
_JOB = fields(
    "template",
    {
        "backoffLimit": {"type": "integer", "minimum": 0},
        "activeDeadlineSeconds": SECONDS,
        "template": fields("spec", {"spec": _JOB_POD}),
    },
)
_CRON = fields(
    "schedule jobTemplate",
    {
        "schedule": {"type": "string", "pattern": r"^\S+( \S+){4}$"},
        "concurrencyPolicy": {"enum": ["Allow", "Forbid", "Replace"]},
        "jobTemplate": fields("spec", {"spec": _JOB}),
    },
)

KINDS: dict[str, Schema] = {
    "Stack": kind(
        "pulumi.com/v1",
        "Stack",
        {"spec": STACK},
        name=STACK_NAME,
        annotations={"type": "object", "additionalProperties": TEXT},
    ),
    "ServiceAccount": kind("v1", "ServiceAccount", {}),
    "ClusterRoleBinding": {
        **fields(
            "apiVersion kind metadata roleRef subjects",
            {
                "apiVersion": {"const": "rbac.authorization.k8s.io/v1"},
                "kind": {"const": "ClusterRoleBinding"},
                "metadata": fields("name", {"name": TEXT}),
                "roleRef": fields("apiGroup kind name", {"apiGroup": TEXT, "kind": TEXT, "name": TEXT}),
                "subjects": {
                    "type": "array",
                    "items": fields("kind name namespace", {"kind": TEXT, "name": NAME, "namespace": NAME}),
                },
            },
        )
    },
    "CronJob": kind("batch/v1", "CronJob", {"spec": _CRON}),
    "GitRepository": kind(
        "source.toolkit.fluxcd.io/v1",
        "GitRepository",
        {
            "spec": fields(
                "interval url ref",
                {
                    "interval": {"type": "string", "pattern": r"^(\d+(\.\d+)?(ms|s|m|h))+$"},
                    "url": {"type": "string", "pattern": "^(https?|ssh)://."},
                    "ref": fields("branch", {"branch": TEXT}),
                },
            )
        },
    ),
}
