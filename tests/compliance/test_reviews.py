import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from compliance import opt_outs, recognition, reviews
from compliance.models import AnswerReview, LedgerEntry
from tests.compliance.acts import NOON

pytestmark = pytest.mark.django_db
ANA = "+12125550111"


@pytest.fixture
def officer(django_user_model):
    return django_user_model.objects.create_superuser("officer")


@pytest.fixture
def review():
    answer = reviews.Answer(ANA, "in-1", "+12065550100", "who is this <b>?", NOON)
    reviews.open_review(answer, recognition.recognise(answer.text), holds=True)
    return AnswerReview.objects.get()


def test_an_answer_is_queued_once(review):
    answer = reviews.Answer(ANA, "in-1", "+12065550100", "again", NOON)
    reviews.open_review(answer, recognition.recognise("x"), holds=True)
    assert AnswerReview.objects.count() == 1


def test_deciding_that_it_is_one_records_the_opt_out_from_when_it_came(review, officer):
    reviews.decide(review.pk, is_opt_out=True, user=officer)
    entry = LedgerEntry.objects.get()
    assert (entry.act, entry.happened_at, entry.recorded_by) == ("opt_out", NOON, "officer")
    assert opt_outs.is_opted_out(ANA)


def test_a_decision_leaves_an_audit_row(review, officer):
    reviews.decide(review.pk, is_opt_out=False, user=officer)
    assert "not_opt_out" in LogEntry.objects.get().change_message
    review.refresh_from_db()
    assert (review.status, review.decided_by) == ("not_opt_out", officer)


def test_the_second_of_two_people_is_told_what_the_first_decided(review, officer):
    reviews.decide(review.pk, is_opt_out=False, user=officer)
    with pytest.raises(reviews.Decided, match="is not an opt-out"):
        reviews.decide(review.pk, is_opt_out=True, user=officer)
    assert not opt_outs.is_opted_out(ANA)


def test_what_holds_texts_back_is_not_waved_through(review, officer):
    with pytest.raises(reviews.Decided, match="say whether"):
        reviews.note_read(review.pk, officer)


def test_who_may_not_decide_is_refused(review, django_user_model):
    marketer = django_user_model.objects.create_user("marketer", is_staff=True)
    with pytest.raises(PermissionDenied):
        reviews.decide(review.pk, is_opt_out=False, user=marketer)


def test_the_page_quotes_the_text_and_its_buttons_decide(client, review, officer):
    client.force_login(officer)
    page = client.get(reverse("admin:compliance_answerreview_change", args=[review.pk]))
    assert "“who is this &lt;b&gt;?”" in page.content.decode()
    client.post(reverse("admin:compliance_answerreview_opt_out", args=[review.pk]))
    review.refresh_from_db()
    assert review.status == "opt_out"


def test_the_home_page_counts_what_is_to_be_read(client, review, officer):
    client.force_login(officer)
    assert "1 answer may be an opt-out" in client.get(reverse("admin:index")).content.decode()
    reviews.decide(review.pk, is_opt_out=False, user=officer)
    assert "may be an opt-out" not in client.get(reverse("admin:index")).content.decode()
