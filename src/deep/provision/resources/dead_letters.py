"""Amazon SQS: where Lambda leaves calls that nobody waited for when every try has failed, such as those of schedules. Empty, it costs nothing."""

from __future__ import annotations

from deep.provision.release import Release
from deep.provision.resources.buckets import tag_list
from deep.provision.template import Fragment, Resource

DEAD_LETTERS = "DeadLetters"
KEPT_DAYS = 14
"""As long as SQS keeps anything."""


def dead_letters(release: Release) -> Fragment:
    """One queue for all functions of the app: a message's body is what the function was given. AWS's own key for it is free."""
    properties = {
        "KmsMasterKeyId": "alias/aws/sqs",
        "MessageRetentionPeriod": KEPT_DAYS * 24 * 3600,
        "QueueName": dead_letters_arn(release).rpartition(":")[2],
        "Tags": tag_list(release),
    }
    return Fragment((Resource(DEAD_LETTERS, "AWS::SQS::Queue", properties),))


def dead_letters_arn(release: Release) -> str:
    return release.names.queue_arn(f"{release.stem}-dead-letters")
