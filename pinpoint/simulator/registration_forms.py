"""What AWS asks in a registration, as its Describe…Definitions operations tell it.

Field paths and limits follow AWS's guides (aws-sms.md 9); titles are this simulator's own words.
"""

from typing import Any

Item = dict[str, Any]
BRAND = "US_TEN_DLC_BRAND_REGISTRATION"
VETTING = "US_TEN_DLC_BRAND_VETTING"
CAMPAIGN = "US_TEN_DLC_CAMPAIGN_REGISTRATION"
TOLL_FREE = "US_TOLL_FREE_REGISTRATION"
# AWS publishes no list of its types (DescribeRegistrationTypeDefinitions tells them): the name of
# this one and its paths are the simulator's own. What it asks for is from AWS's guide (Australia).
AUSTRALIA = "AU_SENDER_ID_REGISTRATION"
SENDER_IDS = {AUSTRALIA: "AU"}  # types that end with a sender ID, and its country
GUIDE = "https://docs.aws.amazon.com/sms-voice/latest/userguide/"
WEB = r"https?://\S+\.\S+"
MAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
PHONE = r"\+[1-9][0-9]{6,14}"
COUNTRY = r"[A-Z]{2}"
VERTICALS = (
    "AGRICULTURE", "COMMUNICATION", "CONSTRUCTION", "EDUCATION", "ENERGY", "ENTERTAINMENT",
    "FINANCIAL", "GAMBLING", "GOVERNMENT", "HEALTHCARE", "HOSPITALITY", "INSURANCE", "LEGAL",
    "MANUFACTURING", "NGO", "POLITICAL", "POSTAL", "PROFESSIONAL", "REAL_ESTATE", "RETAIL",
    "TECHNOLOGY", "TRANSPORTATION",
)  # fmt: skip
SPECIFIC_USE_CASES = (
    "ACCOUNT_NOTIFICATION", "CUSTOMER_CARE", "DELIVERY_NOTIFICATION", "FRAUD_ALERT",
    "HIGHER_EDUCATION", "MARKETING", "POLLING_VOTING", "PUBLIC_SERVICE_ANNOUNCEMENT",
    "SECURITY_ALERT", "TWO_FACTOR_AUTHENTICATION",
)  # fmt: skip
USE_CASES = ("CHARITY", "LOW_VOLUME", "MIXED", *SPECIFIC_USE_CASES)
VOLUMES = ("10", "100", "1,000", "10,000", "100,000", "250,000", "500,000", "750,000", "1,000,000")


def text(
    path: str, title: str, hint: str, least: int = 1, most: int = 100, *, pattern: str = r"[\s\S]*",
    need: str = "REQUIRED", example: str = "", when: Item | None = None,
) -> Item:  # fmt: skip
    """Describe a field of text."""
    validation = {"MinLength": least, "MaxLength": most, "Pattern": pattern}
    shown = {"ExampleTextValue": example} if example else {}
    return _field(path, "TEXT", need, title, hint, when, {"TextValidation": validation}, shown)


def choice(
    path: str, title: str, hint: str, options: tuple[str, ...], least: int = 1, most: int = 1, *,
    need: str = "REQUIRED", when: Item | None = None,
) -> Item:  # fmt: skip
    """Describe a field of choices."""
    validation = {"MinChoices": least, "MaxChoices": most, "Options": list(options)}
    titles = [
        {"Option": one, "Title": one.replace("_", " ").capitalize(), "Description": ""}
        for one in options
    ]
    shown = {"SelectOptionDescriptions": titles}
    return _field(path, "SELECT", need, title, hint, when, {"SelectValidation": validation}, shown)


def file(path: str, title: str, hint: str, *, need: str = "OPTIONAL") -> Item:
    """Describe a field that takes an attachment."""
    return _field(path, "ATTACHMENT", need, title, hint, None, {}, {})


