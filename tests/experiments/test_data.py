import numpy as np

from alpgraph.experiments.data import FOLDER, digits, rare_positives, split_digits
from alpgraph.trainer import generators


def test_digits_are_all_there():
    images, labels = digits()
    assert images.shape == (1797, 64)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.isclose(images.min(), -0.3)
    assert np.isclose(images.max(), 0.7)


def test_digits_say_where_they_come_from():
    text = (FOLDER / "ATTRIBUTION.txt").read_text("utf-8")
    assert "CC BY 4.0" in text
    assert "https://doi.org/10.24432/C50P49" in text


def test_each_replicate_splits_anew_and_no_row_is_in_both_parts():
    x, y, test_x, test_y = split_digits(generators([(1, 0), (1, 1)]), 800)
    assert x.shape == (2, 800, 64)
    assert test_x.shape == (2, 997, 64)
    assert (y[0] != y[1]).any()
    for r in (0, 1):
        assert np.bincount(np.r_[y[r], test_y[r]]).tolist()[0] == 178
        both = np.concatenate([x[r], test_x[r]])
        assert np.allclose(both.sum(), digits()[0].sum(), rtol=1e-5)


def test_rare_positives_are_rare_and_depend_on_the_seed_alone():
    x, y, _, test_y = rare_positives(generators([(1, i) for i in range(20)]), 300)
    assert x.shape == (20, 300, 20)
    assert 0.1 < np.r_[y.ravel(), test_y.ravel()].mean() < 0.3
    again = rare_positives(generators([(1, 19)]), 300)
    np.testing.assert_array_equal(x[19], again[0][0])
