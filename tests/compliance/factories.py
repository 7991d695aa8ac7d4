import factory

from compliance.models import Originator, Program


class ProgramFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Program

    name = factory.Sequence(lambda n: f"Offers {n}")
    brand = "Acme"


class OriginatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Originator

    identity = factory.Sequence(lambda n: f"+1206555{n:04d}")
    kind = "TEN_DLC"
    message_class = "promotional"
    parts_per_second = 1000
