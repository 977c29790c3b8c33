"""The guard rails of this organisation: the policies of the package, with settings of its own."""

from pulumi_dashscope_ft.policy import policy_pack

policy_pack(
    config={
        "preview-jobs-expire": {"previewStacks": ["pr-*"], "longest": "3d"},
        "epochs-within-limit": {"most": 5},
        "jobs-have-a-budget": {"most": "50 CNY"},
    }
)
