"""Writes pytorch-rmsprop.json: what torch.optim.RMSprop makes of some weights. Needs torch 2.7.1 and numpy."""

import json
import pathlib

import numpy
import torch

RUNS = [
    {},
    {"lr": 0.1, "alpha": 0.9, "eps": 1e-3},
    {"momentum": 0.9},
    {"centered": True},
    {"weight_decay": 0.01},
    {"lr": 0.05, "alpha": 0.9, "eps": 1e-6, "weight_decay": 0.01, "momentum": 0.9, "centered": True},
]


def run(dtype, start, gradients, arguments):
    weight = torch.nn.Parameter(torch.tensor(start, dtype=dtype))
    optimizer = torch.optim.RMSprop([weight], foreach=False, **arguments)
    for gradient in gradients:
        weight.grad = torch.tensor(gradient, dtype=dtype)
        optimizer.step()
    return numbers(weight), numbers(optimizer.state[weight]["square_avg"])


def numbers(tensor):
    return tensor.detach().to(torch.float64).tolist()


random = numpy.random.default_rng(1)
# Multiples of 1/32: the same numbers in both dtypes.
start = (random.integers(-64, 65, 8) / 32).tolist()
gradients = [(random.integers(-64, 65, 8) / 32).tolist() for _ in range(12)]
weights, square_avg = run(torch.float32, start, gradients[:6], {})
result = {
    "origin": {"torch": torch.__version__.split("+")[0], "generator": pathlib.Path(__file__).name},
    "start": start,
    "gradients": gradients,
    "after_6": {"weights": weights, "square_avg": square_avg},
    "runs": [
        {
            "arguments": arguments,
            "float32": run(torch.float32, start, gradients, arguments)[0],
            "float64": run(torch.float64, start, gradients, arguments)[0],
        }
        for arguments in RUNS
    ],
}
print(json.dumps(result, indent=1))
