import factory

from compliance.models import Originator, Program, SignUpPage


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
    registered = True


AGREEMENT = (
    "Yes, text me offers from Acme at this number. Consent is not a condition of purchase. "
    "Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to opt out."
)


class SignUpPageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SignUpPage

    program = factory.SubFactory(ProgramFactory, description="Weekly offers.")
    slug = factory.Sequence(lambda n: f"offers-{n}")
    open = True
    disclosure = AGREEMENT
    sent_from = "12345"
    terms_url = "https://acme.example/terms"
    privacy_url = "https://acme.example/privacy"
