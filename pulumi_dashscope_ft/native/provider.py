"""Provider instances, for programs that use several accounts or keep their settings in one place.

team = Provider("team", api_key=config.require_secret("teamKey"))
FineTuningJob("job", …, opts=pulumi.ResourceOptions(provider=team))
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from pulumi_dashscope_ft.native.declaring import PACKAGE
from pulumi_dashscope_ft.program.values import carried
from pulumi_dashscope_ft.schema import to_snake_case


class Provider(pulumi.ProviderResource):
    """The settings of one account. Missing settings come from the environment, as with the default provider."""

    base_url: pulumi.Output[str | None]
    workspace_id: pulumi.Output[str | None]
    region: pulumi.Output[str | None]
    api_key_envs: pulumi.Output[list[str] | None]
    wait_for_quota: pulumi.Output[str | None]
    max_cost: pulumi.Output[str | None]
    max_cost_per_up: pulumi.Output[str | None]
    prices: pulumi.Output[str | None]

    def __init__(
        self,
        resource_name: str,
        *,
        base_url: pulumi.Input[str] | None = None,
        api_key: pulumi.Input[str] | None = None,
        workspace_id: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        api_key_envs: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        wait_for_quota: pulumi.Input[str] | None = None,
        max_cost: pulumi.Input[str] | None = None,
        max_cost_per_up: pulumi.Input[str] | None = None,
        prices: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Set the account for the resources and functions that name this provider; see the schema.

        :param base_url: address of the API up to and including `/api/v1`.
        :param api_key: the key. The state stores it as a secret, even if the program did not mark it as one.
        :param workspace_id: the workspace, when the key may use several.
        :param region: region id, such as `cn-beijing` (the default).
        :param api_key_envs: variables that a resource's `api_key_env` may name, in addition to those that begin with
            `DASHSCOPE_`.
        :param wait_for_quota: how long a job waits for a place when the quota of jobs is used up, such as `"2h"`.
        :param max_cost: the most that each run may cost, such as `"30 CNY"`.
        :param max_cost_per_up: the most that all runs together may cost that one `pulumi up` starts.
        :param prices: path of a file with prices that come before those of this package.
        """
        super().__init__(
            PACKAGE,
            resource_name,
            carried(
                f"Provider {resource_name}",
                {
                    "baseUrl": base_url,
                    "apiKey": None if api_key is None else pulumi.Output.secret(api_key),
                    "workspaceId": workspace_id,
                    "region": region,
                    "apiKeyEnvs": api_key_envs,
                    "waitForQuota": wait_for_quota,
                    "maxCost": max_cost,
                    "maxCostPerUp": max_cost_per_up,
                    "prices": prices,
                },
            ),
            opts,
        )

    def translate_output_property(self, prop: str) -> str:
        """Return the name of this output in the program: snake_case."""
        return to_snake_case(prop)
