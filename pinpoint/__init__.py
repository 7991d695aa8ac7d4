"""The AWS boundary: plain Python over boto3. It knows nothing of our models."""
