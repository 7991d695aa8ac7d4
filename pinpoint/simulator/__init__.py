"""A stand-in for AWS End User Messaging SMS at the wire: `python -m pinpoint.simulator`.

It speaks AWS JSON 1.0 as the service does, so that boto3 and everything above it run unchanged.
It knows nothing of Django or of Sendpoint's own applications.
"""
