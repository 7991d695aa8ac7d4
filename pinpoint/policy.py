"""The IAM policy that Sendpoint needs, and no more: exact actions, in one account and region."""

from collections.abc import Sequence
from typing import Any

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
    "CreateConfigurationSet",
    "CreateEventDestination",
    "SetTextMessageSpendLimitOverride",
    "UpdateEventDestination",
    "UpdatePhoneNumber",
    "UpdatePool",
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


def document(account_id: str, region: str, partition: str = "aws") -> dict[str, Any]:
    """Return the policy, ready to be copied. Those who need no set-up leave its part out."""
    ours = f"arn:{partition}:sms-voice:{region}:{account_id}:*"
    topics = f"arn:{partition}:sns:{region}:{account_id}:sendpoint*"
    queues = f"arn:{partition}:sqs:{region}:{account_id}:sendpoint*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allow("Send", "sms-voice", SENDING, ours),
            _allow("Read", "sms-voice", READING, "*"),
            _allow("OptOuts", "sms-voice", OPTING_OUT, ours),
            _allow("Figures", "cloudwatch", METRICS, "*"),
            _allow("SeeTopics", "sns", TOPICS_READ, topics),
            _allow("TakeEvents", "sqs", QUEUES_READ, queues),
            _allow("Buy", "sms-voice", BUYING, ours),
            _allow("Register", "sms-voice", REGISTERING, ours),
            _allow("SetUp", "sms-voice", SETTING_UP, ours),
            _allow("SetUpTopics", "sns", TOPICS_MADE, topics),
            _allow("SetUpQueues", "sqs", QUEUES_MADE, queues),
        ],
    }


def _allow(name: str, service: str, actions: Sequence[str], where: str) -> dict[str, Any]:
    return {
        "Sid": name,
        "Effect": "Allow",
        "Action": [f"{service}:{action}" for action in actions],
        "Resource": where,
    }
