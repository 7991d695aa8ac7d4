import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liquid.exceptions import LiquidError

from campaigns import templating
from campaigns.pinpoint_v1.handlebars import translate
from campaigns.pinpoint_v1.handlebars_helpers import HELPERS
from contacts import attributes
from contacts.models import Contact

ANA = Contact(
    phone="+16045550182",
    endpoint_id="ep-000123",
    user_id="u-1",
    attributes={
        "Plan": ["gold"],
        "Ride": ["Bus", "Train"],
        "Day": ["2026-03-01"],
        "At": ["2026-03-01T23:30:00Z"],
        "Member": ["true"],
        "Age": ["9"],
    },
    user_attributes={"FirstName": ["ana"], "Last Name": ["Sol Mar"], "2024": ["yes"]},
    metrics={"orders": 4.0},
    city="Vancouver",
    country="CA",
    timezone="America/Vancouver",
)


def rendered(text, person=ANA, defaults=None):
    translated = translate(text, defaults)
    assert translated.problems == ()
    templating.check(translated.body, attributes.FIXED_FIELDS)
    return templating.render(translated.body, attributes.merge_fields(person))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{User.UserAttributes.FirstName}}!", "Hi ana!"),
        ("Hi {{ User.UserAttributes.FirstName.[0] }}!", "Hi ana!"),
        ("{{User.UserAttributes.[Last Name]}}", "Sol Mar"),
        ("{{User.UserAttributes.[Last Name].[0]}}", "Sol Mar"),
        ("{{User.UserAttributes.[2024]}}", "yes"),
        ("{{{Attributes.Plan}}}{{&Attributes.Plan}}", "goldgold"),
        ("{{Attributes.Ride}}", "Bus, Train"),
        ("{{Attributes.Ride.[1]}}", "Train"),
        ("{{Attributes.Ride.[7]}}", ""),
        ("{{Metrics.orders}}", "4.0"),
        ("{{Address}} {{User.UserId}} {{Id}}", "+16045550182 u-1 ep-000123"),
        ("{{Location.City}}, {{Location.Country}}", "Vancouver, CA"),
        ("{{Demographic.Timezone}} {{ChannelType}}", "America/Vancouver SMS"),
        ("{{Attributes.None}}|{{Metrics.none}}", "|"),
    ],
)
def test_a_variable_prints_what_the_endpoint_holds(text, expected):
    assert rendered(text) == expected


def test_a_name_is_looked_for_at_the_other_place_as_its_author_meant():
    assert rendered("{{User.UserAttributes.Plan}} {{Attributes.FirstName}}") == "gold ana"


def test_the_place_that_is_named_comes_first():
    both = Contact(attributes={"Plan": ["a"]}, user_attributes={"Plan": ["b"]})
    assert rendered("{{Attributes.Plan}}{{User.UserAttributes.Plan}}", both) == "ab"


