"""Why this exists: the words of the page of errors for what comes after the training: deployments, exported
checkpoints, and waiting for either.
"""

from __future__ import annotations

import error_scenes_models as scenes
from error_entry import Entry, Group

_AT_ONCE = "It stops at once: asking again would be refused again. Nothing was deployed."
_LOOKS = "It looks for the deployment by the stamp in its name, or by its id, for five minutes"

DEPLOYMENTS = Group(
    "Deployments",
    "deployments",
    "A deployment is billed while it stands (for the plan `lora`: by token). So nothing is deployed twice, and nothing "
    "leaves the state before the service says that it is gone.",
    (
        Entry(
            "Deployment: the answer to a create was lost",
            "The connection broke, or a gateway answered, after the request to deploy had been sent.",
            f"{_LOOKS}, and adopts it. Only when the list shows none, it asks again, three times at most.",
            scenes.lost_deployment,
            "Nothing.",
        ),
        Entry(
            "Deployment: an `up` was killed after it had deployed",
            "The process died before the deployment was in the state.",
            "The next `up` with the same inputs finds it by its stamp and adopts it.",
            scenes.killed_deployment,
            "Nothing.",
        ),
        Entry(
            "Deployment: the old one is just being deleted",
            "The name is taken (409) by a deployment that is `DELETING`.",
            "It waits up to 5 minutes until that one is gone, and asks again.",
            scenes.old_one_leaving,
            "Nothing.",
        ),
        Entry(
            "Deployment: a change has to wait",
            "A capacity or a rate limit was changed while an earlier change was under way (400).",
            "It waits up to 10 minutes for that to end, and asks again.",
            scenes.change_has_to_wait,
            "Nothing.",
        ),
        Entry(
            "Deployment: the delete has to wait",
            "The delete was refused (400) while a change was under way.",
            "It waits for the end of the change, and asks again.",
            scenes.delete_has_to_wait,
            "Nothing.",
        ),
        Entry(
            "Deployment: 404 `NotFound`, it is gone",
            "Somebody deleted it, or an earlier `destroy` did before it was cut short.",
            "`destroy` counts it as done; `refresh` drops it from the state, and the next `up` deploys it again.",
            scenes.deployment_gone,
            "Nothing.",
        ),
        Entry(
            "Deployment: 409 `Conflict`, the name is taken",
            "A deployment of the model stands already, or somebody uses the suffix. Suffixes are unique for all "
            "accounts.",
            "It looks whether that one is its own, of a request whose answer was lost. If not, it stops.",
            scenes.name_taken,
            'To have a second one: `suffix="blue"` in the program, then `pulumi up`. To take over the one that exists: '
            '`adopt_deployment="…"`, then `pulumi up`.',
        ),
        Entry(
            "Deployment: 404 `NotFound`, no such model",
            "The model does not exist for this key, or can't be deployed.",
            _AT_ONCE,
            scenes.no_such_model,
            "Correct `model_name`, then `pulumi up`. For a job's own model: `model_name=job.finetuned_output`, or "
            "`job.wait_for_model()` if it is still training.",
        ),
        Entry(
            "Deployment: 400 `InvalidParameter`, the capacity",
            "The capacity is no multiple of what the model needs.",
            _AT_ONCE,
            scenes.bad_capacity,
            "Write a multiple of the number in the message, then `pulumi up`.",
        ),
        Entry(
            "Deployment: 400, “Miss ptu capacity info”",
            "`plan` is `ptu`, and `ptu_capacity` is missing.",
            _AT_ONCE,
            scenes.refused("no_ptu_capacity"),
            "Add `ptu_capacity={…}`, then `pulumi up`.",
        ),
        Entry(
            "Deployment: inputs that can't work",
            "An argument is missing, misspelled, or of a value that the service never takes.",
            "It stops in the preview. No call is made. All faults are listed at once, each with its field.",
            scenes.bad_deployment_inputs,
            "Correct the fields that are named, then `pulumi preview`.",
        ),
        Entry(
            "Deployment: 403 `AccessDenied`, no privilege to deploy",
            "The workspace of the key may not deploy this model.",
            _AT_ONCE,
            scenes.refused("no_deployment_privilege"),
            'Ask the owner of the account for the permission "model deployment - operate" and for the right to deploy '
            "the model, then `pulumi up`.",
        ),
        Entry(
            "Deployment: 403 `Workspace.AccessDenied`",
            "The key may not use this workspace.",
            _AT_ONCE,
            scenes.refused("workspace_denied"),
            "Use a key of that workspace, or `pulumi config set dashscope-ft:workspaceId llm-…`; then `pulumi up`.",
        ),
        Entry(
            "Deployment: the account has no more units, or is unpaid",
            "429 `Throttling.AllocationQuota`; the same holds for `Arrearage` and its kin.",
            f"{_AT_ONCE} What stands already stays in the state.",
            scenes.refused("allocation_quota"),
            "`pulumi destroy` where a deployment is no longer needed, or ask Alibaba Cloud for more; then `pulumi up`.",
        ),
        Entry(
            "Deployment: whether it was made is not known",
            "The answer to the create was lost, and then the list could not be read either.",
            "It stops, since asking again might deploy twice. The next `up` looks for the deployment and adopts it.",
            scenes.deployment_in_doubt,
            "Wait a few minutes, then `pulumi up`, with the same inputs.",
        ),
        Entry(
            "Deployment: a create was answered in no usable way, three times",
            "Each request broke off, and the list shows that none of them took effect.",
            "It has asked three times, and looked for five minutes after each. Nothing was deployed.",
            scenes.deployment_never_answered,
            "Wait a few minutes, then `pulumi up`: it looks before it asks.",
        ),
        Entry(
            "Deployment: more than one could be the lost one",
            "Only where the service does not show display names, or with a `name` of your own.",
            "It stops, and lists them.",
            scenes.two_deployments_fit,
            'Look at both in the Model Studio console. `adopt_deployment="…"` in the program, then `pulumi up`; delete '
            "the other one in the console if nobody needs it.",
        ),
        Entry(
            "Deployment: the one to adopt does not exist",
            "`adopt_deployment` names a deployment that this key can't see.",
            "It stops before anything is deployed.",
            scenes.no_deployment_to_adopt,
            "Correct the id, the key or the workspace, then `pulumi up`.",
        ),
        Entry(
            "Deployment: the one to adopt is another one",
            "`adopt_deployment` names a deployment of another model or plan than the program says.",
            "It stops; that deployment is left alone.",
            scenes.another_deployment_to_adopt,
            "Write its own model and plan into the program, or remove `adopt_deployment`; then `pulumi up`.",
        ),
        Entry(
            "Deployment: the one to adopt is that of another resource",
            "Two resources of one program would hold one deployment, and the first to go would take it down.",
            "It stops; that deployment is left alone.",
            scenes.held_deployment_to_adopt,
            "Take the other resource out of the program, or remove `adopt_deployment`; then `pulumi up`.",
        ),
        Entry(
            "Deployment: busy with an earlier change for 10 minutes",
            "A change was refused all that time, because the service was not done with the one before.",
            "It stops. The deployment goes on serving as before; the state says what it had.",
            scenes.never_settles,
            "`pulumi refresh` until it is `RUNNING`, then `pulumi up`.",
        ),
        Entry(
            "Deployment: 400 `UnsupportedOperation`, the change is refused",
            "Rate limits can be changed for the plan `mu` and some models only; a capacity, not in every status.",
            "It reads the deployment, asks once more, and stops when nothing has changed.",
            scenes.limits_refused,
            "Write the old value, then `pulumi up`. To deploy anew with the new one: a new value in `triggers`, too.",
        ),
        Entry(
            "Deployment: gone before it could be changed",
            "404. Somebody has deleted it since the state was written.",
            "It stops; nothing was changed.",
            scenes.gone_before_the_change,
            "`pulumi refresh`, then `pulumi up`, which deploys it again.",
        ),
        Entry(
            "Deployment: 400 `UnsupportedOperation`, a running one can't be deleted",
            "The service's pages show a running deployment deleted; one of the vendor's tools says that it must be "
            "stopped first.",
            "It reads the deployment, and stops: taking it for gone would leave it serving, and billed.",
            scenes.running_may_not_be_deleted,
            "`capacity=0` in the program, `pulumi up`, `pulumi refresh` until it is `STOPPED`, then `pulumi destroy`.",
        ),
        Entry(
            "Deployment: not gone within `teardown_timeout`",
            "The service took the delete and is not done with it.",
            "It stops; the delete goes on at the service. The deployment stays in the state until it is gone.",
            scenes.slow_delete,
            '`pulumi destroy` again. For more patience: `teardown_timeout="30m"`, `pulumi up`, then `pulumi destroy`.',
        ),
        Entry(
            "Deployment: the key is refused at the delete",
            "401 or 403. A key was revoked, or is of another region.",
            "It stops at once. The deployment stays in the state, and is never taken for gone.",
            scenes.key_refused_at_delete,
            "Set the right key, then `pulumi destroy`.",
        ),
        Entry(
            "Deployment: this stack has made one that its state does not hold",
            "An `up` was killed, and `destroy` followed instead of another `up`. Or `pulumi state move` has put the "
            "deployment into another stack.",
            "The stack's identity is the last thing that `destroy` removes. Before it goes, it looks for what has "
            "its owner id.",
            scenes.nobody_holds_it,
            "After a kill: `pulumi up`, then `pulumi destroy`; or delete it in the Model Studio console, then `pulumi "
            "destroy`. Don't delete one that was moved: `pulumi state delete <urn of the StackIdentity>`.",
        ),
    ),
)