def only_if(path: str, *values: str, behavior: str = "REQUIRED") -> Item:
    """Make a field depend on another: then it must be given, else it must not."""
    condition = {"DependsOnFieldPath": path, "Operator": "IN", "Values": list(values)}
    rule = {"Conditions": [condition], "RuleBehavior": behavior}
    return {"Rules": [rule], "DefaultBehavior": "DISALLOWED"}


def _field(
    path: str, kind: str, need: str, title: str, hint: str, when: Item | None, rules: Item,
    shown: Item,
) -> Item:  # fmt: skip
    return {
        "SectionPath": path.partition(".")[0],
        "FieldPath": path,
        "FieldType": kind,
        "FieldRequirement": "CONDITIONAL" if when else need,
        **rules,
        "DisplayHints": {"Title": title, "ShortDescription": hint, **shown},
        **({"ConditionalBehavior": when} if when else {}),
    }


PUBLIC = only_if("companyInfo.legalType", "PUBLIC_PROFIT")
SAMPLES = [
    text(
        f"messageSamples.messageSample{n}", f"Sample message {n}",
        "A text as you will send it: with your name, and how to stop.", 20, 1024,
        need="REQUIRED" if n == 1 else "OPTIONAL",
        example="ACME Shop: shirts are 20% off until Friday. Reply STOP to end.",
    )
    for n in range(1, 6)
]  # fmt: skip

