"""How far each shard of a Kinesis stream has been read."""

from django.db import models


class StreamShard(models.Model):
    """One shard: the last record that is committed in the event log, and who reads on."""

    stream = models.CharField(max_length=128)
    shard_id = models.CharField(max_length=128)
    sequence_number = models.CharField(max_length=128, blank=True)  # "" = nothing of it yet
    reader = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)  # closed by a reshard, and read to its end

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["stream", "shard_id"], name="one_row_per_shard")
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.shard_id}"
