"""Jobs that bring endpoints in from S3, or out to it, in short pieces that can be resumed."""