FIELDS: dict[str, list[Item]] = {
    BRAND: [
        text("companyInfo.companyName", "Legal company name", "As the tax office knows it."),
        text("companyInfo.taxIdIssuingCountry", "Country of the tax ID", "Two letters.", 2, 2,
             pattern=COUNTRY, example="US"),
        text("companyInfo.taxId", "Tax ID", "In the US the EIN: nine digits.", 9, 21,
             pattern=r"[0-9A-Za-z-]+", example="12-3456789"),
        choice("companyInfo.legalType", "Legal form", "How the company is organized.",
               ("PRIVATE_PROFIT", "PUBLIC_PROFIT", "NON_PROFIT", "GOVERNMENT")),
        text("companyInfo.stockSymbol", "Stock symbol", "Of a public company.", 1, 10, when=PUBLIC),
        text("companyInfo.stockExchange", "Stock exchange", "Of a public company.", when=PUBLIC),
        text("companyInfo.businessContactEmail", "Business e-mail",
             "A link to confirm is sent there; it is valid for 7 days.", pattern=MAIL, when=PUBLIC),
        text("companyInfo.address", "Street", "Of the headquarters."),
        text("companyInfo.city", "City", "Of the headquarters."),
        text("companyInfo.state", "State", "Two letters in the US.", 2, 20, example="WA"),
        text("companyInfo.zipCode", "ZIP code", "Of the headquarters.", 3, 10),
        text("companyInfo.isoCountryCode", "Country", "Two letters.", 2, 2, pattern=COUNTRY),
        text("contactInfo.dbaName", "Brand name", "The name that people know.", need="OPTIONAL"),
        choice("contactInfo.vertical", "Industry", "What the company does.", VERTICALS),
        text("contactInfo.website", "Website", "It must name the company.", 8, 255, pattern=WEB,
             example="https://example.com"),
        text("contactInfo.supportEmail", "Support e-mail", "For people who get the texts.",
             pattern=MAIL),
        text("contactInfo.supportPhoneNumber", "Support telephone", "With + and country code.",
             8, 16, pattern=PHONE, example="+12065550100"),
    ],
    VETTING: [],
    CAMPAIGN: [
        text("campaignInfo.campaignName", "What the campaign is for",
             "Who sends what to whom, and why they get it.", 40, 2048),
        choice("campaignInfo.vertical", "Industry", "What the texts are about.", VERTICALS),
        text("campaignInfo.termsAndConditionsLink", "Terms and conditions", "A public page.",
             8, 255, pattern=WEB),
        text("campaignInfo.privacyPolicyLink", "Privacy policy",
             "It must say that numbers are not shared.", 8, 255, pattern=WEB),
        text("campaignInfo.optInWorkflow", "How people opt in",
             "Each step, with the address of the page and the words that are shown.", 40, 2048),
        file("campaignInfo.optInScreenshot", "Picture of the opt-in", "PDF, PNG or JPEG, 500 KB."),
        text("campaignInfo.optInKeyword", "Opt-in keyword", "Where people text a word to join.",
             1, 30, need="OPTIONAL"),
        text("campaignInfo.optInMessage", "Answer to an opt-in",
             "Name, how often, rates, HELP and STOP.", 20, 255),
        text("campaignInfo.helpMessage", "Answer to HELP", "Name, and how to reach you.", 20, 160),
        text("campaignInfo.stopMessage", "Answer to STOP", "That no more texts come.", 20, 160),
        choice("campaignCapabilities.numberCapabilities", "What is sent", "SMS, and what else.",
               ("SMS", "SMS and MMS", "SMS and VOICE", "SMS and MMS and VOICE")),
        choice("campaignCapabilities.messageType", "Kind of texts", "It cannot be changed later.",
               ("TRANSACTIONAL", "PROMOTIONAL")),
        choice("campaignUseCase.useCase", "Use case", "It cannot be changed later.", USE_CASES),
        choice("campaignUseCase.subUseCases", "Which use cases", "Two to five.",
               SPECIFIC_USE_CASES, 2, 5, when=only_if("campaignUseCase.useCase", "MIXED")),
        *(choice(f"campaignUseCase.{name}", title, "Carriers ask for it.", ("Yes", "No"))
          for name, title in (
              ("subscriberOptIn", "People opt in"), ("subscriberOptOut", "People can opt out"),
              ("subscriberHelp", "HELP is answered"), ("directLending", "About loans"),
              ("embeddedLink", "Texts hold links"), ("embeddedPhone", "Texts hold numbers"),
              ("ageGated", "Only for adults"))),
        text("campaignUseCase.embeddedLinkSample", "Sample link",
             "On your own domain; public shorteners are refused.", 8, 255, pattern=WEB,
             when=only_if("campaignUseCase.embeddedLink", "Yes")),
        *SAMPLES,
    ],
    TOLL_FREE: [
        text("companyInfo.companyName", "Company name", "As it is registered."),
        text("companyInfo.website", "Website", "It must name the company.", 8, 255, pattern=WEB),
        text("companyInfo.address1", "Street", "Of the company."),
        text("companyInfo.city", "City", "Of the company."),
        text("companyInfo.state", "State", "Two letters in the US.", 2, 20),
        text("companyInfo.zipCode", "ZIP code", "Of the company.", 3, 10),
        text("companyInfo.isoCountryCode", "Country", "Two letters.", 2, 2, pattern=COUNTRY),
        text("contactInfo.firstName", "First name", "Of whom the reviewers may ask."),
        text("contactInfo.lastName", "Last name", "Of whom the reviewers may ask."),
        text("contactInfo.supportEmail", "E-mail", "Of that person.", pattern=MAIL),
        text("contactInfo.supportPhoneNumber", "Telephone", "With + and country code.", 8, 16,
             pattern=PHONE),
        choice("messagingUseCase.monthlyMessageVolume", "Texts a month", "The most of them.",
               VOLUMES),
        choice("messagingUseCase.useCaseCategory", "Use case", "The number is for this alone.",
               ("TWO_FACTOR_AUTHENTICATION", "ONE_TIME_PASSWORD", "NOTIFICATIONS",
                "POLLING_AND_SURVEYS", "INFO_ON_DEMAND", "PROMOTIONS_AND_MARKETING", "OTHER")),
        text("messagingUseCase.useCaseDetails", "What is sent", "To whom, and why.", 20, 500),
        text("messagingUseCase.optInDescription", "How people opt in",
             "Each step, and the words that are shown.", 20, 500),
        file("messagingUseCase.optInImage", "Picture of the opt-in", "PDF, PNG or JPEG, 500 KB.",
             need="REQUIRED"),
        text("messagingUseCase.privacyPolicyLink", "Privacy policy", "A public page.", 8, 255,
             pattern=WEB),
        text("messagingUseCase.termsAndConditionsLink", "Terms and conditions", "A public page.",
             8, 255, pattern=WEB),
        *SAMPLES[:3],
    ],
    AUSTRALIA: [
        text("senderIdInfo.senderId", "Sender ID", "Letters and digits.", 3, 11,
             pattern=r"[A-Za-z0-9]+", example="EXAMPLECO"),
        text("senderIdInfo.description", "How it belongs to the company",
             "Where the two names differ.", 1, 500, need="OPTIONAL"),
        file("senderIdInfo.proof", "Proof that it belongs to the company",
             "PDF, PNG or JPEG, 500 KB. Where the two names differ."),
        file("australiaInfo.letterOfAuthorization", "Letter of authorization",
             "PDF, PNG or JPEG, 500 KB. AWS has the form.", need="REQUIRED"),
    ],
}  # fmt: skip

