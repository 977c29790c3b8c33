"""The emulator's choices where the documentation is silent or contradicts itself.

The real service may behave differently in these places. Each is written down once, with the reason, and with the
setting that chooses the other reading, if there is one, so that a client can be tested against both.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice. `setting` is the switch for the other reading; empty if the emulator has no other."""

    about: str
    chosen: str
    why: str
    setting: str = ""


CHOICES: tuple[Choice, ...] = (
    Choice(
        "deleting a finished job",
        "works, and the job is gone",
        "the guide forbids it for jobs in training only; one error message says the opposite",
        "literal_reading",
    ),
    Choice(
        "a second cancel during CANCELING",
        "is taken",
        "nothing says otherwise",
        "refuse_cancel_while_canceling",
    ),
    Choice(
        "when finetuned_output appears",
        "with SUCCEEDED",
        "the field tables say so; two pages show it from the start",
        "early_finetuned_output",
    ),
    Choice(
        "job_name and a deployment's name",
        "come back as sent",
        "they are called display names; no example shows one coming back",
        "echo_job_name",
    ),
    Choice(
        "the data of a job",
        "is shown in training_datasets and validation_datasets, with empty id lists",
        "the newest pages say so of all new jobs, and pair it with a request that has ids; older ones echo the ids",
        "data_form",
    ),
    Choice(
        "the hyper-parameters of a job",
        "come back as sent",
        "one page says declared, another used; samples show fewer keys, other types, and a split that nobody sent",
        "hyper_parameters_form",
    ),
    Choice("the queue of reinforcement and pg_opd jobs", "is that of all jobs", "the pages say one at a time"),
    Choice(
        "a training type that a text model does not support",
        "400 InvalidParameter",
        "documented for image, video and speech models; an older page says that such a job fails",
        "unsupported_training_type",
    ),
    Choice("a model that no table lists", "takes every training type", "the tables change every few months"),
    Choice("rl and reinforcement", "are the same, and come back as sent", "one page says the one, the SDK the other"),
    Choice(
        "how long a job of reinforcement or pg_opd runs",
        "72 hours, if nobody cancels it",
        "it is billed by the minute to its end; a third party says that the platform ends it then",
        "metered_seconds",
    ),
    Choice("usage of such a job", "training units × minutes begun", "no page has such a job object; that is the bill"),
    Choice(
        "teacher_model, rollout, rewards and resource_config",
        "come back as sent",
        "no page has such a job object",
        "echo_learning_fields",
    ),
    Choice("pg_opd without a teacher_model", "400 InvalidParameter, as with a bad one", "the SDK sends no such job"),
    Choice("priority", "is taken and not shown", "only the vendor's own tool sends it"),
    Choice(
        "a job sent without a training type",
        "trains as sft; its product may be deployed by token and compressed alike",
        "the default is stated in one old page only",
    ),
    Choice("tokens and seconds in training data", "are estimated from its size", "the bytes are not kept"),
    Choice("usage of a qwen-image job", "is counted as for text", "no page has a formula"),
    Choice("a job with unknown files", "is refused, naming the file", "no page says", "check_file_ids"),
    Choice(
        "an unknown file",
        "404 NotFound",
        "the page quotes InvalidParameter without a status; the SDK's test data has 404",
        "missing_file_status",
    ),
    Choice("lists", "show a new object at once, newest first", "examples are in that order", "list_lag_seconds"),
    Choice(
        "deleting a RUNNING deployment",
        "works",
        "the pages show it; the vendor's command line says that STOPPED or FAILED is wanted first",
        "running_deployment_undeletable",
    ),
    Choice("deleting a deployment that is DELETING", "answers the same again", "no page says"),
    Choice("capacity 0", "leads to STOPPED, any other from there to RUNNING", "0 is allowed, and nothing else fits it"),
    Choice(
        "scaling while PENDING, UPDATING, DELETING or FAILED",
        "400 UnsupportedOperation",
        "the pages scale running deployments only",
    ),
    Choice(
        "update of other plans than mu",
        "400 UnsupportedOperation",
        "the page limits it to mu in words, and quotes no error",
    ),
    Choice(
        "update while PENDING",
        "is taken, the status stays",
        "the page's example answers PENDING; a running one is UPDATING as after a scale",
    ),
    Choice("a change that fails", "keeps the new capacity and the old ready_capacity", "no page says"),
    Choice(
        "a deployment without a suffix",
        "409 when the model has one without a suffix already, also for base models",
        "needed from the second deployment on, say the tables; base models get a name of their own anyway",
    ),
    Choice("a suffix in use", "is one that any deployment of any account has", "it is called globally unique"),
    Choice("an unknown plan", "400 InvalidParameter", "no page says"),
    Choice(
        "deploying a model with full weights by token (lora) or as ptu_v2",
        "400 InvalidParameter: not deployable",
        "lora is for LoRA results only; which error a create gets, no page says",
    ),
    Choice("deploying a speech model with another plan than mu", "400 InvalidParameter", "the page knows mu only"),
    Choice("a deployment that is gone", "404", "a newer page has the status DELETED", "show_deleted_deployments"),
    Choice("the capacities of a lora deployment", "are shown", "the SDK fails without them", "lora_capacities"),
    Choice(
        "a lora deployment that nobody calls",
        "is gone after 30 days of RUNNING without a call",
        "released after a month without calls, say the pages; what a month is, they do not",
        "idle_seconds",
    ),
    Choice("a template id in the form dps-{time}-{id}", "is taken, listed or not", "the list is an open set"),
    Choice(
        "prefill_capacity and decode_capacity",
        "multiples of 4, shown as sent, and scaled together; capacity is their sum",
        "only the list of templates names them",
    ),
    Choice("the unit of ptu_capacity", "is not interpreted: it comes back as sent", "two pages differ by 1000"),
    Choice("deleting a ptu deployment", "works from any status", "capacity instances are not emulated"),
    Choice("stopping and starting a deployment", "have no endpoint", "they exist in the console only"),
    Choice("a lora deployment's capacity", "is shown as sent where it is usable, else as one unit", "it is ignored"),
    Choice(
        "what a create of a deployment sent besides",
        "is not shown",
        "no example shows template_id, billing_method, aigc_config",
    ),
    Choice(
        "the model of a deleted job",
        "stays, deployed or not, and can be deployed and tuned again",
        "deleting is described as deleting the record; the console lists models separately",
    ),
    Choice("exporting again", "answers true and changes nothing, not even the display name", "no page says"),
    Choice("an export that failed", "can be asked for again", "no page says"),
    Choice("an exported checkpoint", "stays beyond save_total_limit and its expiry", "its model has to be somewhere"),
    Choice("steps in an epoch", "always 20", "rows are not looked at"),
    Choice("the log stream", "ends with the job; a comment line every 15 s meanwhile", "the SDK reads until the end"),
    Choice("an object of another workspace", "404", "it could be 401 or 403 as well"),
    Choice(
        "page_no, page_size, line out of range", "400 InvalidParameter", "the ranges are documented, the answer not"
    ),
    Choice("both forms of training data together", "are refused", "no page mixes them"),
    Choice(
        "an unknown compression job",
        "404 ResourceNotFound",
        "two tables of one page have two names for it",
        "missing_compression_code",
    ),
    Choice(
        "a compression job_name in use",
        "400 InvalidParameter, until the job that has it is deleted",
        "names are unique per user; the error is not named",
    ),
    Choice("characters of a compression job_name", "letters, digits, _, - and .", "the page only says that it checks"),
    Choice("how many compressions may be under way", "20", "the quota has an error and no number", "compression_quota"),
    Choice("how many calls an account may make", "any number", "the pages have an error and no number", "rate_limit"),
    Choice("the runner of compression jobs", "is another one than that of the training jobs", "no page says"),
    Choice("the templates and their hyper-parameters", "are made up; only calib_input is named", "no page lists them"),
    Choice("usage of a compression job", "seconds of RUNNING: one GPU", "it counts GPU seconds"),
    Choice("calibration files", "are checked for the form of their ids only", "they belong to another file API"),
    Choice("a compressed model", "can be deployed, not compressed again", "nothing says that it could"),
    Choice(
        "deleting an import whose model is deployed",
        "400 OperationDenied",
        "the console wants a model to be offline first; the page of this call does not say",
    ),
    Choice("display_name of an import without one", "null", "no page says"),
    Choice("two imports of the same bucket path", "are two models", "nothing is said to be unique"),
    Choice("times", "are Beijing time", "the minute in a job id is that of its create_time"),
    Choice(
        "calling a deployment",
        "works while it is RUNNING, and on its old ready_capacity while it is UPDATING",
        "RUNNING is called callable; a scale answers the old ready_capacity, so that much goes on serving",
    ),
    Choice(
        "calling anything else",
        "404 ModelNotFound: a deployment in any other status, a base model by its name",
        "the tables know this error; which one a deployment that is not running gets, no page says",
    ),
    Choice("what a model answers", "one canned text, tokens counted by four characters", "there is no model"),
    Choice(
        "cancelling a PENDING job",
        "works",
        "one page says running jobs only",
        "cancel_pending",
    ),
    Choice("cancelling a QUEUING job", "works", "nothing says otherwise", "cancel_queuing"),
    Choice("cancelling a RUNNING job", "works", "documented, never seen", "cancel_running"),
    Choice("cancelling a CANCELED job", "400", "the message names the other two endings only", "cancel_ended"),
    Choice("the code of a refused cancel", "UnsupportedOperation", "documented, never seen", "cancel_refusal"),
    Choice("deleting a job that has not ended", "400", "two pages say so in words", "delete_active"),
    Choice("deleting a SUCCEEDED job", "works", "one page says so", "delete_succeeded"),
    Choice("deleting a FAILED job", "works", "by analogy with compression jobs", "delete_failed"),
    Choice("deleting a CANCELED job", "works", "by analogy with compression jobs", "delete_cancelled"),
    Choice("the code of a refused delete", "UnsupportedOperation", "no page has the message", "delete_refusal"),
    Choice("a job that is gone", "404 NotFound", "documented, never seen", "gone_job"),
    Choice("a deployment that is unknown", "404 NotFound", "documented, never seen", "gone_deployment"),
    Choice("job_name in a get", "comes back as sent", "every example shows the id", "job_name_get"),
    Choice("job_name in the list", "comes back as sent", "every example shows the id", "job_name_list"),
    Choice("the order of lists", "newest first", "examples are in that order", "list_order"),
    Choice("the largest page of jobs", "100", "older pages say 100, the newest 1000", "list_page_limit"),
    Choice("a larger page than that", "400", "no page says", "list_page_beyond"),
    Choice("usage of a cancelled job", "the share that was trained", "one example shows 0", "usage_after_cancel"),
    Choice("code and message of a failed job", "are not shown", "the SDK reads them", "failure_shown"),
    Choice("the zone of times", "Beijing", "the minute in a job id is that of its create_time", "utc_offset"),
    Choice("an unknown field of a create", "is dropped", "said of hyper-parameters only", "unknown_fields"),
    Choice("finetuned_output of a SUCCEEDED job", "is shown", "documented, never seen", "output_shown"),
    Choice("the list of checkpoints", "is a bare array", "documented, never seen", "checkpoints_form"),
    Choice("what an export answers", "a boolean", "documented, never seen", "export_form"),
    Choice("a log", "is an array of strings with a mark of its end", "the table says integer", "logs_form"),
    Choice("the code for a wrong training type", "InvalidParameter", "documented of media", "wrong_training_type_code"),
    Choice("a model that does not exist", "is taken", "the tables change every few months", "wrong_model"),
    Choice("the code for a wrong model", "InvalidParameter", "the error table has it", "wrong_model_code"),
    Choice("a file that does not exist", "is refused", "no page says", "wrong_file"),
    Choice("the code for a wrong file", "InvalidParameter", "the error table has it", "wrong_file_code"),
    Choice("a suffix that is too long", "is taken", "its length is documented of one model only", "wrong_suffix"),
    Choice("the code for a wrong suffix", "InvalidParameter", "the error table has it", "wrong_suffix_code"),
    Choice("headers of a 429", "say nothing", "no page names any", "rate_limit_headers"),
    Choice("the name of a deployment", "is shown", "sent in examples, never shown in an answer", "deployment_name"),
    Choice("a second deployment with one suffix", "409", "said of deployments in words", "suffix_reuse"),
)