@pytest.mark.parametrize(
    ("text", "defaults", "expected"),
    [
        ("Hi {{Attributes.None}}", {"Attributes.None": "friend"}, "Hi friend"),
        ("Hi {{Attributes.None.[0]}}", {"Attributes.None": "friend"}, "Hi friend"),
        ("Hi {{Attributes.Plan}}", {"Attributes.Plan": "friend"}, "Hi gold"),
        ("{{Attributes.[No ne]}}", {"Attributes.[No ne]": "it's"}, "it's"),
        ("{{Location.Region}}", {"Location.Region": 'the "West"'}, 'the "West"'),
        ("{{code}}", {"code": "none"}, "none"),
    ],
)
def test_a_default_fills_a_gap(text, defaults, expected):
    assert rendered(text, defaults=defaults) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{#if Attributes.Plan}}yes{{else}}no{{/if}}", "yes"),
        ("{{#if Attributes.None}}yes{{else}}no{{/if}}", "no"),
        ("{{#if Attributes.None}}yes{{/if}}.", "."),
        ("{{#unless Attributes.None}}yes{{else}}no{{/unless}}", "yes"),
        ('{{#eq Location.Country "US"}}a{{else}}b{{/eq}}', "b"),
        ("{{#eq Location.Country 'CA'}}a{{else}}b{{/eq}}", "a"),
        ("{{#eq Metrics.orders 4}}a{{else}}b{{/eq}}", "a"),
        ('{{#neq Attributes.Plan "gold"}}a{{else}}b{{/neq}}', "b"),
        ("{{#if (eq Attributes.Plan.[0] 'gold')}}a{{else}}b{{/if}}", "a"),
        ("{{#if Attributes.None}}1{{else if Attributes.Plan}}2{{else}}3{{/if}}", "2"),
        ("{{#if Attributes.None}}1{{else if Attributes.None}}2{{else}}3{{/if}}", "3"),
        ("{{gt Attributes.Age.[0] \"17\" yes='adult' no='minor'}}", "minor"),
        ("{{#gte Metrics.orders 4}}a{{/gte}}{{#lt Metrics.orders 4}}b{{/lt}}", "a"),
        ("{{#lte Attributes.None 4}}a{{else}}b{{/lte}}", "b"),
        ("{{#and Attributes.Plan Attributes.None}}a{{else}}b{{/and}}", "b"),
        ("{{#or Attributes.None Attributes.Plan}}a{{else}}b{{/or}}", "a"),
        ("{{#not Attributes.None}}a{{else}}b{{/not}}", "a"),
        ("{{#if (and (eq Location.Country 'CA') (gt Metrics.orders 3))}}a{{/if}}", "a"),
        ("{{eq Location.Country 'CA'}}", "true"),
        ("{{#if Attributes.Plan}}{{#eq Attributes.Plan 'gold'}}g{{/eq}}{{/if}}", "g"),
    ],
)
def test_a_condition_chooses(text, expected):
    assert rendered(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{#each Attributes.Ride}}{{@index}}:{{this}};{{/each}}", "0:Bus;1:Train;"),
        ("{{#each Attributes.None}}{{this}}{{else}}none{{/each}}", "none"),
        ("{{#each Attributes.Ride}}{{upper this}}{{/each}}", "BUSTRAIN"),
        ('{{join Attributes.Ride ", "}}', "Bus, Train"),
        ('{{join Attributes.Ride "+" prefix="(" suffix=")"}}', "(Bus+Train)"),
        ("{{upper Attributes.Plan.[0]}}", "GOLD"),
        ('{{capitalizeFirst (lower "JANE")}}', "Jane"),
        ('{{capitalize "jane de la mar"}}', "Jane De La Mar"),
        ('{{substring Attributes.Plan.[0] 1}}{{substring "hello" 1 3}}', "oldel"),
        ("{{replace Attributes.Plan.[0] 'g' 'b'}}", "bold"),
        ("{{yesno Attributes.Member.[0]}} {{yesno Attributes.None 'a' 'b' 'c'}}", "yes c"),
        ("{{yesno Attributes.Member.[0] yes='ja' no='nein'}}", "ja"),
        ('{{abbreviate "Handlebars rocks" 6}}', "Han..."),
        ("{{ordinalize 1}} {{ordinalize 12}} {{ordinalize 23}}", "1st 12th 23rd"),
        ('{{inflect 2 "order" "orders" includeCount=true}}', "2 orders"),
        ('[{{ljust "a" 3}}{{rjust "b" 3 "-"}}{{center "c" size=4 pad="*"}}]', "[a  --b*c**]"),
        ('{{cut "a b c"}}{{cut "a-b" "-"}}', "abcab"),
        ('{{slugify "Hello, big World"}}', "hello-big-world"),
        ('{{stripTags "<b>bold</b>"}}', "bold"),
        ("{{dateFormat Attributes.Day.[0]}}", "Mar 1, 2026"),
        ('{{dateFormat Attributes.Day.[0] outputFormat="full"}}', "Sunday, March 1, 2026"),
        ("{{dateFormat Attributes.At.[0] outputFormat='yyyy-MM-dd HH:mm'}}", "2026-03-01 23:30"),
        (
            "{{dateFormat Attributes.At.[0] outputFormat='h:mm a' tz=America/Vancouver}}",
            "3:30 PM",
        ),
        (
            "{{dateFormat '01/03/2026' inputFormat='dd/MM/yyyy' outputFormat='MMMM d'}}",
            "March 1",
        ),
        ("{{dateFormat Attributes.None.[0]}}", ""),
        ('{{#* inline "full"}}{{Attributes.Plan}}!{{/inline}}{{> full}}{{> full}}', "gold!gold!"),
    ],
)
def test_a_helper_does_what_its_reference_says(text, expected):
    assert rendered(text) == expected


def test_now_is_the_hour_of_the_sending(monkeypatch):
    at = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    assert rendered("{{now 'yyyy-MM-dd HH:mm' tz=America/New_York}}") == "2026-03-01 01:30"
    assert rendered("{{now}}") == "Mar 1, 2026"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% if x %} 50% {off}", "{% if x %} 50% {off}"),
        (r"\{{Attributes.Plan}}", "{{Attributes.Plan}}"),
        ("a {{! a note }}b{{!-- }} --}}c", "a bc"),
        ("a  {{~Attributes.Plan~}}  b", "agoldb"),
        ("{{{Attributes.Plan}}}{", "gold{"),
        ("{{{{raw}}}}", None),
        ('{{upper "a}}b"}}', None),
        ("{" + "{{Attributes.Plan}}", None),
    ],
)
def test_signs_that_mean_nothing_stay_as_they_are(text, expected):
    if expected is None:
        translated = translate(text)
        assert translated.problems or "{%" not in templating.render(translated.body, {})
    else:
        assert rendered(text) == expected


