"""Networks of convolutions as the layers of torch.nn, one network after another."""

import torch
from torch import Tensor, nn

from explorer.nets.convolutional import Convolutional
from explorer.nets.convolutions import Conv
from explorer.nets.population import Cotangent

N = 9


def shaken(nets: Convolutional) -> Convolutional:
    """In float64, gains and biases unlike those at the start."""
    nets = nets.to(torch.float64)
    noise = torch.randn(nets.parameters.shape, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    return nets.with_parameters(nets.parameters + 0.2 * noise)


def points(nets: Convolutional, n: int = N, seed: int = 1) -> Tensor:
    """Own points for every network."""
    return torch.rand(len(nets), n, nets.d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def images(rows: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Rows (n, d) as torch.nn wants them: n, colours, h, w."""
    h, w, *colours = shape
    return rows.view(len(rows), h, w, *(colours or [1])).permute(0, 3, 1, 2)


def convolution(layer: Conv, at: int) -> nn.Module:
    """The layer of one network, with its normalisation if there is any, without ReLU."""
    W = layer.W[at]
    W = W[..., None, None] if W.ndim == 2 else W
    out, ins, size, _ = W.shape
    conv = nn.Conv2d(ins, out, size, layer.stride, size // 2, bias=layer.gain is None).to(W)
    if layer.gain is None:
        conv.load_state_dict({"weight": W, "bias": layer.b[at]})
        return conv
    norm = nn.BatchNorm2d(out, momentum=1).to(W)
    conv.load_state_dict({"weight": W})
    norm.load_state_dict({"weight": layer.gain[at], "bias": layer.b[at]}, strict=False)
    return nn.Sequential(conv, norm)


def gradients(module: nn.Module, x: Tensor, cotangent: Cotangent) -> tuple[Tensor, Tensor, Tensor]:
    """Logits, and gradients by parameters in the order of a row, and by x."""
    x = x.detach().requires_grad_()
    z = module(x)
    found = torch.autograd.grad(z, [*module.parameters(), x], cotangent(z.detach()))
    return z.detach(), torch.cat([g.flatten() for g in found[:-1]]), found[-1]


def by_statistics_of_a_population(module: nn.Module, x: Tensor) -> nn.Module:
    """In eval mode after x: torch keeps a variance with n - 1, batches are normalised by that with n."""
    module.train()(x)
    sizes: dict[nn.Module, int] = {}
    norms = [m for m in module.modules() if isinstance(m, nn.BatchNorm2d)]
    hooks = [m.register_forward_hook(lambda m, ins, _: sizes.__setitem__(m, ins[0][:, 0].numel())) for m in norms]
    module(x)
    for hook, norm in zip(hooks, norms, strict=True):
        hook.remove()
        assert norm.running_var is not None
        norm.running_var.mul_((sizes[norm] - 1) / sizes[norm])
    return module.eval()