CHECKPOINTS = Group(
    "Checkpoints",
    "checkpoints",
    "To export a checkpoint is a call that can't be undone, and that must not be made twice. So this provider looks "
    "before it asks, and after each answer that leaves a doubt.",
    (
        Entry(
            "Checkpoint: the answer to an export was lost",
            "The connection broke after the request had been sent.",
            "It looks at the checkpoint for 35 s. Only when it still reads `PENDING`, it asks again.",
            scenes.export_lost,
            "Nothing.",
        ),
        Entry(
            "Checkpoint: published already",
            "The service publishes a job's last checkpoint by itself; or somebody has exported this one.",
            "It takes the model that is there, and warns when that has another display name.",
            scenes.published_already,
            "Nothing.",
        ),
        Entry(
            "Checkpoint: not accepted",
            "The service answers an export with `false`, without a reason.",
            "It asks four times, with pauses, and looks in between.",
            scenes.export_not_accepted,
            "Wait a few minutes, then `pulumi up`.",
        ),
        Entry(
            "Checkpoint: whether it is being exported is not known",
            "The answer to the export was lost, and then the checkpoints could not be read either.",
            "It stops, since asking again might export twice.",
            scenes.export_in_doubt,
            "Do what the message says, then `pulumi up`: it looks before it asks.",
        ),
        Entry(
            "Checkpoint: the export is refused",
            "401, 403, or 400 for a reason other than the checkpoint's state.",
            "It stops at once. Nothing was exported.",
            scenes.export_refused,
            "Fix the key or the rights, then `pulumi up`.",
        ),
        Entry(
            "Checkpoint: the export has failed",
            "The checkpoint reads `FAILED`. The service gives no reason.",
            "It stops. The checkpoint is still there.",
            scenes.export_failed,
            "`pulumi up`, which asks for it anew. If it fails again: another `checkpoint`, then `pulumi up`.",
        ),
        Entry(
            "Checkpoint: not exported within `export_timeout`",
            "The export takes longer than 30 minutes, or what `export_timeout` says.",
            "It stops; the export goes on at the service.",
            scenes.slow_export,
            "`pulumi up` again, which goes on from there and exports nothing twice.",
        ),
        Entry(
            "Checkpoint: there is none of that name",
            "The name is wrong, the run has not come so far, or the checkpoint has expired (about 15 days).",
            "It stops, and lists those that are there.",
            scenes.no_such_checkpoint,
            "Write one of the names in the message, then `pulumi up`.",
        ),
        Entry(
            "Checkpoint: 404 `NotFound`, no such job",
            "The job was deleted, or is of another account or workspace.",
            "It stops. Nothing was exported.",
            scenes.checkpoint_of_no_job,
            "Correct `job_id`, the key or the workspace, then `pulumi up`.",
        ),
        Entry(
            "Checkpoint: `UNSUPPORTED`",
            "Some image and video models keep checkpoints that can't be published.",
            "It stops. Nothing was exported.",
            scenes.unsupported_checkpoint,
            "Another `checkpoint`, then `pulumi up`.",
        ),
    ),
)

