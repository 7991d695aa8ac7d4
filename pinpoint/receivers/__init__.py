"""How AWS's events reach us: each receiver makes sure who sent them, and hands them over raw.

What a receiver hands over is committed by the `store` it is given; only then does it acknowledge.
"""
