"""The statistics: ratios within a round, then the median."""

from bench.ratios import close, fastest, ratio, ratios, spread


def test_a_round_that_is_slow_for_both_changes_no_ratio():
    times = {"own": [2.0, 200.0, 2.0], "raw": [1.0, 100.0, 1.0]}

    assert ratios(times, "own", "raw") == [2.0, 2.0, 2.0]


def test_it_is_the_median_of_ratios_and_not_the_ratio_of_medians():
    times = {"own": [1.0, 30.0, 5.0], "raw": [1.0, 10.0, 20.0]}  # medians: 5 and 10

    assert ratio(times, "own", "raw") == 1.0
    assert ratio(times, "raw", "own") == 1.0


def test_an_even_number_of_rounds_has_its_median_between_two():
    assert ratio({"a": [1.0, 3.0], "b": [1.0, 1.0]}, "a", "b") == 2.0


def test_the_spread_is_the_middle_half():
    times = {"a": [1.0, 2.0, 3.0, 4.0, 100.0], "b": [1.0] * 5}

    assert spread(times, "a", "b") == (2.0, 4.0)
    assert spread({"a": [3.0], "b": [2.0]}, "a", "b") == (1.5, 1.5)


def test_rounds_in_which_one_of_them_took_no_part_say_nothing():
    times = {"a": [1.0, 9.0, 9.0], "b": [2.0]}

    assert ratios(times, "a", "b") == [0.5]
    assert ratio(times, "b", "a") == 2.0
    assert spread(times, "a", "b") == (0.5, 0.5)


def test_close_is_who_took_at_most_twice_the_time_of_the_fastest():
    times = {"a": [1.0, 3.0], "b": [2.0, 6.0], "c": [2.0, 6.2], "d": []}

    assert close(times) == {"a", "b"}
    assert close({"d": []}) == set()


def test_the_fastest_is_who_took_part_with_the_shortest_median():
    times = {"a": [1.0, 9.0, 9.0], "b": [5.0, 5.0, 5.0], "c": []}

    assert fastest(times, ["a", "b", "c", "absent"]) == "b"
    assert fastest(times, ["absent", "c"]) is None