WAITS = Group(
    "Waiting for a model, or for a deployment to run",
    "waits",
    "A wait changes nothing. Whatever ends it, the job or the deployment goes on, and the next `up` waits for the same "
    "one again. Trouble that passes (network, 429, 5xx) does not end it.",
    (
        Entry(
            "Wait: the run has `FAILED`",
            "The job ended without a model.",
            "It shows the end of the job's log, where the reason is.",
            scenes.run_failed,
            'Fix the cause shown in the log. `rerun_on=["FAILED"]` in the program (or a new value in `triggers`), then '
            "`pulumi up`.",
        ),
        Entry(
            "Wait: the run was `CANCELED`",
            "Somebody has cancelled the job.",
            "It stops at once.",
            scenes.run_cancelled,
            'To start it again: a new value in `triggers`, or `rerun_on=["CANCELED"]`; then `pulumi up`.',
        ),
        Entry(
            "Wait: the job is gone",
            "404. Somebody has deleted the job.",
            "It stops at once.",
            scenes.run_gone,
            "`pulumi refresh`, then `pulumi preview` to see the new run that `pulumi up` would pay for.",
        ),
        Entry(
            "Wait: no model within the timeout",
            "The run takes longer than the `timeout` of `wait_for_model`.",
            "It stops; the job goes on.",
            scenes.run_too_long,
            '`pulumi up` again; with more patience: `job.wait_for_model(timeout="24h")`.',
        ),
        Entry(
            "Wait: the key is refused",
            "401 or 403, for the job itself.",
            "It stops at once; the job goes on.",
            scenes.wait_refused,
            "Set the right key, then `pulumi up`.",
        ),
        Entry(
            "Wait: the deployment has `FAILED`",
            "The service could not deploy it, and documents no reason.",
            "It stops, and records the deployment as it is. The next `up` replaces it.",
            scenes.deployment_failed,
            "`pulumi up`.",
        ),
        Entry(
            "Wait: the deployment is `STOPPED`",
            "Somebody has stopped it, or its capacity is 0.",
            "It stops: nothing will change by itself.",
            scenes.does_not_run("STOPPED"),
            "`capacity=1` (or what is wanted) in the program, then `pulumi up`.",
        ),
        Entry(
            "Wait: the last change of the deployment has failed",
            "It reads `UPDATING_FAILED`.",
            "It stops: nothing will change by itself.",
            scenes.does_not_run("UPDATING_FAILED"),
            "The old `capacity` in the program, then `pulumi up`.",
        ),
        Entry(
            "Wait: the account is overdue",
            "The service has taken the deployment down (`ARREARS_DOWN`).",
            "It stops. The deployment stays in the state.",
            scenes.does_not_run("ARREARS_DOWN"),
            "Settle the bill in the Alibaba Cloud console (Expenses), then `pulumi up`.",
        ),
        Entry(
            "Wait: the deployment is being deleted",
            "Somebody has deleted it.",
            "It stops: that can't be undone.",
            scenes.does_not_run("DELETING"),
            "`pulumi refresh`, then `pulumi up`.",
        ),
        Entry(
            "Wait: the deployment is gone",
            "404. Somebody has deleted it.",
            "It stops.",
            scenes.deployment_vanished,
            "`pulumi refresh`, then `pulumi up`.",
        ),
        Entry(
            "Wait: the deployment does not run within the timeout",
            "Deploying takes longer than `wait_timeout`, or the `timeout` of `wait_until_running()`.",
            "It stops, and records the deployment, which the service goes on deploying. The next `up` goes on waiting.",
            scenes.deployment_too_slow,
            "`pulumi up` again.",
        ),
        Entry(
            "Wait: Ctrl-C while the deployment does not run yet",
            "The wait ends, nothing else does.",
            "It records the deployment, which the service goes on deploying. The next `up` goes on waiting.",
            scenes.deployment_interrupted,
            "`pulumi up` again.",
        ),
    ),
)
