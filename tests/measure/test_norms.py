"""Norms of layers and networks, against torch.linalg, explicit sums over paths, dense matrices of convolutions."""

import math
from itertools import product

import pytest
import torch
from torch import Tensor

from explorer.measure import norms, operator_norms
from explorer.measure.layers import layers, unit_of_change, weights
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Mlp, initialise
from tests.measure.classifiers import shared

M, D = 40, 6


def perceptrons(*widths: int, seeds: int = 3) -> Mlp:
    """In float64, with random biases."""
    models = initialise(widths, range(seeds), Rectified(1)).to(torch.float64)
    noise = torch.randn(models.parameters.shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    return models.with_parameters(models.parameters + noise / 10)


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def labels(count: int = M, classes: int = 3) -> Tensor:
    return torch.arange(count) % classes


def test_layers_are_the_weights_and_nothing_else() -> None:
    models = perceptrons(D, 5, 4, 3)
    for ours, layer in zip(layers(models), models.layers, strict=True):
        assert torch.equal(ours, layer.W)
    where = weights(models)
    assert where.sum() == D * 5 + 5 * 4 + 4 * 3
    assert torch.equal(unit_of_change(models, magnitude=False), where.double().expand(3, -1))
    assert torch.equal(unit_of_change(models, magnitude=True), models.parameters.abs() * where)


def test_the_path_norm_is_the_sum_over_paths_exactly() -> None:
    """A 2-2-2 net of small integers, so that nothing is rounded."""
    first, outer = torch.tensor([[1.0, -2.0], [3.0, 5.0]]), torch.tensor([[-7.0, 2.0], [4.0, -1.0]])
    inner_bias, outer_bias = torch.tensor([2.0, -3.0]), torch.tensor([-1.0, 6.0])
    row = torch.cat([first.flatten(), inner_bias, outer.flatten(), outer_bias])
    models = perceptrons(2, 2, 2, seeds=1).with_parameters(row.double().unsqueeze(0))
    two = range(2)
    paths = sum((outer[o, h] * first[h, i]) ** 2 for o, h, i in product(two, two, two))
    biased = sum((outer[o, h] * inner_bias[h]) ** 2 for o, h in product(two, two)) + outer_bias.square().sum()
    assert norms.path_norm(models, 2).item() == float(paths + biased)


def test_every_measure_is_its_formula() -> None:
    """Model by model, by torch.linalg and loops."""
    models, start = perceptrons(D, 7, 5, 3), perceptrons(D, 7, 5, 3).parameters.roll(1, 0)
    X, y = drawn(M, D), labels()
    found = norms.measures(models, start, *shared(models, X, y))
    before = models.with_parameters(start)
    for i in range(len(models)):
        W, W0 = ([layer.W[i] for layer in net.layers] for net in (models, before))
        w, w0 = (torch.cat([part.flatten() for part in each]) for each in (W, W0))
        logits = models.logits(X.expand(3, -1, -1))[i]
        own = logits[torch.arange(M), y]
        others = logits.clone()
        others[torch.arange(M), y] = -torch.inf
        gamma = (own - others.amax(1)).sort().values[M // 10 - 1].abs()
        S = [torch.linalg.matrix_norm(each, 2) for each in W]
        F = [torch.linalg.matrix_norm(each) for each in W]
        moved = [a - b for a, b in zip(W, W0, strict=True)]
        spec, fro = (math.log(math.prod(float(each) ** 2 for each in sizes)) for sizes in (S, F))
        ratio = sum((f / s) ** 2 for f, s in zip(F, S, strict=True))
        ratio_moved = sum((torch.linalg.matrix_norm(b) / s) ** 2 for b, s in zip(moved, S, strict=True))
        cut = -2 * math.log(gamma)
        wanted = {
            "params": D * 7 + 7 * 5 + 5 * 3,
            "inverse_margin": 1 / gamma**2,
            "l2": w.norm(),
            "l2_dist": (w - w0).norm(),
            "log_prod_of_spec": spec,
            "log_prod_of_spec_over_margin": spec + cut,
            "log_sum_of_spec": math.log(3) + spec / 3,
            "log_sum_of_spec_over_margin": math.log(3) + (spec + cut) / 3,
            "log_prod_of_fro": fro,
            "log_prod_of_fro_over_margin": fro + cut,
            "log_sum_of_fro": math.log(3) + fro / 3,
            "log_sum_of_fro_over_margin": math.log(3) + (fro + cut) / 3,
            "fro_over_spec": ratio,
            "log_spec_orig_main": spec + cut + math.log(ratio),
            "log_spec_init_main": spec + cut + math.log(ratio_moved),
            "fro_dist": (w - w0).norm() ** 2,
            "dist_spec_init": sum(torch.linalg.matrix_norm(each, 2) ** 2 for each in moved),
            "param_norm": w.norm() ** 2,
        }
        wanted["path_norm"] = norms.path_norm(models, D)[i]
        wanted["path_norm_over_margin"] = wanted["path_norm"] / gamma**2
        assert found.keys() == wanted.keys()
        for name, value in wanted.items():
            assert found[name][i].item() == pytest.approx(float(value), rel=1e-10), name


def test_the_path_norm_of_a_deep_net_is_the_product_of_squared_matrices() -> None:
    models = perceptrons(D, 7, 5, 3)
    models = models.with_parameters(models.parameters * weights(models))
    W = [layer.W.square() for layer in models.layers]
    torch.testing.assert_close(norms.path_norm(models, D), (W[2] @ W[1] @ W[0]).sum((1, 2)))


def test_adjusted_values_keep_the_order() -> None:
    values = {"log_prod_of_fro": drawn(9), "l2": drawn(9, seed=1).abs()}
    found = norms.adjusted(values, M)
    torch.testing.assert_close(found["log_prod_of_fro"], 0.5 * (values["log_prod_of_fro"] - math.log(M)))
    torch.testing.assert_close(found["l2"], torch.sqrt(values["l2"] / M))
    for name, value in values.items():
        assert torch.equal(value.argsort(), found[name].argsort())


def test_a_percentile_needs_ten_points() -> None:
    with pytest.raises(ValueError, match="9 points"):
        norms.low_margin(perceptrons(D, 3), drawn(3, 9, D), labels(9).expand(3, 9))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [(16, 64), (64, 16), (10, 10), (12, 3, 3, 3), (1, 30)])
def test_power_iteration_is_the_svd(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    W = drawn(5, *shape).to(dtype)
    exact = torch.linalg.matrix_norm(W.flatten(2), 2)
    torch.testing.assert_close(operator_norms.matrix(W), exact, rtol=1e-6, atol=0)
    torch.testing.assert_close(operator_norms.gram(W), exact, rtol=1e-5, atol=0)
    found = operator_norms.iterated(W)
    torch.testing.assert_close(found, exact, rtol=1e-4, atol=0)
    assert (found <= exact * (1 + 1e-5)).all()
    assert (norms.squared([W])[0] >= exact.square() * (1 - 1e-5)).all()


def test_power_iteration_where_two_values_are_near_or_none_is_there() -> None:
    Q, R = (torch.linalg.qr(drawn(20, 20, seed=seed)).Q for seed in (1, 2))
    values = torch.cat([torch.tensor([3.0, 2.999, 2.99]), torch.linspace(2, 0, 17)]).double()
    W = torch.stack([Q @ values.diag() @ R, Q @ R])
    torch.testing.assert_close(operator_norms.iterated(W), torch.tensor([3.0, 1.0]).double(), rtol=1e-4, atol=0)
    assert operator_norms.iterated(torch.zeros(2, 3, 4)).tolist() == [0, 0]


def circular(kernel: Tensor, size: tuple[int, int], stride: int) -> Tensor:
    """The matrix of the convolution, from its images of all unit vectors."""
    _, ins, height, width = kernel.shape
    basis = torch.eye(ins * size[0] * size[1], dtype=kernel.dtype).view(-1, ins, *size)
    padded = torch.nn.functional.pad(basis, (0, width - 1, 0, height - 1), mode="circular")
    return torch.nn.functional.conv2d(padded, kernel, stride=stride).flatten(1).T


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [(3, 3), (2, 1), (1, 1)])
def test_the_norm_of_a_convolution_is_that_of_its_matrix(kernel: tuple[int, int], stride: int) -> None:
    W, size = drawn(2, 4, 3, *kernel), (6, 12 if stride > 1 else 7)
    exact = torch.stack([torch.linalg.matrix_norm(circular(each, size, stride), 2) for each in W])
    torch.testing.assert_close(operator_norms.convolution(W, size, stride), exact, rtol=1e-10, atol=0)


def test_padding_by_zeros_is_no_more_than_circular() -> None:
    """The image with a frame of zeros, as a part of a larger circular one."""
    (W,) = drawn(1, 4, 3, 3, 3)
    basis = torch.eye(3 * 25, dtype=W.dtype).view(-1, 3, 5, 5)
    exact = torch.linalg.matrix_norm(torch.nn.functional.conv2d(basis, W, padding=1).flatten(1), 2)
    assert exact <= operator_norms.convolution(W.unsqueeze(0), (7, 7))


def test_what_is_no_circular_convolution() -> None:
    with pytest.raises(ValueError, match="larger"):
        operator_norms.convolution(drawn(1, 2, 2, 3, 3), (2, 5))
    with pytest.raises(ValueError, match="divide"):
        operator_norms.convolution(drawn(1, 2, 2, 3, 3), (4, 6), stride=4)


def test_a_norm_for_each_layer() -> None:
    models = perceptrons(D, 7, 3)
    X, y = drawn(M, D), labels()
    one = norms.measures(models, models.parameters, *shared(models, X, y))
    each = norms.measures(
        models, models.parameters, *shared(models, X, y), spectral=[operator_norms.iterated, operator_norms.matrix]
    )
    for name, value in one.items():
        torch.testing.assert_close(each[name], value, rtol=1e-3, atol=1e-3)


def test_a_kernel_may_be_as_large_as_the_image() -> None:
    kernel = drawn(1, 2, 2, 3, 3)
    exact = torch.linalg.matrix_norm(circular(kernel[0], (3, 3), 1), 2)
    torch.testing.assert_close(operator_norms.convolution(kernel, (3, 3))[0], exact)
