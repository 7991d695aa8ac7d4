"""Telling others: what happens to our texts goes to webhooks and to Kinesis, in Pinpoint's format.

Events are written in the transaction that they tell of, and delivered at least once afterwards.
"""
