import factory

from config.models import EndpointJob
from tests.compliance.factories import ProgramFactory
from tests.config.pinpoint_api import caller


class EndpointJobFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EndpointJob

    kind = "IMPORT"
    program = factory.SubFactory(ProgramFactory)
    key = factory.LazyFunction(lambda: caller.key_with(name="loader")[0])
    request_id = "r-1"
    definition = factory.LazyFunction(
        lambda: {"Format": "CSV", "RoleArn": "x", "S3Url": "s3://bucket/in/"}
    )
