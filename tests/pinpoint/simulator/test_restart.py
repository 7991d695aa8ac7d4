import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import HTTPClientError

from .conftest import PERSON, Receiver, Start, eventually


def test_the_log_is_whole_after_a_kill(start: Start) -> None:
    first = start()
    ids = [first.send(f"+1425555{index:04d}") for index in range(20)]
    before = first.log_of_texts()
    first.end(signal.SIGKILL)

    after = start().log_of_texts()

    assert [row["message_id"] for row in after] == ids
    assert after == before


def test_a_line_that_a_kill_left_unfinished_is_dropped(start: Start, tmp_path: Path) -> None:
    first = start()
    first.send()
    first.end(signal.SIGKILL)
    with (tmp_path / "state" / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"kind":"text","ind')

    second = start()
    second.send()

    assert [row["index"] for row in second.log_of_texts()] == [1, 2]


def test_the_count_of_texts_to_a_person_goes_on_after_a_kill(start: Start) -> None:
    first = start()
    first.send()
    first.end(signal.SIGKILL)
    second = start()
    second.send()

    assert [row["number"] for row in second.log_of_texts()] == [1, 2]


def test_opt_outs_and_spend_are_kept_after_a_kill(start: Start) -> None:
    first = start()
    first.send("+14255550199")
    first.client.put_opted_out_number(OptOutListName="Default", OptedOutNumber=PERSON)
    first.end(signal.SIGKILL)
    second = start()

    assert second.refusal()["Reason"] == "DESTINATION_PHONE_NUMBER_OPTED_OUT"
    assert second.stats()["spent_usd"] == 0.00885


def test_notifications_that_were_not_delivered_are_delivered_after_a_kill(
    start: Start, receiver: Receiver
) -> None:
    first = start(delays={"least": 0.5, "most": 1.0})
    eventually(lambda: first.stats()["subscriptions"] == 2)
    message_id = first.send()
    first.end(signal.SIGKILL)
    assert receiver.messages() == []

    second = start()

    events = eventually(lambda: len(found := receiver.messages()) == 2 and found)
    assert {event["messageId"] for event in events} == {message_id}
    assert second.stats()["notifications"]["delivered"] == 2


def test_notifications_that_were_delivered_are_not_delivered_again(
    start: Start, receiver: Receiver
) -> None:
    first = start()
    first.send()
    eventually(lambda: first.stats()["notifications"]["delivered"] == 2)
    first.end(signal.SIGKILL)
    second = start()
    second.send("+14255550199")
    eventually(lambda: second.stats()["notifications"]["delivered"] == 4)

    assert len(receiver.messages()) == 4


def test_a_confirmed_subscription_stays_confirmed(start: Start, receiver: Receiver) -> None:
    first = start()
    eventually(lambda: first.stats()["subscriptions"] == 2)
    first.end()
    start().send()
    eventually(lambda: len(receiver.messages()) == 2)

    assert len(receiver.envelopes("SubscriptionConfirmation")) == 2


def test_the_endpoint_may_come_up_later_than_the_simulator(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    simulator = start(endpoint=f"http://127.0.0.1:{port}/sns")
    simulator.send()
    eventually(lambda: "does not answer" in simulator.log.read_text())

    late = Receiver(port)
    try:
        assert eventually(lambda: len(late.messages()) == 2)
    finally:
        simulator.end()
        late.close()


def test_the_same_seed_tells_the_same_story_in_any_order(start: Start) -> None:
    mix = {"TEXT_DELIVERED": 1, "TEXT_UNREACHABLE": 1, "TEXT_BLOCKED": 1}
    people = [f"+1425555{index:04d}" for index in range(20)]
    one, two = start(state="one", outcomes=mix), start(state="two", outcomes=mix)
    for person in people:
        one.send(person)
    for person in reversed(people):
        two.send(person)

    def story(rows: list[dict[str, str]]) -> dict[str, str]:
        return {row["destination"]: row["outcome"] for row in rows}

    assert story(one.log_of_texts()) == story(two.log_of_texts())
    assert len(set(story(one.log_of_texts()).values())) == 3


def test_sigterm_ends_it_cleanly_at_once_even_in_a_slow_answer(start: Start) -> None:
    simulator = start(faults={"slow_answer": 1, "slow_answer_ms": 60_000})
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(simulator.send)
        eventually(lambda: simulator.stats()["accepted"])

        began = time.monotonic()
        simulator.process.terminate()
        code = simulator.process.wait(timeout=5)
        took = time.monotonic() - began

        with pytest.raises(HTTPClientError):
            waiting.result()
    assert code == 0
    assert took < 1
    assert "Traceback" not in simulator.log.read_text()


def test_two_simulators_cannot_share_a_state_directory(start: Start) -> None:
    start()

    with pytest.raises(AssertionError, match="in use by another simulator"):
        start()