SECTIONS = {
    "companyInfo": ("Company", "Who sends."),
    "senderIdInfo": ("Sender ID", "The name that people see."),
    "australiaInfo": ("Australia", "What Australia asks besides."),
    "contactInfo": ("Contact", "How people and reviewers reach you."),
    "campaignInfo": ("Campaign", "What is sent, and how people agreed to it."),
    "campaignCapabilities": ("Capabilities", "What kind of messages."),
    "campaignUseCase": ("Use case", "What the messages are for."),
    "messagingUseCase": ("Use case", "What the messages are for."),
    "messageSamples": ("Samples", "Texts as they will be sent."),
}


def _link(resource: str, behavior: str, leaving: str, country: str = "US") -> Item:
    return {
        "ResourceType": resource,
        "IsoCountryCode": country,
        "AssociationBehavior": behavior,
        "DisassociationBehavior": leaving,
    }


_DELETES = "DELETE_REGISTRATION_DISASSOCIATES"
_TO_BRAND = _link("registration", "ASSOCIATE_BEFORE_SUBMIT", _DELETES)
TYPES: dict[str, tuple[str, str, list[Item], str]] = {
    BRAND: ("US 10DLC brand", "The company that sends.", [], "registrations-10dlc-company.html"),
    VETTING: (
        "US 10DLC brand vetting", "A score that allows more texts.", [_TO_BRAND],
        "registrations-10dlc-vetting.html",
    ),
    CAMPAIGN: (
        "US 10DLC campaign", "What is sent from 10DLC numbers.",
        [_TO_BRAND, _link("phone-number", "ASSOCIATE_AFTER_COMPLETE", _DELETES)],
        "registrations-10dlc-campaign.html",
    ),
    TOLL_FREE: (
        "US toll-free number", "Who sends what from a toll-free number.",
        [_link("phone-number", "ASSOCIATE_BEFORE_SUBMIT", _DELETES)], "registrations-tfn.html",
    ),
    AUSTRALIA: (
        "Australia sender ID", "A name that texts to Australia come from.",
        [_link("sender-id", "ASSOCIATE_ON_APPROVAL", _DELETES, "AU")],
        "registrations-australia.html",
    ),
}  # fmt: skip


def type_definition(kind: str) -> Item:
    """Return what a type of registration is, in AWS's shape."""
    title, short, links, page = TYPES[kind]
    hints = {
        "Title": title,
        "ShortDescription": short,
        "DocumentationTitle": title,
        "DocumentationLink": GUIDE + page,
    }
    return {"RegistrationType": kind, "SupportedAssociations": links, "DisplayHints": hints}


def sections(kind: str) -> list[Item]:
    """Return the sections of a type of registration, in order."""
    paths = dict.fromkeys(field["SectionPath"] for field in FIELDS[kind])
    return [
        {
            "SectionPath": path,
            "DisplayHints": {
                "Title": SECTIONS[path][0],
                "ShortDescription": SECTIONS[path][1],
                "DocumentationTitle": TYPES[kind][0],
                "DocumentationLink": GUIDE + TYPES[kind][3],
            },
        }
        for path in paths
    ]