@pytest.mark.parametrize(
    ("text", "says", "place"),
    [
        ("Hi\n {{md5 Attributes.Plan}}", "md5", (2, 2)),
        ("{{add 1 2}}", "add", (1, 1)),
        ("{{#with User}}{{UserId}}{{/with}}", "with", (1, 1)),
        ("{{FirstName}}", "FirstName", (1, 1)),
        ("{{EndpointStatus}}", "EndpointStatus", (1, 1)),
        ("{{Recommendations.X.[0]}}", "Recommendations", (1, 1)),
        ("{{Attributes.a.b}}", "a.b", (1, 1)),
        ("a{{#if Attributes.Plan}}b", "not closed", (1, 2)),
        ("a{{/if}}", "closes nothing", (1, 2)),
        ("{{Attributes.Plan", "has no }}", (1, 1)),
        ("{{}}", "empty", (1, 1)),
        ("{{eq Attributes.Plan}}", "takes 2 values", (1, 1)),
        ("{{upper Attributes.Plan loud=true}}", "loud", (1, 1)),
        ("{{dateFormat Attributes.Day outputFormat='YYYY'}}", "YYYY", (1, 1)),
        ("{{now tz=Mars/Base}}", "Mars/Base", (1, 1)),
        ("{{> full}}", "full", (1, 1)),
        ("{{^Attributes.Plan}}a{{/Attributes.Plan}}", "not supported", (1, 1)),
    ],
)
def test_what_cannot_be_translated_is_named_with_its_place(text, says, place):
    [problem] = translate(text).problems
    assert says in str(problem)
    assert (problem.line, problem.column) == place


def test_all_problems_are_named_at_once():
    assert len(translate("{{md5 'a'}} {{sha256 'b'}} {{ok}}").problems) == 3


@pytest.mark.parametrize(
    "text",
    [
        "{{#if Attributes.Plan}}" * 30 + "x" + "{{/if}}" * 30,
        "{{upper " + "(upper " * 5000 + "Attributes.Plan" + ")" * 5000 + "}}",
        "{{#each Attributes.Ride}}" * 3 + "{{this}}" + "{{/each}}" * 3,
        "x" * 20_001,
        '{{#* inline "a"}}' + "{{Attributes.Plan}}" * 60 + "{{/inline}}"
        '{{#* inline "b"}}' + "{{> a}}" * 60 + "{{/inline}}"
        '{{#* inline "c"}}' + "{{> b}}" * 60 + "{{/inline}}{{> c}}",
    ],
)  # fmt: skip
def test_what_would_take_for_ever_is_refused(text):
    assert translate(text).problems


@pytest.mark.parametrize(
    "text",
    [
        "{{ljust Attributes.Plan 'wide'}}",
        "{{join Attributes.Ride Metrics.orders}}",
        "{{dateFormat Attributes.Plan.[0]}}",
        "{{dateFormat '0001-01-01T00:00:00Z' tz=America/New_York}}",
        "{{substring Attributes.Plan.[0] 'x'}}",
        "{{ljust Attributes.Plan 999999999999}}",
    ],
)
def test_what_a_helper_cannot_work_with_breaks_that_text_alone(text):
    translated = translate(text)
    assert translated.problems == ()
    try:
        templating.render(translated.body, attributes.merge_fields(ANA))
    except LiquidError as problem:
        assert str(problem)


HELPERS_OF_ONE = st.sampled_from(sorted(HELPERS))
GIVEN = st.sampled_from(
    ["Attributes.Plan", "Attributes.Ride", "Metrics.orders", "'x'", "3", "-1", "true", "null",
     "'3'", "(upper 'a')", "Attributes.None.[0]"]
)  # fmt: skip


@given(HELPERS_OF_ONE, st.lists(GIVEN, max_size=4), st.booleans())
def test_any_use_of_any_helper_is_translated_or_named(name, values, block):
    inner = " ".join([name, *values])
    text = f"{{{{#{inner}}}}}a{{{{/{name}}}}}" if block else f"{{{{{inner}}}}}"
    translated = translate(text)
    if not translated.problems:
        try:
            templating.render(translated.body, attributes.merge_fields(ANA))
        except LiquidError as problem:
            assert str(problem)


def test_a_partial_within_itself_is_a_problem():
    assert translate('{{#* inline "a"}}{{> a}}{{/inline}}{{> a}}').problems


def test_a_name_of_the_callers_own_is_taken_where_something_fills_it_in():
    translated = translate("Your code is {{code}}", variables=True)
    assert translated.problems == ()
    assert templating.render(translated.body, {"code": "42"}) == "Your code is 42"
    assert templating.render(translated.body, {}) == "Your code is "


@given(st.text(alphabet="{}%~#/a \"'|[]().0=\\!>^-\n", max_size=20))
def test_whatever_is_written_is_translated_or_named(text):
    translated = translate(text)
    if not translated.problems:
        templating.render(translated.body, {})


@given(st.text(alphabet="ab {}%|'\"\\#-\n", max_size=12).filter(lambda s: "{{" not in s))
def test_words_without_tags_stay_word_for_word(text):
    translated = translate(text)
    assert translated.problems == ()
    assert templating.render(translated.body, {}) == text


@given(st.text(max_size=8))
def test_a_default_is_printed_as_it_is_or_refused(default):
    name = "Attributes.None"
    translated = translate("{{Attributes.None}}", json.loads(json.dumps({name: default})))
    if not translated.problems:
        assert templating.render(translated.body, {}) == default
