"""The IAM policy that Sendpoint needs, and no more: exact actions, in one account and region."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pinpoint.buckets import Place

SENDING = ("SendTextMessage",)
READING = (
    "DescribeAccountAttributes",
    "DescribeAccountLimits",
    "DescribeConfigurationSets",
    "DescribeKeywords",
    "DescribeOptOutLists",
    "DescribeOptedOutNumbers",
    "DescribePhoneNumbers",
    "DescribePools",
    "DescribeProtectConfigurations",
    "DescribeRegistrationFieldDefinitions",
    "DescribeRegistrationFieldValues",
    "DescribeRegistrationSectionDefinitions",
    "DescribeRegistrationTypeDefinitions",
    "DescribeRegistrationVersions",
    "DescribeRegistrations",
    "DescribeSenderIds",
    "DescribeSpendLimits",
    "GetProtectConfigurationCountryRuleSet",
    "ListPoolOriginationIdentities",
    "ListRegistrationAssociations",
    "ListTagsForResource",
)
BUYING = (
    "AssociateOriginationIdentity",
    "CreatePool",
    "DeleteKeyword",
    "DeletePool",
    "DisassociateOriginationIdentity",
    "PutKeyword",
    "ReleasePhoneNumber",
    "ReleaseSenderId",
    "RequestPhoneNumber",
    "RequestSenderId",
    "TagResource",
    "UntagResource",
    "UpdatePhoneNumber",
    "UpdatePool",
    "UpdateSenderId",
)
REGISTERING = (
    "CreateRegistration",
    "CreateRegistrationAssociation",
    "CreateRegistrationAttachment",
    "CreateRegistrationVersion",
    "DeleteRegistrationFieldValue",
    "DiscardRegistrationVersion",
    "PutRegistrationFieldValue",
    "SubmitRegistrationVersion",
)
OPTING_OUT = ("CreateOptOutList", "DeleteOptedOutNumber", "PutOptedOutNumber")
SETTING_UP = (
    "AssociateProtectConfiguration",
    "CreateConfigurationSet",
    "CreateEventDestination",
    "CreateProtectConfiguration",
    "DeleteAccountDefaultProtectConfiguration",
    "DeleteProtectConfiguration",
    "DisassociateProtectConfiguration",
    "SetAccountDefaultProtectConfiguration",
    "SetTextMessageSpendLimitOverride",
    "UpdateEventDestination",
    "UpdatePhoneNumber",
    "UpdatePool",
    "UpdateProtectConfigurationCountryRuleSet",
)
TOPICS_READ = ("GetTopicAttributes", "ListSubscriptionsByTopic")
TOPICS_MADE = ("CreateTopic", "SetTopicAttributes", "Subscribe")
QUEUES_READ = (
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ReceiveMessage",
)
QUEUES_MADE = ("CreateQueue", "SetQueueAttributes")
METRICS = ("GetMetricData",)
STREAMS_READ = ("GetRecords", "GetShardIterator", "ListShards")
STREAMS_WRITTEN = ("PutRecords",)
FIREHOSES_WRITTEN = ("PutRecordBatch",)
APPLICATION = ("SendMessages",)
APPLICATION_READ = ("GetApplicationDateRangeKpi", "GetCampaignDateRangeKpi", "GetCampaigns")


# What IAM calls ListObjectsV2, and the writing of a file whole or in parts.
BUCKETS_LISTED = ("ListBucket",)
FILES_READ = ("GetObject",)
FILES_WRITTEN = ("AbortMultipartUpload", "PutObject")


@dataclass(frozen=True, slots=True)
class Files:
    """Where files in S3 are read and written."""

    read: Sequence[Place] = ()
    written: Sequence[Place] = ()


@dataclass(frozen=True, slots=True)
class Uses:
    """What an installation uses besides what it sets up itself; streams by name or ARN."""

    topics: Sequence[str] = ()  # ARNs
    queues: Sequence[str] = ()  # URLs
    read_streams: Sequence[str] = ()
    written_streams: Sequence[str] = ()
    written_firehoses: Sequence[str] = ()
    application: str = ""  # of Pinpoint, where texts still go through it
    files: Files = Files()


def document(
    account_id: str, region: str, partition: str = "aws", uses: Uses | None = None
) -> dict[str, Any]:
    """Return the policy, ready to be copied. Those who need no set-up leave its part out."""
    uses = uses or Uses()

    def arns(service: str, *names: str) -> list[str]:
        start = f"arn:{partition}:{service}:{region}:{account_id}:"
        return [name if name.startswith("arn:") else start + name for name in names]

    [ours] = arns("sms-voice", "*")
    topics, queues = arns("sns", "sendpoint*"), arns("sqs", "sendpoint*")
    seen, read = [*topics, *uses.topics], [*queues, *arns("sqs", *map(_last, uses.queues))]
    streams = [_named("stream", one) for one in uses.read_streams]
    written = [_named("stream", one) for one in uses.written_streams]
    firehoses = [_named("deliverystream", one) for one in uses.written_firehoses]
    sent = [f"apps/{uses.application}/messages"] if uses.application else []
    read_of = [f"apps/{uses.application}", f"apps/{uses.application}/*"] if sent else []
    files = uses.files
    listed = [_of_s3(partition, one.bucket) for one in files.read]
    objects_read, objects_written = (
        [_of_s3(partition, f"{one.bucket}/{one.key}*") for one in places]
        for places in (files.read, files.written)
    )
    statements = (
        ("Send", "sms-voice", SENDING, [ours]),
        ("Read", "sms-voice", READING, ["*"]),
        ("OptOuts", "sms-voice", OPTING_OUT, [ours]),
        ("Figures", "cloudwatch", METRICS, ["*"]),
        ("SeeTopics", "sns", TOPICS_READ, seen),
        ("TakeEvents", "sqs", QUEUES_READ, read),
        ("TakeStreams", "kinesis", STREAMS_READ, arns("kinesis", *streams)),
        ("TellStreams", "kinesis", STREAMS_WRITTEN, arns("kinesis", *written)),
        ("TellFirehoses", "firehose", FIREHOSES_WRITTEN, arns("firehose", *firehoses)),
        ("ReadPinpoint", "mobiletargeting", APPLICATION_READ, arns("mobiletargeting", *read_of)),
        ("SendByPinpoint", "mobiletargeting", APPLICATION, arns("mobiletargeting", *sent)),
        ("ListFiles", "s3", BUCKETS_LISTED, listed),
        ("ReadFiles", "s3", FILES_READ, objects_read),
        ("WriteFiles", "s3", FILES_WRITTEN, objects_written),
        ("Buy", "sms-voice", BUYING, [ours]),
        ("Register", "sms-voice", REGISTERING, [ours]),
        ("SetUp", "sms-voice", SETTING_UP, [ours]),
        ("SetUpTopics", "sns", TOPICS_MADE, topics),
        ("SetUpQueues", "sqs", QUEUES_MADE, queues),
    )
    allowed = [_allow(*one) for one in statements if one[3]]
    return {"Version": "2012-10-17", "Statement": allowed}


def _of_s3(partition: str, name: str) -> str:
    """Return the ARN of a bucket or of files in it; IAM's variables begin with a dollar sign."""
    return f"arn:{partition}:s3:::{name.replace('$', '${$}')}"


def _last(url: str) -> str:
    return url.rpartition("/")[2]


def _named(kind: str, stream: str) -> str:
    return stream if stream.startswith("arn:") else f"{kind}/{stream}"


def _allow(name: str, service: str, actions: Sequence[str], where: Sequence[str]) -> dict[str, Any]:
    return {
        "Sid": name,
        "Effect": "Allow",
        "Action": [f"{service}:{action}" for action in actions],
        "Resource": where[0] if len(where) == 1 else list(dict.fromkeys(where)),
    }
